import { readFileSync } from 'node:fs';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { bytesSource } from '../../lib/models/weights/byte-source.js';
import { readWeights } from '../../lib/models/weights/open-weights.js';

/** Pickle operations, for files that no honest program writes. */
const op = {
  protocol: [0x80, 2],
  dict: [0x7d],
  list: [0x5d],
  mark: [0x28],
  stop: [0x2e],
  tuple: [0x74],
  setItem: [0x73],
  reduce: [0x52],
  build: [0x62],
  persistent: [0x51],
  append: [0x61],
  text: (s: string): number[] => [0x58, ...int32(s.length), ...Buffer.from(s)],
  int: (n: number): number[] => [0x4a, ...int32(n)],
  global: (module: string, name: string): number[] => [0x63, ...Buffer.from(`${module}\n${name}\n`)],
  put: (n: number): number[] => [0x71, n],
  get: (n: number): number[] => [0x68, n],
  long: (digits: number[]): number[] => [0x8a, digits.length, ...digits],
};

function int32(n: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(n);
  return [...bytes];
}

interface Layout {
  readonly count?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly repeats?: number;
}

/** The pickle of a state dict with one tensor, or the same tensor under many keys. */
function tensorPickle({ count = 4, offset = 0, shape = [4], strides = [1], repeats = 1 }: Layout): number[] {
  const tuple = (values: readonly number[]): number[] => [...op.mark, ...values.flatMap((n) => op.int(n)), ...op.tuple];
  const tensor = [
    ...op.global('torch._utils', '_rebuild_tensor_v2'),
    ...op.mark,
    ...op.mark,
    ...op.text('storage'),
    ...op.global('torch', 'FloatStorage'),
    ...op.text('0'),
    ...op.text('cpu'),
    ...op.int(count),
    ...op.tuple,
    ...op.persistent,
    ...op.int(offset),
    ...tuple(shape),
    ...tuple(strides),
    0x89,
    ...op.global('collections', 'OrderedDict'),
    0x29,
    ...op.reduce,
    ...op.tuple,
    ...op.reduce,
    ...op.put(1),
  ];
  const items = Array.from({ length: repeats }, (_, i) => [
    ...op.text(`w${i}`),
    ...(i === 0 ? tensor : op.get(1)),
    ...op.setItem,
  ]).flat();
  return [...op.protocol, ...op.dict, ...items, ...op.stop];
}

/** A zip as torch.save writes it: stored, not compressed. */
function checkpoint(pickle: readonly number[], extra: Zippable = {}, storage = new Uint8Array(16)): Uint8Array {
  return zipSync({ 'x/data.pkl': Uint8Array.from(pickle), 'x/data/0': storage, ...extra }, { level: 0 });
}

/** Overwrites an integer after the n-th record with a signature. */
function patched(
  zip: Uint8Array,
  signature: number,
  record: number,
  at: number,
  value: number,
  wide = true,
): Uint8Array {
  const bytes = zip.slice();
  const view = new DataView(bytes.buffer);
  let seen = 0;
  for (let i = 0; i + 4 <= bytes.length; i++) {
    if (view.getUint32(i, true) !== signature || seen++ !== record) continue;
    if (wide) view.setUint32(i + at, value, true);
    else view.setUint16(i + at, value, true);
    return bytes;
  }
  throw new Error('patched: no such record');
}

/** Renames a member everywhere; the names must be as long. */
function renamed(zip: Uint8Array, from: string, to: string): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(zip).toString('latin1').replaceAll(from, to), 'latin1'));
}

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

function safetensors(header: unknown, body = 0, length?: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = Buffer.alloc(8 + text.length + body);
  bytes.writeBigUInt64LE(BigInt(length ?? text.length));
  bytes.write(text, 8);
  return bytes;
}

const f32 = (shape: number[], offsets: number[]): unknown => ({ dtype: 'F32', shape, data_offsets: offsets });

/** A dict of 250,000 numbers: useless, but it holds nothing forbidden. */
function manyNumbers(): number[] {
  const pairs: number[] = [];
  for (let i = 0; i < 250_000; i++) pairs.push(...op.int(i), 0x4b, 1);
  return [...op.protocol, ...op.dict, ...op.mark, ...pairs, 0x75, ...op.stop];
}

