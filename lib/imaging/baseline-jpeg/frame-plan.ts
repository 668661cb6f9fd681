/** One component of a frame, in the order of its blocks in the scan. */
export interface ComponentPlan {
  /** Blocks of a minimum coded unit, across and down. */
  readonly across: number;
  readonly down: number;
  /** Huffman tables as the file has them: 16 counts, then the symbols. */
  readonly dc: Uint8Array;
  readonly ac: Uint8Array;
}

/** What the headers of a JPEG say, as far as the luma needs it. */
export interface FramePlan {
  readonly width: number;
  readonly height: number;
  /** First the luma. */
  readonly components: readonly ComponentPlan[];
  /** Quantisers of the luma, in the order of the file. */
  readonly quantisers: Uint8Array;
  /** Units between two restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Where the coded data start. */
  readonly scanStart: number;
}

/** Tables in force, by their identifiers: Huffman tables by 16 * class + identifier. */
interface Tables {
  readonly quantisers: Map<number, Uint8Array>;
  readonly huffman: Map<number, Uint8Array>;
}

/**
 * Reads the headers of a baseline JPEG with one grey, or three YCbCr, components in one scan and its own tables: what Motion JPEG consists of.
 *
 * Source: ITU-T T.81, annex B.
 *
 * @returns null for anything else, and for headers that contradict themselves: it is left to libjpeg-turbo what to make of them
 */
export function framePlan(bytes: Uint8Array): FramePlan | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const tables: Tables = { quantisers: new Map(), huffman: new Map() };
  let frame: Uint8Array | undefined;
  let restartInterval = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1]!;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const end = at + 2 + length;
    if (bytes[at] !== 0xff || length < 2 || end > bytes.length) return null;
    const payload = bytes.subarray(at + 4, end);
    if (marker === 0xda) {
      return frame === undefined ? null : planOf(frame, payload, tables, restartInterval, end);
    }
    if (marker === 0xc0 && frame === undefined) frame = payload;
    else if (marker === 0xdd && payload.length === 2) restartInterval = payload[0]! * 256 + payload[1]!;
    else if (!readTables(marker, payload, tables) && !isPassedOver(marker, payload)) return null;
    at = end;
  }
  return null;
}

/** Comments and applications' segments, unless Adobe's says that the colours are not YCbCr. */
function isPassedOver(marker: number, payload: Uint8Array): boolean {
  if (marker === 0xee) return payload[0] !== 0x41 || payload[11] === 1;
  return (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}

function planOf(
  frame: Uint8Array,
  scan: Uint8Array,
  tables: Tables,
  restartInterval: number,
  scanStart: number,
): FramePlan | null {
  const count = frame[5];
  if ((count !== 1 && count !== 3) || frame[0] !== 8 || frame.length !== 6 + 3 * count) return null;
  const height = frame[1]! * 256 + frame[2]!;
  const width = frame[3]! * 256 + frame[4]!;
  if (width === 0 || height === 0 || (count === 3 && frame[6] === 0x52)) return null; // components named R, G, B
  if (scan[0] !== count || scan.length !== 4 + 2 * count) return null;
  if (scan[1 + 2 * count] !== 0 || scan[2 + 2 * count] !== 63 || scan[3 + 2 * count] !== 0) return null;
  const components: ComponentPlan[] = [];
  for (let index = 0; index < count; index++) {
    const sampling = frame[7 + 3 * index]!;
    const dc = tables.huffman.get(scan[2 + 2 * index]! >> 4);
    const ac = tables.huffman.get(16 + (scan[2 + 2 * index]! & 15));
    const [across, down] = [sampling >> 4, sampling & 15];
    const luma = components[0];
    const isSane = across >= 1 && across <= 2 && down >= 1 && down <= 2 && scan[1 + 2 * index] === frame[6 + 3 * index];
    const quantisers = tables.quantisers.get(frame[8 + 3 * index]!);
    if (!isSane || dc === undefined || ac === undefined || quantisers === undefined) return null;
    if (luma !== undefined && (across > luma.across || down > luma.down)) return null;
    // A scan of one component is not interleaved: its unit is one block, whatever the sampling.
    components.push(count === 1 ? { across: 1, down: 1, dc, ac } : { across, down, dc, ac });
  }
  const quantisers = tables.quantisers.get(frame[8]!)!;
  return { width, height, components, quantisers, restartInterval, scanStart };
}

/** @returns false if the segment holds no tables, or damaged ones */
function readTables(marker: number, payload: Uint8Array, tables: Tables): boolean {
  let at = 0;
  if (marker === 0xdb) {
    // Identifiers above 3: of 16 bits, or no such table.
    for (; at + 65 <= payload.length && payload[at]! <= 3; at += 65) {
      tables.quantisers.set(payload[at]!, payload.slice(at + 1, at + 65));
    }
    return at === payload.length;
  }
  if (marker !== 0xc4) return false;
  while (at + 17 <= payload.length && (payload[at]! & 0xef) <= 3) {
    let end = at + 17;
    for (let size = 1; size <= 16; size++) end += payload[at + size]!;
    if (end > payload.length || end > at + 17 + 256) return false;
    tables.huffman.set(payload[at]!, payload.slice(at + 1, end));
    at = end;
  }
  return at === payload.length;
}
