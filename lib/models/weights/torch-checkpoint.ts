import { FormatError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { ByteSource } from './byte-source.js';
import { PickleGlobal, type PickleRules, PickleTuple, readPickle } from './pickle.js';
import { BYTES_OF, checkShape, toFloat32, type WeightDtype, type WeightEntry, type WeightFile } from './weight-file.js';
import { readZipDirectory, readZipMember, type ZipMember } from './zip-directory.js';

const LARGEST_PICKLE = 16 * 2 ** 20;
const DEEPEST = 12;
const MOST_REMARKS = 1000;

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

class Storage {
  readonly member: ZipMember;
  readonly dtype: WeightDtype;
  readonly count: number;
  constructor(member: ZipMember, dtype: WeightDtype, count: number) {
    this.member = member;
    this.dtype = dtype;
    this.count = count;
  }
}

class StoredTensor {
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
 * Reads a PyTorch zip checkpoint (`torch.save`, PyTorch >= 1.6) without executing anything in it: state dicts of tensors, dicts,
 * lists, numbers and text. Any other Python object is refused by its name.
 *
 * Source: PyTorch torch/serialization.py and torch/_utils.py.
 *
 * @throws {FormatError} on legacy tar and bare-pickle checkpoints (with the remedy), on damage, and on hostile content: storages that
 * overlap or are larger than the file, views outside their storage, expanded views, zip names that leave the archive
 */
export function readTorchCheckpoint(source: ByteSource): WeightFile {
  const members = readZipDirectory(source);
  const pickleNames = [...members.keys()].filter((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  if (pickleNames.length !== 1) {
    throw new FormatError(
      `readTorchCheckpoint: ${source.name} is a zip file with ${pickleNames.length} members named data.pkl, expected 1: ` +
        'not a checkpoint of torch.save (TorchScript archives must be saved again as model.state_dict())',
    );
  }
  const pickleName = pickleNames[0]!;
  const root = pickleName.slice(0, -'data.pkl'.length);
  refuseBigEndian(source, members.get(`${root}byteorder`));
  const tree = readPickle(
    readZipMember(source, members.get(pickleName)!, LARGEST_PICKLE),
    torchRules(source, root, members),
    source.name,
  );
  const found: { key: string; tensor: StoredTensor }[] = [];
  const remarks = new Map<string, string>();
  collect(source.name, tree, '', 0, found, remarks, new Set());
  refuseRepeats(source, found);
  return {
    path: source.name,
    format: 'pytorch',
    size: source.size,
    remarks: Object.fromEntries(remarks),
    metadata: {},
    entries: found.map(({ key, tensor }) => entryOf(source, key, tensor)),
    close: () => source.close(),
  };
}

function fail(source: ByteSource, what: string): never {
  throw new FormatError(`readTorchCheckpoint: ${source.name} ${what}; get the file again from its source`);
}

function refuseBigEndian(source: ByteSource, member: ZipMember | undefined): void {
  if (member === undefined) return;
  if (new TextDecoder().decode(readZipMember(source, member, 64)).trim() === 'big') {
    fail(source, 'holds big-endian values, which are not read');
  }
}

function torchRules(source: ByteSource, root: string, members: ReadonlyMap<string, ZipMember>): PickleRules {
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

function collect(
  origin: string,
  value: unknown,
  key: string,
  depth: number,
  found: { key: string; tensor: StoredTensor }[],
  remarks: Map<string, string>,
  seen: Set<unknown>,
): void {
  if (value instanceof StoredTensor) {
    found.push({ key, tensor: value });
    return;
  }
  const items =
    value instanceof Map
      ? value
      : value instanceof PickleTuple
        ? value.items.entries()
        : Array.isArray(value)
          ? value.entries()
          : null;
  if (items === null) {
    if (remarks.size < MOST_REMARKS) remarks.set(key, String(value).slice(0, 80));
    return;
  }
  // A shared dict is read once: a pickle can refer to one object a billion times over, or to itself.
  if (seen.has(value)) return;
  seen.add(value);
  if (depth >= DEEPEST) {
    throw new FormatError(`readTorchCheckpoint: ${origin} nests dicts too deep at ${JSON.stringify(key.slice(0, 80))}`);
  }
  for (const [name, inner] of items) {
    const part = typeof name === 'string' || typeof name === 'number' ? String(name) : '?';
    collect(origin, inner, key === '' ? part : `${key}.${part}`, depth + 1, found, remarks, seen);
  }
}

/** Tied weights may share a storage; a file whose tensors add up to many times its storages is a bomb. */
function refuseRepeats(source: ByteSource, found: readonly { tensor: StoredTensor }[]): void {
  const storages = new Map(found.map(({ tensor }) => [tensor.storage.member.name, tensor.storage.member.size]));
  const stored = [...storages.values()].reduce((sum, size) => sum + size, 0);
  let declared = 0;
  for (const { tensor } of found) declared += sizeOf(tensor.shape) * BYTES_OF[tensor.storage.dtype];
  if (declared > 4 * stored) fail(source, `declares ${declared} bytes of tensors over ${stored} bytes of storage`);
}

function entryOf(source: ByteSource, key: string, tensor: StoredTensor): WeightEntry {
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
