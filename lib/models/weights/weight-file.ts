import { endianness } from 'node:os';
import { FormatError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';

/** Element types that weight files hold. */
export type WeightDtype =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** Bytes of one element. */
export const BYTES_OF: Readonly<Record<WeightDtype, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** A named tensor of a weight file; its values stay on disk until {@link WeightEntry.read}. */
export interface WeightEntry {
  /** Whole key, with every outer dict: `teacher.backbone.blocks.0.norm1.weight`. */
  readonly key: string;
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  /** Values in row-major order, widened or narrowed to float32. */
  read(): Float32Array;
}

/** An open weight file. Close it when done. */
export interface WeightFile {
  readonly path: string;
  readonly format: 'pytorch' | 'safetensors';
  readonly size: number;
  readonly entries: readonly WeightEntry[];
  /** What a PyTorch file holds besides tensors: `epoch: 100`. Long values are cut. */
  readonly remarks: Readonly<Record<string, string>>;
  /** The metadata of a safetensors file; empty for others. */
  readonly metadata: Readonly<Record<string, string>>;
  close(): void;
}

/** Little-endian bytes to float32 (sharing their memory where it can); float16 and bfloat16 widen exactly, float64 and int64 are rounded. */
export function toFloat32(bytes: Uint8Array, dtype: WeightDtype): Float32Array {
  const count = bytes.length / BYTES_OF[dtype];
  if (dtype === 'float32' && LITTLE_ENDIAN) {
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    return new Float32Array(aligned.buffer, aligned.byteOffset, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(count);
  const read = READERS[dtype];
  for (let i = 0; i < count; i++) values[i] = read(view, i);
  return values;
}

/** True on every machine that Node is built for today but a few mainframes. */
const LITTLE_ENDIAN = endianness() === 'LE';

const bits = new DataView(new ArrayBuffer(4));

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function fromBrain(high: number): number {
  bits.setUint32(0, high << 16);
  return bits.getFloat32(0);
}

const READERS: Readonly<Record<WeightDtype, (view: DataView, index: number) => number>> = {
  float64: (view, i) => view.getFloat64(8 * i, true),
  float32: (view, i) => view.getFloat32(4 * i, true),
  float16: (view, i) => fromHalf(view.getUint16(2 * i, true)),
  bfloat16: (view, i) => fromBrain(view.getUint16(2 * i, true)),
  int64: (view, i) => Number(view.getBigInt64(8 * i, true)),
  int32: (view, i) => view.getInt32(4 * i, true),
  int16: (view, i) => view.getInt16(2 * i, true),
  int8: (view, i) => view.getInt8(i),
  uint8: (view, i) => view.getUint8(i),
  bool: (view, i) => (view.getUint8(i) === 0 ? 0 : 1),
};

/** Throws unless a shape is a short list of non-negative integers whose product is safe. */
export function checkShape(origin: string, key: string, shape: readonly unknown[]): readonly number[] {
  const fits =
    shape.length <= 16 &&
    shape.every((length) => Number.isSafeInteger(length) && (length as number) >= 0) &&
    Number.isSafeInteger(sizeOf(shape as number[]));
  if (!fits)
    throw new FormatError(`readWeights: ${origin} declares the shape [${shape.slice(0, 17).join(', ')}] for ${key}`);
  return shape as number[];
}
