/** A map that forgets what was used longest ago. */
export class RecentMap<K, V> {
  readonly #most: number;
  readonly #forget: (value: V) => void;
  readonly #entries = new Map<K, V>();

  /** @param forget is told of every value that is dropped */
  constructor(most: number, forget: (value: V) => void = () => {}) {
    this.#most = most;
    this.#forget = forget;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key); // the order of a Map is that of insertion
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const [oldest, dropped] of this.#entries) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
      this.#forget(dropped);
    }
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  values(): V[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    for (const value of this.#entries.values()) this.#forget(value);
    this.#entries.clear();
  }
}
