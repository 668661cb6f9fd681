import { clamp01 } from './clamp.js';
import type { AtrioventricularValve } from './heart.js';
import { Sample } from './tissue.js';

/** A leaflet weaker than this against its middle is not there, dB. */
export const FAINTEST = -24;

/** An atrioventricular valve at one instant: a funnel of leaflets that runs from the ring towards the apex and the ring's axis. */
export class Leaflets {
  readonly valve: AtrioventricularValve;
  readonly #plane: number;
  readonly #meanRadius: number;
  readonly #cos: number;
  readonly #sin: number;
  readonly #slopeCos: number;
  readonly #slopeSin: number;

  /**
   * @param plane z of the ring
   * @param opening 0 shut to 1 wide
   */
  constructor(valve: AtrioventricularValve, plane: number, opening: number) {
    const slope = valve.shut + opening * (valve.open - valve.shut);
    this.valve = valve;
    this.#plane = plane;
    this.#meanRadius = Math.sqrt(valve.halfLong * valve.halfShort);
    this.#cos = Math.cos(valve.angle);
    this.#sin = Math.sin(valve.angle);
    this.#slopeCos = Math.cos(slope);
    this.#slopeSin = Math.sin(slope);
  }

  /** dB of a leaflet at the point of `sample`, 0 on its middle surface; below {@link FAINTEST} there is none. */
  levelAt(sample: Float64Array): number {
    const { valve } = this;
    const meanRadius = this.#meanRadius;
    const slopeCos = this.#slopeCos;
    const slopeSin = this.#slopeSin;
    const depth = sample[Sample.z]! - this.#plane;
    if (depth < -3 || depth > 2 * meanRadius) return -1e3;
    const px = sample[Sample.x]! - valve.x;
    const py = sample[Sample.y]! - valve.y;
    const a = (px * this.#cos + py * this.#sin) / valve.halfLong;
    const b = (py * this.#cos - px * this.#sin) / valve.halfShort;
    const share = Math.sqrt(a * a + b * b);
    if (share > 1.15) return -1e3;
    const length = meanRadius * (valve.leaflet + (valve.anteriorExcess * b) / (share + 1e-6));
    const inward = (1 - share) * meanRadius;
    const t = clamp01((inward * slopeCos + depth * slopeSin) / length);
    const belly = 0.1 * length * 4 * t * (1 - t);
    const du = inward - t * length * slopeCos - belly * slopeSin;
    const dz = depth - t * length * slopeSin + belly * slopeCos;
    const d2 = (du * du + dz * dz) / (valve.thickness * valve.thickness);
    return -4.3 * d2;
  }
}
