import { FormatError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { ByteSource } from './byte-source.js';
import { readPickle } from './pickle.js';
import { PickleTuple } from './pickle-values.js';
import { entryOf, StoredTensor, torchRules } from './torch-tensor.js';
import { BYTES_OF, type WeightFile } from './weight-file.js';
import { readZipDirectory, readZipMember, type ZipMember } from './zip-directory.js';

const LARGEST_PICKLE = 16 * 2 ** 20;
const DEEPEST = 12;
const MOST_REMARKS = 1000;

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
