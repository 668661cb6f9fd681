/** A name that a pickle refers to, such as `collections.OrderedDict`. It is only ever compared, never looked up. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A Python tuple; lists become arrays. */
export class PickleTuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** What the caller lets a pickle refer to. Everything else is refused by name. */
export interface PickleRules {
  /** Value of `callable(*args)`, or `undefined` to refuse it. */
  reduce(callable: string, args: readonly unknown[]): unknown;
  /** Value of a persistent id (a storage, in a PyTorch file). */
  persistent(id: unknown): unknown;
  /** Takes `value.__setstate__(state)`; returns false to refuse it. */
  build(value: unknown, state: unknown): boolean;
  /** True if the name may stand in the file at all. */
  allows(name: string): boolean;
}
