import { FormatError } from '../../core/errors.js';

/** What the DICOM header says about a lossless JPEG. */
export interface ExpectedPicture {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly bitsAllocated: number;
}

interface Component {
  readonly id: number;
  readonly offset: number;
}

/** Huffman codes by length, and a table for codes of up to 8 bits: `length * 256 + symbol`, 0 if longer. */
interface HuffmanTable {
  readonly quick: Uint16Array;
  readonly largest: Int32Array;
  readonly shift: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * Decodes a lossless JPEG (process 14, all seven predictors, point transform, restarts, interleaved or one scan a component), the form
 * that DICOM uses. Own code: the packages for it drop the last pixel or do not round predictor 7 down.
 *
 * Source: ITU-T T.81, annex H.
 *
 * @returns samples interleaved by pixel, 8 bits where `bitsAllocated` is 8, else 16
 * @throws {FormatError} if the frame header says other than expected, or if the stream is damaged or ends early
 */
export function decodeLosslessJpeg(
  bytes: Uint8Array,
  expected: ExpectedPicture,
  origin: string,
): Uint8Array | Uint16Array {
  const { width, height, samples } = expected;
  const fail = (reason: string): never => {
    throw new FormatError(`readDicom: ${origin} holds a damaged lossless JPEG: ${reason}`);
  };
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) fail('it does not start like one');
  const output =
    expected.bitsAllocated === 8 ? new Uint8Array(width * height * samples) : new Uint16Array(width * height * samples);
  const tables: (HuffmanTable | undefined)[] = [];
  let components: Component[] = [];
  let precision = 0;
  let restartInterval = 0;
  let decoded = 0;
  for (let at = 2; decoded < samples; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (at + 4 > bytes.length) fail('it ends early');
    const marker = bytes[at + 1]!;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at] !== 0xff || length < 2 || segment.length !== length - 2) fail(`no marker at byte ${at}`);
    at += 2 + length;
    if (marker === 0xc4) readTables(segment, tables, fail);
    else if (marker === 0xdd) restartInterval = segment[0]! * 256 + segment[1]!;
    else if (marker === 0xc3) {
      precision = segment[0]!;
      components = readFrameHeader(segment, expected, origin);
    } else if (marker >= 0xc0 && marker <= 0xcf) fail(`process 0x${marker.toString(16)} is not lossless Huffman`);
    else if (marker === 0xda) {
      const count = segment[0] ?? 0;
      if (components.length === 0 || count < 1 || segment.length < 4 + 2 * count) fail('a scan without its header');
      const scan = Array.from({ length: count }, (_, i) => {
        const component = components.find(({ id }) => id === segment[1 + 2 * i]);
        const table = tables[segment[2 + 2 * i]! >> 4];
        if (component === undefined || table === undefined) return fail('a scan of unknown components or tables');
        return { offset: component.offset, table };
      });
      const predictor = segment[1 + 2 * count]!;
      const pointTransform = segment[3 + 2 * count]! & 15;
      if (predictor < 1 || predictor > 7 || pointTransform >= precision) fail(`predictor ${predictor}`);
      at = decodeScan(
        bytes,
        at,
        scan,
        output,
        { width, height, stride: samples, predictor, pointTransform, precision, restartInterval },
        fail,
      );
      decoded += count;
    }
  }
  return output;
}

function readFrameHeader(segment: Uint8Array, expected: ExpectedPicture, origin: string): Component[] {
  const [bits, height, width, count] = [
    segment[0] ?? 0,
    segment[1]! * 256 + segment[2]!,
    segment[3]! * 256 + segment[4]!,
    segment[5] ?? 0,
  ];
  const fits = width === expected.width && height === expected.height && count === expected.samples;
  if (!fits || bits < 2 || bits > expected.bitsAllocated || segment.length < 6 + 3 * count) {
    throw new FormatError(
      `readDicom: ${origin} has a lossless JPEG of ${width} x ${height} x ${count}, ${bits} bits; the header says ${expected.width} x ${expected.height} x ${expected.samples}, ${expected.bitsAllocated} bits`,
    );
  }
  return Array.from({ length: count }, (_, offset) => {
    if (segment[7 + 3 * offset] !== 0x11) {
      throw new FormatError(`readDicom: ${origin} has a lossless JPEG with subsampled components, which is not read`);
    }
    return { id: segment[6 + 3 * offset]!, offset };
  });
}

