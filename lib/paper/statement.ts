/** A quantitative sentence of the paper, or the part of it that carries the numbers. */
export interface Statement {
  /** Unique, readable: place and subject. */
  readonly id: string;
  /** `Abstract`, `Fig. 1`, or a section number such as `2.2.1` or `A.3`. */
  readonly place: string;
  /** Verbatim. */
  readonly quote: string;
  /** Every figure in it: a name and the figure as printed in the quote. */
  readonly figures: Readonly<Record<string, string>>;
  /** True if it states a choice of the authors (a size, a rate), which nothing can contradict but its own repetition. */
  readonly setting?: true;
}