/** Files that end without an error. */
const HARMLESS = ['a list within itself', 'a dict of many numbers'];

const honest = checkpoint(tensorPickle({}));
const file = new Uint8Array(readFileSync(new URL('../fixtures/weights/training.pth', import.meta.url)));

const HOSTILE: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['an empty file', new Uint8Array(0), /neither a PyTorch zip/],
  ['text', Buffer.from('hello, world, this is no weight file'), /neither a PyTorch zip/],
  [
    'a tar checkpoint',
    Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(250)]),
    /PyTorch tar file.*torch\.save/,
  ],
  ['a truncated zip', file.slice(0, file.length - 100), /truncated/],
  ['half a zip', file.slice(0, file.length >> 1), /truncated/],
  ['a zip without a pickle', zipSync({ 'x/other': new Uint8Array(3) }, { level: 0 }), /0 members named data\.pkl/],
  ['two pickles', checkpoint(tensorPickle({}), { 'y/data.pkl': new Uint8Array(1) }), /2 members named data\.pkl/],
  ['a directory entry beyond the file', patched(honest, CENTRAL, 1, 42, 0x7fffffff), /truncated or damaged/],
  ['a member larger than the file', patched(honest, CENTRAL, 1, 20, 0x7fffffff), /truncated/],
  ['overlapping storages', patched(patched(honest, CENTRAL, 1, 42, 0), LOCAL, 0, 0, LOCAL), /overlap/],
  ['a name that climbs out', renamed(honest, 'x/data/0', '../../ab'), /leads outside the archive/],
  ['an absolute name', renamed(honest, 'x/data/0', '/etc/abc'), /leads outside the archive/],
  ['an unknown compression', patched(honest, CENTRAL, 1, 10, 99, false), /compression method 99/],
  ['a declared million members', patched(honest, 0x06054b50, 0, 10, 0xfffe, false), /member 2 of 65534 is damaged/],
  [
    'a storage shorter than declared',
    checkpoint(tensorPickle({ count: 2 ** 30 })),
    /declares 4294967296 bytes for the storage/,
  ],
  ['a view beyond its storage', checkpoint(tensorPickle({ offset: 2 })), /reaches outside its storage/],
  [
    'a view of a huge shape',
    checkpoint(tensorPickle({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] })),
    /declares the shape/,
  ],
  ['an expanded view', checkpoint(tensorPickle({ shape: [2 ** 20], strides: [0] })), /reaches outside its storage/],
  ['a negative stride', checkpoint(tensorPickle({ strides: [-1] })), /declares the shape/],
  [
    'a thousand names for one storage',
    checkpoint(tensorPickle({ repeats: 1000 })),
    /declares 16000 bytes of tensors over/,
  ],
  [
    'a call of os.system',
    checkpoint([
      ...op.protocol,
      ...op.global('os', 'system'),
      ...op.mark,
      ...op.text('id'),
      ...op.tuple,
      ...op.reduce,
      ...op.stop,
    ]),
    /os\.system, which is refused/,
  ],
  [
    'a call of eval',
    checkpoint([...op.protocol, ...op.global('builtins', 'eval'), ...op.stop]),
    /builtins\.eval, which is refused/,
  ],
  [
    'a call of a name that is data',
    checkpoint([...op.protocol, ...op.text('f'), 0x29, ...op.reduce, ...op.stop]),
    /calls something that is not a name/,
  ],
  [
    'an object with state',
    checkpoint([...op.protocol, ...op.list, ...op.dict, ...op.build, ...op.stop]),
    /sets the inner state/,
  ],
  ['an operation that makes objects', checkpoint([...op.protocol, 0x81, ...op.stop]), /pickle operation 0x81/],
  ['a pickle that ends early', checkpoint([...op.protocol, ...op.dict]), /truncated/],
  ['a text longer than the file', checkpoint([...op.protocol, 0x58, 255, 255, 255, 127, 65, ...op.stop]), /truncated/],
  [
    'an integer of 200 bytes',
    checkpoint([...op.protocol, ...op.long(Array(200).fill(255)), ...op.stop]),
    /integer of 200 bytes/,
  ],
  ['an unknown memo entry', checkpoint([...op.protocol, ...op.get(9), ...op.stop]), /refers to entry 9/],
  [
    'a list within itself',
    checkpoint([
      ...op.protocol,
      ...op.dict,
      ...op.text('a'),
      ...op.list,
      ...op.put(3),
      ...op.get(3),
      ...op.append,
      ...op.setItem,
      ...op.stop,
    ]),
    /^$/,
  ],
  ['a dict of many numbers', checkpoint(manyNumbers()), /^$/],
  [
    'a million dicts',
    checkpoint([...op.protocol, ...Array(1_000_000).fill(0x7d), ...op.stop]),
    /more than 200000 dicts/,
  ],
  [
    'lists nested without end',
    checkpoint([...op.protocol, ...Array(50).fill(0x5d), ...Array(49).fill(0x61), ...op.stop]),
    /nests dicts too deep/,
  ],
  ['a deflate bomb', bombed(), /64\b|expected there|cannot be inflated/],
  ['a safetensors header longer than the file', safetensors('{', 0, 2 ** 40), /declares a header of/],
  ['a safetensors header that is no JSON', safetensors('{"a":'), /no JSON/],
  ['a safetensors list', safetensors('{"a":[]}'), /not an object of objects/],
  [
    'overlapping safetensors',
    safetensors({ a: f32([2], [0, 8]), b: f32([2], [4, 12]) }, 12),
    /overlapping tensors before b/,
  ],
  ['a hole in safetensors', safetensors({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12), /a hole before b/],
  ['safetensors of a huge shape', safetensors({ a: f32([2 ** 30, 2 ** 30], [0, 4]) }, 4), /declares the shape/],
  ['safetensors whose range is not its shape', safetensors({ a: f32([3], [0, 8]) }, 8), /expected 12 bytes/],
  [
    'a safetensors header nested a million deep',
    safetensors(`{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`),
    /nested deeper/,
  ],
  ['truncated safetensors', safetensors({ a: f32([3], [0, 12]) }, 8), /header declares 12/],
  [
    'safetensors of an unknown type',
    safetensors({ a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1),
    /F8_E4M3, which is not read/,
  ],
];

/** A pickle that says it has 64 bytes and inflates to 64 MiB. */
function bombed(): Uint8Array {
  const zip = zipSync(
    { 'x/data.pkl': new Uint8Array(64 * 2 ** 20), 'x/data/0': [new Uint8Array(16), { level: 0 }] },
    { level: 9 },
  );
  return patched(zip, CENTRAL, 0, 24, 64);
}

describe('hostile weight files', () => {
  it.each(HOSTILE)('%s ends in a named error, quickly and without memory', (name, bytes, message) => {
    const before = process.memoryUsage();
    const start = process.cpuUsage();
    const read = (): void => {
      const { entries } = readWeights(bytesSource('hostile.pth', bytes));
      for (const entry of entries) entry.read();
    };
    if (HARMLESS.includes(name)) expect(read).not.toThrow();
    else {
      expect(read).toThrow(FormatError);
      expect(read).toThrow(message);
    }
    const after = process.memoryUsage();
    // Bounds for both runs together: the promise is 1 s and 100 MB for each. Processor time, so that a busy machine does not matter.
    const used = process.cpuUsage(start);
    expect((used.user + used.system) / 1e6).toBeLessThan(2);
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown).toBeLessThan(200 * 2 ** 20);
  });

  it('reads the honest file that they are made from', () => {
    const { entries } = readWeights(
      bytesSource(
        'honest.pth',
        checkpoint(tensorPickle({}), {}, new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer)),
      ),
    );
    expect(entries.map((entry) => [entry.key, [...entry.read()]])).toEqual([['w0', [1, 2, 3, 4]]]);
  });

  it('survives random damage: every flipped byte gives the tensors or a named error', () => {
    for (let i = 0; i < 400; i++) {
      const bytes = file.slice();
      bytes[(i * 7919) % bytes.length]! ^= 1 << (i % 8);
      try {
        const { entries } = readWeights(bytesSource('damaged.pth', bytes));
        for (const entry of entries) entry.read();
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
  });
});
