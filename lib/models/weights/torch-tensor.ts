import { FormatError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { ByteSource } from './byte-source.js';
import { PickleGlobal, type PickleRules, PickleTuple } from './pickle-values.js';
import { BYTES_OF, checkShape, toFloat32, type WeightDtype, type WeightEntry } from './weight-file.js';
import type { ZipMember } from './zip-directory.js';

const STORAGES: Readonly<Record<string, WeightDtype>> = {
  'torch.DoubleStorage': 'float64',
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
};

const NUMPY_SCALARS = ['numpy.core.multiarray.scalar', 'numpy._core.multiarray.scalar'];
const CALLS = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'torch.Size',
  '_codecs.encode',
  'numpy.dtype',
  ...NUMPY_SCALARS,
];

/** A run of numbers in the zip file. */
export class Storage {
  readonly member: ZipMember;
  readonly dtype: WeightDtype;
  readonly count: number;
  constructor(member: ZipMember, dtype: WeightDtype, count: number) {
    this.member = member;
    this.dtype = dtype;
    this.count = count;
  }
}

/** A tensor of a checkpoint: a view of a storage. */
export class StoredTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

class NumpyDtype {
  readonly code: string;
  constructor(code: string) {
    this.code = code;
  }
}

/**
 * What a checkpoint may refer to: tensors, parameters, dicts and numbers of NumPy.
 *
 * Source: PyTorch torch/_utils.py, _rebuild_tensor_v2.
 */
export function torchRules(source: ByteSource, root: string, members: ReadonlyMap<string, ZipMember>): PickleRules {
  const storages = new Map<string, Storage>();
  return {
    allows: (name) => CALLS.includes(name) || Object.hasOwn(STORAGES, name),
    persistent: (id) => {
      if (!(id instanceof PickleTuple)) return fail(source, 'names a storage in an unknown way');
      const [kind, type, key, , count] = id.items;
      const dtype = type instanceof PickleGlobal ? STORAGES[type.name] : undefined;
      if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || !Number.isSafeInteger(count)) {
        return fail(source, 'names a storage in an unknown way');
      }
      const member = members.get(`${root}data/${key}`);
      if (member === undefined) return fail(source, `lacks the storage ${JSON.stringify(key)}`);
      const bytes = (count as number) * BYTES_OF[dtype];
      if ((count as number) < 0 || bytes !== member.size) {
        return fail(source, `declares ${bytes} bytes for the storage ${JSON.stringify(key)}, which has ${member.size}`);
      }
      if (member.compressed) return fail(source, 'compresses its storages, which torch.save never does');
      const known = storages.get(key);
      if (known && known.dtype !== dtype) return fail(source, `reads the storage ${JSON.stringify(key)} as two types`);
      const storage = known ?? new Storage(member, dtype, count as number);
      storages.set(key, storage);
      return storage;
    },
    reduce: (callable, args) => {
      if (callable === 'collections.OrderedDict') return args.length === 0 ? new Map() : pairsToMap(args[0]);
      if (callable === 'torch._utils._rebuild_tensor_v2') return tensorOf(source, args);
      if (callable === 'torch._utils._rebuild_parameter') return args[0] instanceof StoredTensor ? args[0] : undefined;
      if (callable === 'torch.Size') return args[0] instanceof PickleTuple ? args[0] : undefined;
      if (callable === '_codecs.encode') return latin1(args);
      if (callable === 'numpy.dtype') return typeof args[0] === 'string' ? new NumpyDtype(args[0]) : undefined;
      if (NUMPY_SCALARS.includes(callable)) return numpyScalar(args);
      return undefined;
    },
    // OrderedDict carries `_metadata` (module versions), numpy.dtype its byte order. Neither is needed.
    build: (value) => value instanceof Map || value instanceof NumpyDtype,
  };
}

function pairsToMap(pairs: unknown): Map<unknown, unknown> | undefined {
  if (!Array.isArray(pairs)) return undefined;
  const map = new Map<unknown, unknown>();
  for (const pair of pairs) {
    const items = pair instanceof PickleTuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (items.length !== 2) return undefined;
    map.set(items[0], items[1]);
  }
  return map;
}

function latin1(args: readonly unknown[]): Uint8Array | undefined {
  const [text, encoding] = args;
  return typeof text === 'string' && encoding === 'latin1' ? new Uint8Array(Buffer.from(text, 'latin1')) : undefined;
}

function numpyScalar(args: readonly unknown[]): number | undefined {
  const [dtype, bytes] = args;
  if (!(dtype instanceof NumpyDtype) || !(bytes instanceof Uint8Array)) return undefined;
  const kind = ({ f8: 'float64', f4: 'float32', i8: 'int64', i4: 'int32', b1: 'bool' } as const)[dtype.code];
  if (kind === undefined || bytes.length !== BYTES_OF[kind]) return undefined;
  return kind === 'float64'
    ? new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true)
    : toFloat32(bytes, kind)[0];
}

function fail(source: ByteSource, what: string): never {
  throw new FormatError(`readTorchCheckpoint: ${source.name} ${what}; get the file again from its source`);
}

function tensorOf(source: ByteSource, args: readonly unknown[]): StoredTensor | undefined {
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof Storage) || !(size instanceof PickleTuple) || !(stride instanceof PickleTuple))
    return undefined;
  const shape = checkShape(source.name, 'a tensor', size.items);
  const strides = checkShape(source.name, 'the strides of a tensor', stride.items);
  if (!Number.isSafeInteger(offset) || (offset as number) < 0 || shape.length !== strides.length) {
    return fail(source, 'has a tensor with a damaged layout');
  }
  const count = sizeOf(shape);
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, offset as number);
  if (count > 0 && (last >= storage.count || count > storage.count)) {
    return fail(
      source,
      `has a tensor of shape [${shape.join(', ')}] that reaches outside its storage of ${storage.count}`,
    );
  }
  return new StoredTensor(storage, offset as number, shape, strides);
}

/** A tensor as an entry of a weight file, gathered to row-major order when read. */
export function entryOf(source: ByteSource, key: string, tensor: StoredTensor): WeightEntry {
  const { storage, shape, strides } = tensor;
  const bytesEach = BYTES_OF[storage.dtype];
  const count = sizeOf(shape);
  return {
    key,
    shape,
    dtype: storage.dtype,
    read() {
      const span = count === 0 ? 0 : shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, 1);
      const start = storage.member.offset + tensor.offset * bytesEach;
      const values = toFloat32(source.read(start, span * bytesEach), storage.dtype);
      return isRowMajor(shape, strides) ? values : gather(values, shape, strides);
    },
  };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function gather(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const result = new Float32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
