import type { SparseRows } from './symmetric-rows.js';

/** Settings of {@link UmapLayout}. */
export interface UmapLayoutOptions {
  readonly epochs: number;
  /** Curve `1 / (1 + a d^2b)` of closeness on the map. */
  readonly a: number;
  readonly b: number;
  /** An integer in [0, bound), each equally likely. */
  readonly draw: (bound: number) => number;
}

/** Random points that an edge's first end is pushed from, each time the edge is pulled. */
const PUSHES = 5;

/** Largest step of a coordinate at learning rate 1. */
const LARGEST_STEP = 4;

/**
 * Places UMAP's graph in the plane by stochastic gradient descent: an edge is pulled as often as it is strong.
 *
 * Source: McInnes, Healy and Melville 2018, algorithm 5; step for step that of umap-js 1.4.0, on typed arrays and with one
 * power in place of two. Learning rate 1, falling to 0.
 */
export class UmapLayout {
  /** `[N, 2]`, moved in place. */
  readonly points: Float64Array;
  readonly #options: UmapLayoutOptions;
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  /** `[E]` epochs between two pulls of an edge, and the epoch of the next pull and push. */
  readonly #interval: Float64Array;
  readonly #nextPull: Float64Array;
  readonly #nextPush: Float64Array;
  #epoch = 0;
  #rate = 1;

  /** @param points `[N, 2]` start */
  constructor(graph: SparseRows, points: Float64Array, options: UmapLayoutOptions) {
    this.points = points;
    this.#options = options;
    const { rowStart, columns, values } = graph;
    const strongest = values.reduce((a, b) => Math.max(a, b), 0);
    const heads: number[] = [];
    const tails: number[] = [];
    const interval: number[] = [];
    for (let row = 0; row + 1 < rowStart.length; row++) {
      for (let entry = rowStart[row]!; entry < rowStart[row + 1]!; entry++) {
        if (!(values[entry]! > 0) || values[entry]! < strongest / options.epochs) continue;
        heads.push(columns[entry]!);
        tails.push(row);
        interval.push(options.epochs / ((values[entry]! / strongest) * options.epochs));
      }
    }
    this.#heads = Int32Array.from(heads);
    this.#tails = Int32Array.from(tails);
    this.#interval = Float64Array.from(interval);
    this.#nextPull = this.#interval.slice();
    this.#nextPush = this.#interval.map((epochs) => epochs / PUSHES);
  }

  /** One epoch: pulls each edge that is due. */
  step(): void {
    const epoch = this.#epoch++;
    for (let edge = 0; edge < this.#heads.length; edge++) {
      if (this.#nextPull[edge]! > epoch) continue;
      this.#pull(2 * this.#heads[edge]!, 2 * this.#tails[edge]!);
      this.#nextPull[edge]! += this.#interval[edge]!;
      const spacing = this.#interval[edge]! / PUSHES;
      const pushes = Math.floor((epoch - this.#nextPush[edge]!) / spacing);
      this.#push(2 * this.#heads[edge]!, pushes);
      this.#nextPush[edge]! += pushes * spacing;
    }
    this.#rate = 1 - epoch / this.#options.epochs;
  }

  /** Moves two points together. */
  #pull(head: number, tail: number): void {
    const { points } = this;
    const { a, b } = this.#options;
    const dx = points[head]! - points[tail]!;
    const dy = points[head + 1]! - points[tail + 1]!;
    const squared = dx * dx + dy * dy;
    if (!(squared > 0)) return;
    const power = Math.exp(b * Math.log(squared));
    const force = (-2 * a * b * power) / (squared * (a * power + 1));
    const stepX = this.#rate * clip(force * dx);
    const stepY = this.#rate * clip(force * dy);
    points[head]! += stepX;
    points[head + 1]! += stepY;
    points[tail]! -= stepX;
    points[tail + 1]! -= stepY;
  }

  /** Moves one point away from random ones. */
  #push(head: number, pushes: number): void {
    const { points } = this;
    const { a, b, draw } = this.#options;
    const count = points.length / 2;
    const rate = this.#rate;
    let x = points[head]!;
    let y = points[head + 1]!;
    for (let push = 0; push < pushes; push++) {
      const other = 2 * draw(count);
      if (other === head) continue;
      const dx = x - points[other]!;
      const dy = y - points[other + 1]!;
      const squared = dx * dx + dy * dy;
      if (squared > 0) {
        const force = (2 * b) / ((0.001 + squared) * (a * Math.exp(b * Math.log(squared)) + 1));
        x += rate * clip(force * dx);
        y += rate * clip(force * dy);
      } else {
        x += rate * LARGEST_STEP;
        y += rate * LARGEST_STEP;
      }
    }
    points[head] = x;
    points[head + 1] = y;
  }
}

function clip(step: number): number {
  return Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
}