function readTables(segment: Uint8Array, tables: (HuffmanTable | undefined)[], fail: (reason: string) => never): void {
  for (let at = 0; at + 17 <= segment.length; ) {
    const slot = segment[at]! & 15;
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = segment.subarray(at + 17, at + 17 + total);
    if (symbols.length !== total || symbols.some((symbol) => symbol > 16)) fail('a Huffman table that is none');
    at += 17 + total;
    const quick = new Uint16Array(256);
    const largest = new Int32Array(17).fill(-1);
    const shift = new Int32Array(17);
    for (let length = 1, code = 0, used = 0; length <= 16; length++, code <<= 1) {
      const count = counts[length - 1]!;
      if (code + count > 2 ** length) fail('a Huffman table that is none');
      shift[length] = used - code;
      for (let i = 0; i < count; i++, code++, used++) {
        if (length > 8) continue;
        quick.fill(length * 256 + symbols[used]!, code << (8 - length), (code + 1) << (8 - length));
      }
      if (count > 0) largest[length] = code - 1;
    }
    tables[slot] = { quick, largest, shift, symbols };
  }
}

/** Reads bits of an entropy-coded segment; stops at a marker. */
class BitReader {
  readonly #bytes: Uint8Array;
  readonly #fail: (reason: string) => never;
  position: number;
  #bits = 0;
  #count = 0;
  #padding = 0;

  constructor(bytes: Uint8Array, position: number, fail: (reason: string) => never) {
    this.#bytes = bytes;
    this.position = position;
    this.#fail = fail;
  }

  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#bytes[this.position];
      const ended = byte === undefined || (byte === 0xff && this.#bytes[this.position + 1] !== 0);
      // Past the end come zero bits; more than a code's worth of them means that data are missing.
      if (ended && ++this.#padding > 4) this.#fail('it ends early');
      if (!ended) this.position += byte === 0xff ? 2 : 1;
      this.#bits = ((this.#bits << 8) | (ended ? 0 : byte)) & 0x7fffffff;
      this.#count += 8;
    }
  }

  symbol(table: HuffmanTable): number {
    this.#fill();
    const entry = table.quick[(this.#bits >> (this.#count - 8)) & 255]!;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 255;
    }
    for (let length = 9; length <= 16; length++) {
      const code = (this.#bits >> (this.#count - length)) & (2 ** length - 1);
      if (code <= table.largest[length]!) {
        this.#count -= length;
        return table.symbols[code + table.shift[length]!] ?? this.#fail('a code without a symbol');
      }
    }
    return this.#fail('a code without a symbol');
  }

  /** The signed difference of a category (T.81, table H.2). */
  difference(category: number): number {
    if (category === 0) return 0;
    if (category === 16) return 32768;
    this.#fill();
    this.#count -= category;
    const value = (this.#bits >> this.#count) & (2 ** category - 1);
    return value < 2 ** (category - 1) ? value - 2 ** category + 1 : value;
  }

  /** Drops the rest of the byte and steps over a restart marker. */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#padding = 0;
    const marker = this.#bytes[this.position + 1] ?? 0;
    if (this.#bytes[this.position] !== 0xff || marker < 0xd0 || marker > 0xd7)
      this.#fail('a restart marker is missing');
    this.position += 2;
  }
}

interface Scan {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly predictor: number;
  readonly pointTransform: number;
  readonly precision: number;
  readonly restartInterval: number;
}

/** Decodes one scan into `output`; returns where the next marker stands. */
function decodeScan(
  bytes: Uint8Array,
  start: number,
  components: readonly { readonly offset: number; readonly table: HuffmanTable }[],
  output: Uint8Array | Uint16Array,
  scan: Scan,
  fail: (reason: string) => never,
): number {
  const { width, height, stride, predictor, pointTransform } = scan;
  const reader = new BitReader(bytes, start, fail);
  const row = width * stride;
  const initial = 2 ** (scan.precision - pointTransform - 1);
  let untilRestart = scan.restartInterval;
  let firstLine = true;
  let fresh = true;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (scan.restartInterval > 0 && untilRestart-- === 0) {
        reader.restart();
        untilRestart = scan.restartInterval - 1;
        firstLine = true;
        fresh = true;
      }
      for (const { offset, table } of components) {
        const at = y * row + x * stride + offset;
        let prediction: number;
        if (fresh) prediction = initial;
        else if (firstLine) prediction = output[at - stride]! >> pointTransform;
        else if (x === 0) prediction = output[at - row]! >> pointTransform;
        else {
          prediction = predict(
            predictor,
            output[at - stride]! >> pointTransform,
            output[at - row]! >> pointTransform,
            output[at - row - stride]! >> pointTransform,
          );
        }
        output[at] = ((prediction + reader.difference(reader.symbol(table))) & 0xffff) << pointTransform;
      }
      fresh = false;
    }
    firstLine = false;
  }
  return reader.position;
}

/** T.81, table H.1: a left, b above, c above left. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}
