import { sha256 } from '../core/hash.js';

/** A value of a data element: text, numbers of the representation, items of a sequence. */
type DicomValue = string | readonly number[] | readonly DicomElement[][];

/** One data element. */
export interface DicomElement {
  /** Group and element, e.g. `0x00280010`. */
  readonly tag: number;
  /** Value representation: text ones, `US`, `UL`, `FD` and `SQ`. */
  readonly vr: string;
  readonly value: DicomValue;
}

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const LONG_LENGTH = new Set(['OB', 'SQ', 'UN', 'UT']);

/** A unique identifier from any text: `2.25.` and a 120-bit number (DICOM PS3.5 B.2). */
export function uidOf(text: string): string {
  return `2.25.${BigInt(`0x${sha256(text).slice(0, 30)}`)}`;
}

/**
 * A DICOM file of JPEG frames: explicit little endian, one fragment a frame with a basic offset table (DICOM PS3.5 annex A.4, PS3.10).
 *
 * @param elements the data set without pixel data, in any order
 * @param frames JPEG Baseline streams
 */
export function dicomBytes(elements: readonly DicomElement[], frames: readonly Uint8Array[]): Uint8Array {
  const text = (tag: number): string => String(elements.find((element) => element.tag === tag)?.value ?? '');
  const meta = encodeAll([
    { tag: 0x00020001, vr: 'OB', value: [0, 1] },
    { tag: 0x00020002, vr: 'UI', value: text(0x00080016) },
    { tag: 0x00020003, vr: 'UI', value: text(0x00080018) },
    { tag: 0x00020010, vr: 'UI', value: JPEG_BASELINE },
    { tag: 0x00020012, vr: 'UI', value: uidOf('echolab phantom') },
  ]);
  const head = Buffer.alloc(132);
  head.write('DICM', 128, 'latin1');
  const length = encode({ tag: 0x00020000, vr: 'UL', value: [meta.length] });
  return Buffer.concat([head, length, meta, encodeAll(elements), encapsulated(frames)]);
}

function encodeAll(elements: readonly DicomElement[]): Buffer {
  return Buffer.concat([...elements].sort((a, b) => a.tag - b.tag).map(encode));
}

function encode({ tag, vr, value }: DicomElement): Buffer {
  const body = bodyOf(vr, value);
  const header = Buffer.alloc(LONG_LENGTH.has(vr) ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (LONG_LENGTH.has(vr)) header.writeUInt32LE(body.length, 8);
  else header.writeUInt16LE(body.length, 6);
  return Buffer.concat([header, body]);
}

function bodyOf(vr: string, value: DicomValue): Buffer {
  if (typeof value === 'string') {
    const padding = value.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
    return Buffer.from(value + padding, 'latin1');
  }
  if (vr === 'SQ') {
    return Buffer.concat(
      (value as readonly DicomElement[][]).map((item) => {
        const body = encodeAll(item);
        return Buffer.concat([itemHeader(body.length), body]);
      }),
    );
  }
  const numbers = value as readonly number[];
  switch (vr) {
    case 'US': {
      const body = Buffer.alloc(2 * numbers.length);
      numbers.forEach((number, n) => void body.writeUInt16LE(number, 2 * n));
      return body;
    }
    case 'UL': {
      const body = Buffer.alloc(4 * numbers.length);
      numbers.forEach((number, n) => void body.writeUInt32LE(number, 4 * n));
      return body;
    }
    case 'AT': {
      const body = Buffer.alloc(4 * numbers.length);
      numbers.forEach((number, n) => {
        body.writeUInt16LE(number >>> 16, 4 * n);
        body.writeUInt16LE(number & 0xffff, 4 * n + 2);
      });
      return body;
    }
    case 'FD': {
      const body = Buffer.alloc(8 * numbers.length);
      numbers.forEach((number, n) => void body.writeDoubleLE(number, 8 * n));
      return body;
    }
    default:
      return Buffer.from(numbers);
  }
}

function itemHeader(length: number): Buffer {
  const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  header.writeUInt32LE(length, 4);
  return header;
}

function encapsulated(frames: readonly Uint8Array[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff])];
  const offsets = Buffer.alloc(4 * frames.length);
  const fragments: Buffer[] = [];
  let offset = 0;
  frames.forEach((frame, n) => {
    offsets.writeUInt32LE(offset, 4 * n);
    const even = frame.length + (frame.length % 2);
    fragments.push(itemHeader(even), Buffer.from(frame), Buffer.alloc(frame.length % 2));
    offset += 8 + even;
  });
  parts.push(itemHeader(offsets.length), offsets, ...fragments);
  parts.push(Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]));
  return Buffer.concat(parts);
}
