import { FormatError } from '../../core/errors.js';

/** Tar works in blocks of 512 bytes. */
export const BLOCK = 512;

/** Length of a file of `size` bytes in a tar, with header and padding. */
export function tarLength(size: number): number {
  return BLOCK + Math.ceil(size / BLOCK) * BLOCK;
}

/** One regular file as ustar blocks: header, content, padding. Time 0 and owner 0, so that equal content gives equal bytes. */
export function tarEntry(name: string, content: Uint8Array): Uint8Array {
  const entry = Buffer.alloc(tarLength(content.length));
  const bytes = Buffer.from(name, 'utf8');
  if (bytes.length > 100)
    throw new FormatError(`tarEntry: names must have at most 100 bytes, got ${bytes.length}: ${name}`);
  bytes.copy(entry, 0);
  entry.write('0000644\0', 100, 'latin1');
  entry.write('0000000\0', 108, 'latin1');
  entry.write('0000000\0', 116, 'latin1');
  entry.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  entry.write('00000000000\0', 136, 'latin1');
  entry.write('        0', 148, 'latin1');
  entry.write('ustar\u000000', 257, 'latin1');
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += entry[i]!;
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  entry.set(content, BLOCK);
  return entry;
}

/** Two empty blocks end an archive. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

/** Name and size in a header block; null at the end of the archive. */
export function parseTarHeader(
  block: Uint8Array,
  origin: string,
): { readonly name: string; readonly size: number } | null {
  if (block.every((byte) => byte === 0)) return null;
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i]!;
  const text = (start: number, length: number): string => {
    const part = Buffer.from(block.subarray(start, start + length));
    const end = part.indexOf(0);
    return part.toString('utf8', 0, end < 0 ? length : end);
  };
  const stored = Number.parseInt(text(148, 8).trim(), 8);
  const size = Number.parseInt(text(124, 12).trim(), 8);
  if (stored !== sum || !(size >= 0)) throw new FormatError(`parseTarHeader: ${origin} has a damaged header`);
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  return { name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, size };
}
