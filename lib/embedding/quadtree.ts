/**
 * A quadtree of points in the plane, in flat arrays that threads can share.
 *
 * Points are sorted along Morton's curve, so a cell is a run of sorted points; cells are stored parent before child, each
 * with the number of the cell that follows its whole branch, so a walk needs no stack. Leaves hold up to
 * {@link LEAF_POINTS} points (more only if they coincide to 1/65536 of the map's width).
 */
export interface Quadtree {
  /** `[N]` original index of each sorted point. */
  readonly order: Int32Array;
  /** `[N, 2]` sorted coordinates. */
  readonly sorted: Float64Array;
  /** `[cells, 4]` centre of mass x and y, number of points, largest extent squared. */
  readonly mass: Float64Array;
  /** `[cells, 4]` low x, low y, high x, high y of the points. */
  readonly bounds: Float64Array;
  /** `[cells, 3]` cell after this branch; first sorted point; one past the last, or 0 for a cell with children. */
  readonly links: Int32Array;
  /** `[1 + cells]` number of leaves, then the cell of each. */
  readonly leaves: Int32Array;
}

/** Points a leaf holds. */
export const LEAF_POINTS = 12;

/** Bits of a Morton code per axis. */
const BITS = 16;

/** Shared memory for a tree of `count` points. */
export function allocateQuadtree(count: number): Quadtree {
  // At each of BITS levels only cells of more than LEAF_POINTS points have children; no leaf is empty.
  const cells = BITS * Math.floor(count / (LEAF_POINTS + 1)) + count + 1;
  return {
    order: new Int32Array(new SharedArrayBuffer(4 * count)),
    sorted: new Float64Array(new SharedArrayBuffer(8 * 2 * count)),
    mass: new Float64Array(new SharedArrayBuffer(8 * 4 * cells)),
    bounds: new Float64Array(new SharedArrayBuffer(8 * 4 * cells)),
    links: new Int32Array(new SharedArrayBuffer(4 * 3 * cells)),
    leaves: new Int32Array(new SharedArrayBuffer(4 * (1 + cells))),
  };
}

/** Refills a tree in place. */
export class QuadtreeBuilder {
  readonly #tree: Quadtree;
  readonly #codes: Uint32Array;
  readonly #spareCodes: Uint32Array;
  readonly #spareOrder: Int32Array;
  #cells = 0;
  #leaves = 0;

  constructor(tree: Quadtree) {
    const count = tree.order.length;
    this.#tree = tree;
    this.#codes = new Uint32Array(count);
    this.#spareCodes = new Uint32Array(count);
    this.#spareOrder = new Int32Array(count);
  }

  /** @param points `[N, 2]`, finite */
  build(points: Float64Array): void {
    const { order, sorted, leaves } = this.#tree;
    this.#encode(points);
    this.#sort();
    for (let i = 0; i < order.length; i++) {
      sorted[2 * i] = points[2 * order[i]!]!;
      sorted[2 * i + 1] = points[2 * order[i]! + 1]!;
    }
    this.#cells = 0;
    this.#leaves = 0;
    this.#addCell(0, order.length, 2 * BITS - 2);
    leaves[0] = this.#leaves;
  }

