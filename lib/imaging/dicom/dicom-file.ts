import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet, type Element } from 'dicom-parser';
import { FormatError, messageOf } from '../../core/errors.js';

/** Files above this are refused: dicom-parser works on the whole file. */
const MAXIMUM_FILE_BYTES = 2 ** 31 - 1;
/** A deflated data set may grow to this and no further. */
const MAXIMUM_INFLATED_BYTES = 2 ** 30;

/** A parsed DICOM file; values are read through it so that a damaged element never throws something unnamed. */
export class DicomFile {
  readonly origin: string;
  readonly data: DataSet;
  readonly transferSyntax: string;

  constructor(origin: string, data: DataSet) {
    this.origin = origin;
    this.data = data;
    this.transferSyntax = data.string('x00020010')?.replace(/\0/g, '').trim() ?? '';
  }

  get isBigEndian(): boolean {
    return this.transferSyntax === '1.2.840.10008.1.2.2';
  }

  /** Text of an element, trimmed; `undefined` where absent or empty. */
  text(tag: string): string | undefined {
    const value = this.#guard(tag, () => this.data.string(tag))
      ?.replace(/\0/g, '')
      .trim();
    return value === '' ? undefined : value;
  }

  /** First number of a decimal or integer string; `undefined` where absent or not a number. */
  decimal(tag: string, index = 0): number | undefined {
    const value = this.#guard(tag, () => this.data.floatString(tag, index));
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  /** An unsigned 16-bit element; `undefined` where absent. */
  short(tag: string, index = 0): number | undefined {
    return this.#guard(tag, () => this.data.uint16(tag, index));
  }

  /** As {@link short}, but it must be there. */
  requiredShort(tag: string, name: string): number {
    const value = this.short(tag);
    if (value === undefined) throw new FormatError(`readDicom: ${this.origin} lacks ${name} (${tag})`);
    return value;
  }

  /** An element whose bytes lie inside the file; `undefined` where absent. */
  element(tag: string): Element | undefined {
    const element = this.data.elements[tag];
    if (element === undefined) return undefined;
    if (element.dataOffset + Math.max(0, element.length) > this.data.byteArray.length) {
      throw new FormatError(`readDicom: ${this.origin} is truncated inside element ${tag}`);
    }
    return element;
  }

  /** The bytes of an element. */
  bytes(tag: string): Uint8Array | undefined {
    const element = this.element(tag);
    if (element === undefined) return undefined;
    return this.data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  }

  /** 16-bit words of an element in the file's byte order. */
  words(tag: string): Uint16Array | undefined {
    const bytes = this.bytes(tag);
    if (bytes === undefined) return undefined;
    const words = new Uint16Array(Math.floor(bytes.length / 2));
    const [low, high] = this.isBigEndian ? [1, 0] : [0, 1];
    for (let i = 0; i < words.length; i++) words[i] = bytes[2 * i + low]! | (bytes[2 * i + high]! << 8);
    return words;
  }

  #guard<T>(tag: string, read: () => T): T | undefined {
    if (this.data.elements[tag] === undefined) return undefined;
    try {
      return read();
    } catch (error) {
      throw new FormatError(`readDicom: ${this.origin} has a damaged element ${tag}: ${messageOf(error)}`);
    }
  }
}

/**
 * Reads and parses a DICOM file.
 *
 * @throws {FormatError} naming the file, if it cannot be opened, is too large, or is not DICOM
 */
export async function openDicomFile(path: string): Promise<DicomFile> {
  const origin = basename(path);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_FILE_BYTES) {
      throw new FormatError(`readDicom: ${origin} has ${size} bytes; at most ${MAXIMUM_FILE_BYTES} are read`);
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`readDicom: cannot open ${path}: ${messageOf(error)}`);
  }
  return parseDicomFile(bytes, origin);
}

/** Parses the bytes of a DICOM file. */
export function parseDicomFile(bytes: Uint8Array, origin: string): DicomFile {
  const part10 =
    bytes.length >= 132 && String.fromCharCode(bytes[128]!, bytes[129]!, bytes[130]!, bytes[131]!) === 'DICM';
  if (!part10) {
    throw new FormatError(`readDicom: ${origin} is not a DICOM file (no DICM at byte 128; ${bytes.length} bytes)`);
  }
  try {
    const data = dicomParser.parseDicom(bytes, { inflater: (deflated, position) => inflated(deflated, position) });
    return new DicomFile(origin, data);
  } catch (error) {
    const text = typeof error === 'object' && error !== null && 'exception' in error ? error.exception : error;
    throw new FormatError(`readDicom: ${origin} is damaged or cut short: ${messageOf(text)}`);
  }
}

/** Deflated transfer syntax: the file meta group stays, the rest is inflated up to a limit. */
function inflated(bytes: Uint8Array, position: number): Uint8Array {
  const rest = inflateRawSync(bytes.subarray(position), { maxOutputLength: MAXIMUM_INFLATED_BYTES });
  const whole = new Uint8Array(position + rest.length);
  whole.set(bytes.subarray(0, position));
  whole.set(rest, position);
  return whole;
}
