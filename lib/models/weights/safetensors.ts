import { endianness } from 'node:os';
import { FormatError, messageOf } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { HostParams } from '../parameters.js';
import type { ByteSource } from './byte-source.js';
import { BYTES_OF, checkShape, toFloat32, type WeightDtype, type WeightEntry, type WeightFile } from './weight-file.js';

const DTYPES: Readonly<Record<string, WeightDtype>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const LARGEST_HEADER = 4 * 2 ** 20;

/**
 * Reads a safetensors file. The header is checked whole before any tensor is read: ranges follow one another without holes or overlaps,
 * fill the file, and fit their shapes.
 *
 * Source: huggingface/safetensors, README "Format".
 *
 * @throws {FormatError} on anything else, an unknown element type by name
 */
export function readSafetensors(source: ByteSource): WeightFile {
  const fail = (what: string): never => {
    throw new FormatError(`readSafetensors: ${source.name} ${what}; get the file again from its source`);
  };
  const lengthBytes = source.read(0, 8);
  const length = Number(new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true));
  if (length > LARGEST_HEADER || 8 + length > source.size) {
    fail(`declares a header of ${length} bytes in a file of ${source.size}`);
  }
  const header = parseHeader(source.name, source.read(8, length));
  const start = 8 + length;
  const metadata = metadataOf(header.get('__metadata__'), fail);
  header.delete('__metadata__');
  const found: { entry: WeightEntry; begin: number; end: number }[] = [];
  for (const [key, value] of header) {
    const { dtype: code, shape: given, data_offsets: offsets } = value as Record<string, unknown>;
    const dtype = typeof code === 'string' && Object.hasOwn(DTYPES, code) ? DTYPES[code]! : undefined;
    if (dtype === undefined) return fail(`holds ${key} as ${String(code).slice(0, 20)}, which is not read`);
    if (!Array.isArray(given) || !Array.isArray(offsets)) return fail(`describes ${key} without shape or data_offsets`);
    const shape = checkShape(source.name, key, given);
    const [begin, end] = offsets as number[];
    const bytes = sizeOf(shape) * BYTES_OF[dtype];
    if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || end! - begin! !== bytes || begin! < 0) {
      return fail(`gives ${key} [${shape.join(', ')}] the bytes ${begin} to ${end}, expected ${bytes} bytes`);
    }
    const entry = { key, shape, dtype, read: () => toFloat32(source.read(start + begin!, bytes), dtype) };
    found.push({ entry, begin: begin!, end: end! });
  }
  let at = 0;
  for (const { entry, begin, end } of [...found].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) fail(`has ${begin < at ? 'overlapping tensors' : 'a hole'} before ${entry.key}`);
    at = end;
  }
  if (start + at !== source.size) fail(`has ${source.size - start} bytes of tensors, its header declares ${at}`);
  return {
    path: source.name,
    format: 'safetensors',
    size: source.size,
    entries: found.map(({ entry }) => entry),
    remarks: {},
    metadata,
    close: () => source.close(),
  };
}

function parseHeader(name: string, bytes: Uint8Array): Map<string, unknown> {
  refuseDepth(name, bytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FormatError(`readSafetensors: ${name} has a header that is no JSON: ${messageOf(error).slice(0, 80)}`);
  }
  const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(parsed) || !Object.values(parsed as object).every(isRecord)) {
    throw new FormatError(`readSafetensors: ${name} has a header that is not an object of objects`);
  }
  return new Map(Object.entries(parsed as object));
}

/** A header is an object of objects with lists. Deeper nesting is refused before JSON.parse makes millions of arrays of it. */
function refuseDepth(name: string, bytes: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (inText && byte === 0x5c) i++;
    else if (byte === 0x22) inText = !inText;
    else if (!inText && (byte === 0x7b || byte === 0x5b)) depth++;
    else if (!inText && (byte === 0x7d || byte === 0x5d)) depth--;
    if (depth > 3)
      throw new FormatError(`readSafetensors: ${name} has a header nested deeper than an object of objects of lists`);
  }
}

function metadataOf(value: unknown, fail: (what: string) => never): Record<string, string> {
  if (value === undefined) return {};
  const entries = Object.entries(value as object);
  if (!entries.every(([, text]) => typeof text === 'string')) fail('has metadata that is not text');
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * The bytes of a safetensors file with float32 tensors, keys in the given order.
 *
 * @param metadata text stored beside the tensors
 * @param counters keys that PyTorch wants as int64 zeros (BatchNorm's `num_batches_tracked`)
 */
export function encodeSafetensors(
  params: HostParams,
  metadata: Readonly<Record<string, string>> = {},
  counters: readonly string[] = [],
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let at = 0;
  for (const key of counters) {
    header[key] = { dtype: 'I64', shape: [], data_offsets: [at, at + 8] };
    at += 8;
  }
  for (const [key, { shape, data }] of Object.entries(params)) {
    header[key] = { dtype: 'F32', shape, data_offsets: [at, at + 4 * data.length] };
    at += 4 * data.length;
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8, ' '));
  const bytes = Buffer.alloc(8 + padded.length + at);
  bytes.writeBigUInt64LE(BigInt(padded.length));
  bytes.set(padded, 8);
  let offset = 8 + padded.length + 8 * counters.length;
  for (const { data } of Object.values(params)) {
    const numbers = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    bytes.set(endianness() === 'LE' ? numbers : Buffer.from(numbers).swap32(), offset);
    offset += numbers.length;
  }
  return bytes;
}
