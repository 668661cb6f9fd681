import { stream } from '../core/random.js';

const PAIRS = 1 << 15;
const MASK = PAIRS - 1;

let shared: Float32Array | undefined;

/** Complex standard normal numbers, `[2 * 32768]` interleaved; the same for every run. Point scatterers take theirs by a hash of their place. */
export function gaussianPairs(): Float32Array {
  if (shared === undefined) {
    const random = stream(0, 'phantom/scatterers');
    shared = Float32Array.from({ length: 2 * PAIRS }, () => random.normal());
  }
  return shared;
}

/**
 * Index into {@link gaussianPairs} of the scatterer in a cell of tissue.
 *
 * Teschner et al. 2003 (spatial hashing primes), with a final mix so that neighbours are unrelated.
 *
 * @param ix,iy,iz integer cell
 * @returns even index
 */
export function scattererAt(ix: number, iy: number, iz: number, seed: number): number {
  let h = Math.imul(ix, 73856093) ^ Math.imul(iy, 19349663) ^ Math.imul(iz, 83492791) ^ seed;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) & MASK) << 1;
}

/** Lattice points: 32 along each axis. */
const CELLS = 32 * 32 * 32;

let lattice: Float32Array | undefined;

function sharedLattice(): Float32Array {
  if (lattice === undefined) {
    const random = stream(0, 'phantom/lattice');
    lattice = Float32Array.from({ length: CELLS }, () => 1.6 * random.normal());
  }
  return lattice;
}

/**
 * A smooth random field in space, mean 0 and variance near 1: value noise on a lattice that repeats after 32 cells. All fields share one
 * lattice; each begins at a place of its own.
 *
 * Used for what varies slowly: echogenicity of a wall, haze, the layers outside the heart.
 */
export class SmoothField {
  readonly #values: Float32Array;
  readonly #inverse: number;
  readonly #u: number;
  readonly #v: number;
  readonly #w: number;

  /** @param cell lattice spacing, mm */
  constructor(seed: number, cell: number) {
    this.#values = sharedLattice();
    this.#inverse = 1 / cell;
    const start = (axis: number): number => scattererAt(axis, 0, 0, seed) * (32 / (2 * PAIRS));
    this.#u = start(0);
    this.#v = start(1);
    this.#w = start(2);
  }

  /** The field at a point that stands in `point` from `start` on, mm. */
  at(point: Float64Array, start: number): number {
    const u = point[start]! * this.#inverse + this.#u;
    const v = point[start + 1]! * this.#inverse + this.#v;
    const w = point[start + 2]! * this.#inverse + this.#w;
    const iu = Math.floor(u);
    const iv = Math.floor(v);
    const iw = Math.floor(w);
    const a = u - iu;
    const b = v - iv;
    const c = w - iw;
    const x0 = iu & 31;
    const x1 = (iu + 1) & 31;
    const y0 = (iv & 31) << 5;
    const y1 = ((iv + 1) & 31) << 5;
    const z0 = (iw & 31) << 10;
    const z1 = ((iw + 1) & 31) << 10;
    const values = this.#values;
    const p00 = values[z0 + y0 + x0]! + a * (values[z0 + y0 + x1]! - values[z0 + y0 + x0]!);
    const p01 = values[z0 + y1 + x0]! + a * (values[z0 + y1 + x1]! - values[z0 + y1 + x0]!);
    const p10 = values[z1 + y0 + x0]! + a * (values[z1 + y0 + x1]! - values[z1 + y0 + x0]!);
    const p11 = values[z1 + y1 + x0]! + a * (values[z1 + y1 + x1]! - values[z1 + y1 + x0]!);
    const p0 = p00 + b * (p01 - p00);
    const p1 = p10 + b * (p11 - p10);
    return p0 + c * (p1 - p0);
  }
}
