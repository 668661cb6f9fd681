import type { JointProbabilities } from './affinities.js';
import { LEAF_POINTS, type Quadtree } from './quadtree.js';

/**
 * The two halves of t-SNE's gradient, `4 (sum_j p_ij q_ij' (y_i - y_j) - sum_j q_ij'^2 (y_i - y_j) / Z)` with
 * `q_ij' = 1 / (1 + |y_i - y_j|^2)` and `Z = sum q_ij'` (van der Maaten 2014, eqs. 4-6).
 *
 * Every result is stored per point and depends on no other, so any split of the points over threads gives the same bits.
 */
export interface Forces {
  /** `[N, 2]` sum_j p_ij q_ij' (y_i - y_j). */
  readonly attraction: Float64Array;
  /** `[N, 2]` sum_j q_ij'^2 (y_i - y_j). */
  readonly repulsion: Float64Array;
  /** `[N]` sum_j q_ij', j != i. */
  readonly closeness: Float64Array;
  /** `[N]` sum_j p_ij ln(1 + |y_i - y_j|^2): the part of the divergence that is not in Z. */
  readonly stretch: Float64Array;
}

/** Shared memory for the forces of `count` points. */
export function allocateForces(count: number): Forces {
  const shared = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));
  return {
    attraction: shared(2 * count),
    repulsion: shared(2 * count),
    closeness: shared(count),
    stretch: shared(count),
  };
}

/** Attraction, and where asked for the stretch, of the points [from, to). */
export function attract(
  points: Float64Array,
  { rowStart, columns, values }: JointProbabilities,
  { attraction, stretch }: Forces,
  from: number,
  to: number,
  withStretch: boolean,
): void {
  for (let i = from; i < to; i++) {
    const x = points[2 * i]!;
    const y = points[2 * i + 1]!;
    let forceX = 0;
    let forceY = 0;
    const end = rowStart[i + 1]!;
    for (let entry = rowStart[i]!; entry < end; entry++) {
      const j = 2 * columns[entry]!;
      const dx = x - points[j]!;
      const dy = y - points[j + 1]!;
      const force = values[entry]! / (1 + dx * dx + dy * dy);
      forceX += force * dx;
      forceY += force * dy;
    }
    attraction[2 * i] = forceX;
    attraction[2 * i + 1] = forceY;
    if (!withStretch) continue;
    let sum = 0;
    for (let entry = rowStart[i]!; entry < end; entry++) {
      const j = 2 * columns[entry]!;
      sum += values[entry]! * Math.log1p((x - points[j]!) ** 2 + (y - points[j + 1]!) ** 2);
    }
    stretch[i] = sum;
  }
}

/** Exact repulsion of the points [from, to) from all points: O(N) each. */
export function repelExactly(points: Float64Array, { repulsion, closeness }: Forces, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const x = points[2 * i]!;
    const y = points[2 * i + 1]!;
    let forceX = 0;
    let forceY = 0;
    let sum = 0;
    for (let j = 0; j < points.length; j += 2) {
      const dx = x - points[j]!;
      const dy = y - points[j + 1]!;
      const q = 1 / (1 + dx * dx + dy * dy);
      sum += q;
      forceX += q * q * dx;
      forceY += q * q * dy;
    }
    repulsion[2 * i] = forceX;
    repulsion[2 * i + 1] = forceY;
    closeness[i] = sum - 1;
  }
}

/**
 * Barnes-Hut repulsion of the points in some leaves of a tree.
 *
 * A cell acts as one body on a whole leaf if its extent is below `angle` times the distance from its centre of mass to
 * the leaf's bounds: stricter than the usual rule for single points, and one walk serves all points of a leaf.
 */
export class LeafRepulsion {
  readonly #tree: Quadtree;
  readonly #squaredAngle: number;
  /** x, y and mass of the bodies that act on the current leaf. */
  #bodies: Float64Array = new Float64Array(3 * 1024);

  constructor(tree: Quadtree, angle: number) {
    this.#tree = tree;
    this.#squaredAngle = angle * angle;
  }

  /** Repulsion of the points in the leaves [from, to). */
  repel({ repulsion, closeness }: Forces, from: number, to: number): void {
    const { order, sorted, leaves, links } = this.#tree;
    for (let leaf = from; leaf < to; leaf++) {
      const cell = leaves[1 + leaf]!;
      const length = this.#collect(cell);
      const bodies = this.#bodies;
      const end = links[3 * cell + 2]!;
      for (let i = links[3 * cell + 1]!; i < end; i++) {
        const x = sorted[2 * i]!;
        const y = sorted[2 * i + 1]!;
        let forceX = 0;
        let forceY = 0;
        let sum = 0;
        for (let b = 0; b < length; b += 3) {
          const dx = x - bodies[b]!;
          const dy = y - bodies[b + 1]!;
          const q = 1 / (1 + dx * dx + dy * dy);
          const share = bodies[b + 2]! * q;
          sum += share;
          forceX += share * q * dx;
          forceY += share * q * dy;
        }
        const point = order[i]!;
        repulsion[2 * point] = forceX;
        repulsion[2 * point + 1] = forceY;
        closeness[point] = sum - 1;
      }
    }
  }

  /** Walks the tree for one leaf; returns the length of the list of bodies. */
  #collect(leaf: number): number {
    const { sorted, mass, bounds, links } = this.#tree;
    const lowX = bounds[4 * leaf]!;
    const lowY = bounds[4 * leaf + 1]!;
    const highX = bounds[4 * leaf + 2]!;
    const highY = bounds[4 * leaf + 3]!;
    const cells = links[0]!;
    const squaredAngle = this.#squaredAngle;
    let bodies = this.#bodies;
    let length = 0;
    let cell = 0;
    while (cell < cells) {
      const x = mass[4 * cell]!;
      const y = mass[4 * cell + 1]!;
      const dx = x < lowX ? lowX - x : x > highX ? x - highX : 0;
      const dy = y < lowY ? lowY - y : y > highY ? y - highY : 0;
      const end = links[3 * cell + 2]!;
      const start = links[3 * cell + 1]!;
      if (length + 3 * Math.max(LEAF_POINTS, end - start) > bodies.length) bodies = this.#grow(3 * (end - start));
      if (mass[4 * cell + 3]! < squaredAngle * (dx * dx + dy * dy)) {
        bodies[length] = x;
        bodies[length + 1] = y;
        bodies[length + 2] = mass[4 * cell + 2]!;
        length += 3;
        cell = links[3 * cell]!;
      } else if (end > 0) {
        for (let i = start; i < end; i++) {
          bodies[length] = sorted[2 * i]!;
          bodies[length + 1] = sorted[2 * i + 1]!;
          bodies[length + 2] = 1;
          length += 3;
        }
        cell++;
      } else {
        cell++;
      }
    }
    return length;
  }

  #grow(extra: number): Float64Array {
    const larger = new Float64Array(2 * this.#bodies.length + Math.max(0, extra));
    larger.set(this.#bodies);
    this.#bodies = larger;
    return larger;
  }
}
