import { FormatError } from '../../core/errors.js';
import { OPERATIONS } from './pickle-operations.js';
import { PickleGlobal, type PickleRules, PickleTuple } from './pickle-values.js';

const MOST_OPERATIONS = 2_000_000;
const MOST_CONTAINERS = 200_000;
const MARK = Symbol('mark');

/**
 * Reads a Python pickle without executing anything. Only the operations that describe dicts, lists, tuples, numbers, text and
 * references are known; each name goes through `rules`. Integers beyond 2^53 are refused.
 *
 * Source: CPython Lib/pickle.py, protocols 2 to 4.
 *
 * @returns dicts as `Map`, lists as arrays, tuples as {@link PickleTuple}, `None` as null
 * @throws {FormatError} on any other operation, name, or damage
 */
export function readPickle(bytes: Uint8Array, rules: PickleRules, origin: string): unknown {
  return new Unpickler(bytes, rules, origin).run();
}

/** The machine that {@link readPickle} runs; its methods are what OPERATIONS are made of. */
export class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #origin: string;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #at = 0;
  #containers = 0;

  constructor(bytes: Uint8Array, rules: PickleRules, origin: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#rules = rules;
    this.#origin = origin;
  }

  run(): unknown {
    for (let count = 0; count < MOST_OPERATIONS; count++) {
      const code = this.#bytes[this.#take(1)]!;
      if (code === 0x2e) return this.#pop();
      const operation = OPERATIONS[code];
      if (operation === undefined) {
        const shown = code > 32 && code < 127 ? `"${String.fromCharCode(code)}"` : `0x${code.toString(16)}`;
        this.fail(`uses the pickle operation ${shown}, which no state dict needs`);
      }
      operation(this);
    }
    return this.fail(`has more than ${MOST_OPERATIONS} pickle operations`);
  }

  fail(what: string): never {
    throw new FormatError(
      `readPickle: ${this.#origin} ${what}; only tensors, dicts, lists and numbers are read. ` +
        'Save the state dict alone: torch.save(model.state_dict(), path)',
    );
  }

  #take(length: number): number {
    const at = this.#at;
    if (!(length >= 0) || at + length > this.#bytes.length) this.fail('ends in the middle of its pickle (truncated)');
    this.#at += length;
    return at;
  }

  skip(length: number): void {
    this.#take(length);
  }

  uint8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  long(length: number): number {
    if (length > 8) this.fail(`holds an integer of ${length} bytes`);
    const at = this.#take(length);
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(this.#bytes[at + i]!) << BigInt(8 * i);
    if (length > 0) value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    if (!Number.isSafeInteger(number)) this.fail(`holds the integer ${value}, beyond 2^53`);
    return number;
  }

  text(length: number): string {
    const at = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  raw(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) this.fail('ends in the middle of its pickle (truncated)');
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Pushes a dict, list or tuple; their number is bounded, as each takes far more memory than its one byte in the file. */
  pushContainer(value: unknown): void {
    this.#containers++;
    if (this.#containers > MOST_CONTAINERS) this.fail(`holds more than ${MOST_CONTAINERS} dicts, lists and tuples`);
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) this.fail('takes from an empty pickle stack (damaged)');
    const value = this.#stack.pop();
    if (value === MARK) this.fail('takes a mark for a value (damaged)');
    return value;
  }

  pop(): unknown {
    return this.#pop();
  }

  popTo(count: number): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.#pop());
    return values;
  }

  popMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) this.fail('lacks a mark (damaged)');
    const values = this.#stack.splice(at);
    values.shift();
    return values;
  }

  top(): unknown {
    const value = this.#stack.at(-1);
    if (this.#stack.length === 0 || value === MARK) this.fail('refers to an empty pickle stack (damaged)');
    return value;
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) this.fail(`refers to entry ${index}, which is not there (damaged)`);
    this.push(this.#memo.get(index));
  }

  global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!this.#rules.allows(full)) this.fail(`refers to ${full}, which is refused`);
    this.pushContainer(new PickleGlobal(full));
  }

  stackGlobal(): void {
    const [module, name] = this.popTo(2);
    if (typeof module !== 'string' || typeof name !== 'string')
      this.fail('names an object by something other than text');
    this.global(module, name);
  }

  reduce(): void {
    const [callable, args] = this.popTo(2);
    if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple))
      this.fail('calls something that is not a name');
    const value = this.#rules.reduce(callable.name, args.items);
    if (value === undefined) this.fail(`calls ${callable.name} in a way that is refused`);
    this.pushContainer(value);
  }

  persistent(): void {
    this.pushContainer(this.#rules.persistent(this.#pop()));
  }

  build(): void {
    const state = this.#pop();
    if (!this.#rules.build(this.top(), state)) this.fail('sets the inner state of an object, which is refused');
  }

  setItems(pairs: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map) || pairs.length % 2 !== 0) this.fail('sets items of something other than a dict');
    for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i], pairs[i + 1]);
  }

  append(values: readonly unknown[]): void {
    const target = this.top();
    if (!Array.isArray(target)) this.fail('appends to something other than a list');
    for (const value of values) target.push(value);
  }
}
