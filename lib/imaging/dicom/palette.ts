import { FormatError } from '../../core/errors.js';
import type { DicomFile } from './dicom-file.js';

/** A palette: pixel value to 8-bit red, green and blue. */
export interface Palette {
  /** Pixel value of the first entry; lower values take the first entry, higher ones the last. */
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/**
 * The palette of a PALETTE COLOR image, plain or segmented; 16-bit entries keep their high byte.
 *
 * Source: DICOM PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.2.
 *
 * @throws {FormatError} if a table is missing or does not hold what its descriptor says
 */
export function paletteOf(file: DicomFile): Palette {
  const [red, green, blue] = (['1', '2', '3'] as const).map((channel) => channelOf(file, channel)) as [
    Channel,
    Channel,
    Channel,
  ];
  return { first: red.first, red: red.entries, green: green.entries, blue: blue.entries };
}

interface Channel {
  readonly first: number;
  readonly entries: Uint8Array;
}

function channelOf(file: DicomFile, channel: '1' | '2' | '3'): Channel {
  const descriptor = [0, 1, 2].map((index) => file.short(`x0028110${channel}`, index));
  const [rawCount, first, bits] = descriptor;
  if (rawCount === undefined || first === undefined || (bits !== 8 && bits !== 16)) {
    throw new FormatError(`readDicom: ${file.origin} is PALETTE COLOR with descriptor ${descriptor.join(', ')}`);
  }
  const count = rawCount === 0 ? 65536 : rawCount;
  const signed = file.short('x00280103') === 1;
  const start = signed && first > 32767 ? first - 65536 : first;
  const plain = file.bytes(`x0028120${channel}`);
  if (plain !== undefined) {
    const words = file.words(`x0028120${channel}`)!;
    const entries = new Uint8Array(count);
    if (bits === 8 && plain.length < 2 * count) {
      const swap = file.isBigEndian ? 1 : 0;
      requireEntries(file, plain.length, count);
      for (let i = 0; i < count; i++) entries[i] = plain[(i ^ swap) < plain.length ? i ^ swap : i]!;
    } else {
      requireEntries(file, words.length, count);
      for (let i = 0; i < count; i++) entries[i] = bits === 16 ? words[i]! >> 8 : words[i]!;
    }
    return { first: start, entries };
  }
  const segmented = file.words(`x0028122${channel}`);
  if (segmented === undefined) throw new FormatError(`readDicom: ${file.origin} is PALETTE COLOR without a palette`);
  const values = expandSegments(segmented, count, file.origin);
  const entries = new Uint8Array(count);
  for (let i = 0; i < count; i++) entries[i] = bits === 16 ? values[i]! >> 8 : values[i]!;
  return { first: start, entries };
}

function requireEntries(file: DicomFile, got: number, count: number): void {
  if (got < count) throw new FormatError(`readDicom: ${file.origin} has a palette of ${got} entries, not ${count}`);
}

/** Segmented palette: 0 discrete, 1 linear, 2 indirect (a copy of segments already defined). */
function expandSegments(words: Uint16Array, count: number, origin: string): Uint16Array {
  const values = new Uint16Array(count);
  let filled = 0;
  const push = (value: number): void => {
    if (filled < count) values[filled] = value;
    filled++;
  };
  const expand = (start: number, segments: number, depth: number): void => {
    let at = start;
    for (let done = 0; done < segments && at + 1 < words.length && filled <= count; done++) {
      const kind = words[at]!;
      const length = words[at + 1]!;
      at += 2;
      if (kind === 0) {
        for (let i = 0; i < length && at < words.length && filled <= count; i++) push(words[at++]!);
      } else if (kind === 1) {
        const from = filled > 0 ? values[Math.min(filled, count) - 1]! : 0;
        const to = words[at++] ?? 0;
        for (let i = 1; i <= length && filled <= count; i++) push(Math.round(from + ((to - from) * i) / length));
      } else if (kind === 2 && depth === 0) {
        const offset = ((words[at] ?? 0) + 65536 * (words[at + 1] ?? 0)) / 2;
        at += 2;
        expand(offset, length, 1);
      } else {
        throw new FormatError(`readDicom: ${origin} has a palette segment of kind ${kind}`);
      }
    }
  };
  expand(0, Number.POSITIVE_INFINITY, 0);
  if (filled !== count) throw new FormatError(`readDicom: ${origin} has a palette of ${filled} entries, not ${count}`);
  return values;
}