  #encode(points: Float64Array): void {
    let lowX = Number.POSITIVE_INFINITY;
    let lowY = Number.POSITIVE_INFINITY;
    let highX = Number.NEGATIVE_INFINITY;
    let highY = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < points.length; i += 2) {
      lowX = Math.min(lowX, points[i]!);
      highX = Math.max(highX, points[i]!);
      lowY = Math.min(lowY, points[i + 1]!);
      highY = Math.max(highY, points[i + 1]!);
    }
    const extent = Math.max(highX - lowX, highY - lowY);
    const scale = extent > 0 ? (2 ** BITS - 1) / extent : 0;
    for (let i = 0; i < this.#codes.length; i++) {
      const x = spread((points[2 * i]! - lowX) * scale);
      const y = spread((points[2 * i + 1]! - lowY) * scale);
      this.#codes[i] = (x | (y << 1)) >>> 0;
      this.#tree.order[i] = i;
    }
  }

  /** Stable radix sort by code, 8 bits a pass; four passes end in the arrays they began in. */
  #sort(): void {
    let codes = this.#codes;
    let order = this.#tree.order;
    let nextCodes = this.#spareCodes;
    let nextOrder = this.#spareOrder;
    const starts = new Int32Array(257);
    for (let shift = 0; shift < 32; shift += 8) {
      starts.fill(0);
      for (let i = 0; i < codes.length; i++) starts[((codes[i]! >>> shift) & 255) + 1]!++;
      for (let digit = 0; digit < 256; digit++) starts[digit + 1]! += starts[digit]!;
      for (let i = 0; i < codes.length; i++) {
        const at = starts[(codes[i]! >>> shift) & 255]!++;
        nextCodes[at] = codes[i]!;
        nextOrder[at] = order[i]!;
      }
      [codes, nextCodes] = [nextCodes, codes];
      [order, nextOrder] = [nextOrder, order];
    }
  }

  /** Adds the cell of the sorted points [start, end), which agree in all bits above `shift + 2`. */
  #addCell(start: number, end: number, shift: number): number {
    const { mass, bounds, links, leaves } = this.#tree;
    const cell = this.#cells++;
    if (end - start <= LEAF_POINTS || shift < 0) {
      this.#measureLeaf(cell, start, end);
      links[3 * cell + 2] = end;
      leaves[1 + this.#leaves++] = cell;
    } else {
      let x = 0;
      let y = 0;
      let lowX = Number.POSITIVE_INFINITY;
      let lowY = Number.POSITIVE_INFINITY;
      let highX = Number.NEGATIVE_INFINITY;
      let highY = Number.NEGATIVE_INFINITY;
      for (let quadrant = 0, from = start; quadrant < 4 && from < end; quadrant++) {
        const to = quadrant === 3 ? end : this.#quadrantEnd(from, end, shift, quadrant);
        if (to === from) continue;
        const child = this.#addCell(from, to, shift - 2);
        x += mass[4 * child]! * (to - from);
        y += mass[4 * child + 1]! * (to - from);
        lowX = Math.min(lowX, bounds[4 * child]!);
        lowY = Math.min(lowY, bounds[4 * child + 1]!);
        highX = Math.max(highX, bounds[4 * child + 2]!);
        highY = Math.max(highY, bounds[4 * child + 3]!);
        from = to;
      }
      this.#store(cell, x, y, end - start, lowX, lowY, highX, highY);
      links[3 * cell + 2] = 0;
    }
    links[3 * cell] = this.#cells;
    links[3 * cell + 1] = start;
    return cell;
  }

  #measureLeaf(cell: number, start: number, end: number): void {
    const { sorted } = this.#tree;
    let x = 0;
    let y = 0;
    let lowX = Number.POSITIVE_INFINITY;
    let lowY = Number.POSITIVE_INFINITY;
    let highX = Number.NEGATIVE_INFINITY;
    let highY = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const px = sorted[2 * i]!;
      const py = sorted[2 * i + 1]!;
      x += px;
      y += py;
      lowX = Math.min(lowX, px);
      lowY = Math.min(lowY, py);
      highX = Math.max(highX, px);
      highY = Math.max(highY, py);
    }
    this.#store(cell, x, y, end - start, lowX, lowY, highX, highY);
  }

  #store(
    cell: number,
    sumX: number,
    sumY: number,
    points: number,
    lowX: number,
    lowY: number,
    highX: number,
    highY: number,
  ): void {
    const { mass, bounds } = this.#tree;
    mass[4 * cell] = sumX / points;
    mass[4 * cell + 1] = sumY / points;
    mass[4 * cell + 2] = points;
    mass[4 * cell + 3] = Math.max(highX - lowX, highY - lowY) ** 2;
    bounds[4 * cell] = lowX;
    bounds[4 * cell + 1] = lowY;
    bounds[4 * cell + 2] = highX;
    bounds[4 * cell + 3] = highY;
  }

  /** First sorted point at or after `from` that is past the quadrant. */
  #quadrantEnd(from: number, end: number, shift: number, quadrant: number): number {
    let low = from;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.#codes[middle]! >>> shift) & 3) <= quadrant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Puts a zero between the bits of a 16-bit number. */
function spread(value: number): number {
  let bits = value & 0xffff;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}
