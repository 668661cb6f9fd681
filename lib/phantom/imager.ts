import type { RandomStream } from '../core/random.js';
import type { GrayClip } from '../imaging/image.js';
import type { Acquisition } from './acquisition.js';
import { decibels, drawBeamMap } from './beam-map.js';
import { compound } from './compound.js';
import { CEILING, FLOOR, greyMap, levelIndex, STEPS } from './grey-map.js';
import type { Heart } from './heart.js';
import { HeartFrame } from './heart-frame.js';
import { levelOfAmplitude, lookUpGreys } from './level-lookup.js';
import { layPicture, type Picture, type ScanConversion, scanConversion } from './picture.js';
import { PointSpread, scattererCell } from './point-spread.js';
import { drawOffsets } from './sample-offsets.js';
import { gaussianPairs, scattererAt } from './scatterers.js';
import { type SwayMotion, swayAt } from './sway.js';
import { SAMPLE_LENGTH, Sample } from './tissue.js';
import { isBlood, TissueEcho } from './tissue-echo.js';
import type { ViewPlane } from './view-planes.js';

/** Amplitude by level: `AMPLITUDE[(dB + 90) * 8]`. */
const AMPLITUDE = Float32Array.from({ length: (CEILING - FLOOR) * STEPS + 1 }, (_, i) => decibels(FLOOR + i / STEPS));

/**
 * Images one clip of one heart: scatterers on the tissue, resolution, envelope, clutter, gain, log compression, scan conversion.
 *
 * Speckle is fixed to the tissue: each sample of the beam asks the heart where its tissue was at end-diastole and takes the
 * scatterer of that place. It moves and deforms with the wall and decorrelates as the tissue turns or leaves the plane. Blood gets new
 * scatterers every frame.
 *
 * The beam's width across the plane is real in what it does: each sample looks a random, fixed way before or behind the plane, so walls
 * that stand oblique blur; and a little aside, for no border of tissue is as sharp as its equation.
 *
 * Deviates from physics: no wave propagation, one scatterer a cell with complex weight (fully
 * developed speckle by construction), stationary clutter.
 */
export class Imager {
  readonly heart: Heart;
  readonly acquisition: Acquisition;
  readonly picture: Picture;
  readonly #clutter: Float32Array;
  /** Amplitude by which every echo is multiplied. */
  readonly #gain: Float32Array;
  /** What each sample's place owes to the resolution: mm in the heart's frame, x, y and z; it does not change in a clip. */
  readonly #offsets: Float64Array;
  readonly #radii: Float64Array;
  readonly #spread: PointSpread;
  readonly #conversion: ScanConversion;
  readonly #oversampling: number;
  readonly #echo: TissueEcho;
  readonly #clipSeed: number;
  readonly #sway: SwayMotion;
  readonly #re: Float32Array;
  readonly #im: Float32Array;
  readonly #scratch: Float32Array;
  readonly #level: Float32Array;
  readonly #depthSum: Float32Array;
  readonly #noise: Float32Array;
  readonly #large: Float32Array;
  #grey: Float32Array | undefined;

  /** @param size pixels a side of the square picture */
  constructor(
    heart: Heart,
    plane: ViewPlane,
    acquisition: Acquisition,
    sway: SwayMotion,
    size: number,
    random: RandomStream,
  ) {
    this.heart = heart;
    this.acquisition = acquisition;
    // small pictures are averages of larger ones, as a scanner's are
    this.#oversampling = size < 96 ? 2 : 1;
    this.picture = layPicture(plane, acquisition, size);
    const fine = this.#oversampling === 1 ? this.picture : layPicture(plane, acquisition, 1.5 * size);
    const { grid } = fine;
    const map = drawBeamMap(grid, acquisition, random.child('beams'));
    this.#clutter = map.clutter;
    this.#gain = map.gain.map((level) => AMPLITUDE[levelIndex(level)]!);
    const { axial, lateral, aperture, face, probe } = acquisition;
    this.#spread = new PointSpread(grid, axial, lateral, aperture, probe === 'curvilinear' ? face : 0);
    this.#conversion = scanConversion({ ...this.picture, grid }, this.#oversampling);
    const step = (grid.far - grid.near) / grid.depths;
    this.#radii = Float64Array.from({ length: grid.depths }, (_, i) => grid.near + (i + 0.5) * step);
    this.#offsets = drawOffsets(plane, acquisition, heart.patient.scale, grid.beams, this.#radii);
    this.#echo = new TissueEcho(heart, acquisition, plane.contrast, map.dropout, this.#radii);
    this.#clipSeed = random.child('blood').integer(1 << 30);
    this.#sway = sway;
    const count = grid.beams * grid.depths;
    this.#re = new Float32Array(count);
    this.#im = new Float32Array(count);
    this.#scratch = new Float32Array(count);
    this.#level = new Float32Array(count);
    this.#depthSum = new Float32Array(grid.depths);
    this.#noise = Float32Array.from(
      { length: grid.depths },
      (_, i) => decibels(acquisition.noise) * (1 + acquisition.noiseSlope * (i / grid.depths) ** 2),
    );
    this.#large = new Float32Array((size * this.#oversampling) ** 2);
  }

  /**
   * One frame.
   *
   * The grey map is fixed by the first frame drawn, as a scanner's settings are: draw the frames of a clip with one imager, in order.
   *
   * @param time fraction of the cycle since end-diastole; may exceed 1
   * @param index number of the frame, seeds the blood and the noise
   * @param out `[size, size]`, filled
   */
  draw(time: number, index: number, out: Uint8Array): void {
    const state = new HeartFrame(this.heart, time);
    this.#scatter(state, time, index);
    this.#spread.apply(this.#re, this.#scratch);
    this.#spread.apply(this.#im, this.#scratch);
    this.#detect(index);
    this.#grey ??= greyMap(this.#re.map(levelOfAmplitude), this.acquisition);
    lookUpGreys(this.#re, this.#grey, this.#level);
    this.#display(out);
  }

  /** Uses the grey map of another imager that has drawn a frame: pictures that belong together get the same brightness. */
  takeGreyMap(other: Imager): void {
    this.#grey = other.#grey;
  }

  #scatter(state: HeartFrame, time: number, index: number): void {
    const { acquisition, heart } = this;
    const { grid } = this.#spread;
    const { plane, face } = this.picture;
    const sample = new Float64Array(SAMPLE_LENGTH);
    const pairs = gaussianPairs();
    const step = (grid.far - grid.near) / grid.depths;
    const inverseCell = 1 / scattererCell(step, acquisition.axial);
    const bloodSeed = (this.#clipSeed + Math.imul(index + 1, 0x9e3779b1)) | 0;
    const tissueSeed = heart.scatterSeed;
    const [swayRight, swayDown] = swayAt(this.#sway, time);
    const offsets = this.#offsets;
    const radii = this.#radii;
    const echo = this.#echo;
    const re = this.#re;
    const im = this.#im;
    const origin = [0, 1, 2].map(
      (axis) => plane.origin[axis]! - (face + swayDown) * plane.beam[axis]! - swayRight * plane.right[axis]!,
    );
    for (let j = 0; j < grid.beams; j++) {
      const place = ((j + 0.5) / grid.beams - 0.5) * 2;
      const angle = place * grid.halfAngle;
      const aside = place * (grid.halfWidth ?? 0);
      const startX = origin[0]! + aside * plane.right[0];
      const startY = origin[1]! + aside * plane.right[1];
      const startZ = origin[2]! + aside * plane.right[2];
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      const dx = c * plane.beam[0] + s * plane.right[0];
      const dy = c * plane.beam[1] + s * plane.right[1];
      const dz = c * plane.beam[2] + s * plane.right[2];
      echo.aim(time, dx, dy, dz);
      for (let i = 0; i < grid.depths; i++) {
        const n = j * grid.depths + i;
        const radius = radii[i]!;
        const ex = offsets[3 * n]!;
        const ey = offsets[3 * n + 1]!;
        const ez = offsets[3 * n + 2]!;
        sample[Sample.x] = startX + radius * dx + ex;
        sample[Sample.y] = startY + radius * dy + ey;
        sample[Sample.z] = startZ + radius * dz + ez;
        state.sampleHere(sample);
        const x = sample[Sample.x]! - ex;
        const y = sample[Sample.y]! - ey;
        const z = sample[Sample.z]! - ez;
        sample[Sample.x] = x;
        sample[Sample.y] = y;
        sample[Sample.z] = z;
        const amplitude = AMPLITUDE[levelIndex(echo.levelOf(sample, n))]!;
        const pair = scattererAt(
          Math.floor(x * inverseCell),
          Math.floor(y * inverseCell),
          Math.floor(z * inverseCell),
          isBlood(sample[Sample.tissue]! | 0) ? bloodSeed : tissueSeed,
        );
        re[n] = amplitude * pairs[pair]!;
        im[n] = amplitude * pairs[pair + 1]!;
      }
    }
  }

  /** Envelope, side lobes, clutter, noise and gain; leaves amplitudes in `#re`. */
  #detect(index: number): void {
    const { grid } = this.#spread;
    const { beams, depths } = grid;
    const { acquisition } = this;
    const re = this.#re;
    const im = this.#im;
    const level = this.#level;
    for (let n = 0; n < level.length; n++) level[n] = Math.sqrt(0.5 * (re[n]! * re[n]! + im[n]! * im[n]!));
    const reach = Math.round(beams / 5);
    const lobes = decibels(acquisition.sideLobes);
    const sum = this.#depthSum.fill(0);
    for (let j = 0; j < Math.min(reach, beams); j++) for (let i = 0; i < depths; i++) sum[i]! += level[j * depths + i]!;
    const pairs = gaussianPairs();
    const mask = pairs.length - 1;
    let noiseAt = Math.imul(index + 1, 7919) + this.#clipSeed;
    const clutter = this.#clutter;
    const gain = this.#gain;
    const noiseByDepth = this.#noise;
    const share = (3 * lobes) / (2 * reach + 1);
    const mixed = re; // the components are spent
    for (let j = 0; j < beams; j++) {
      const enters = (j + reach) * depths;
      const leaves = (j - reach - 1) * depths;
      if (j + reach < beams) for (let i = 0; i < depths; i++) sum[i]! += level[enters + i]!;
      if (leaves >= 0) for (let i = 0; i < depths; i++) sum[i]! -= level[leaves + i]!;
      for (let i = 0; i < depths; i++) {
        const n = j * depths + i;
        const noise = noiseByDepth[i]!;
        noiseAt = (noiseAt + 2) & mask & ~1;
        const a = noise * pairs[noiseAt]!;
        const b = noise * pairs[noiseAt + 1]!;
        const echoes = (level[n]! + share * sum[i]!) * gain[n]! + clutter[n]!;
        mixed[n] = Math.sqrt(echoes * echoes + a * a + b * b);
      }
    }
    compound(mixed, this.#scratch, grid, acquisition);
  }

  #display(out: Uint8Array): void {
    const { depths } = this.#spread.grid;
    const level = this.#level;
    const { pixel, sample, alongBeam, acrossBeams } = this.#conversion;
    const large = this.#large;
    for (let n = 0; n < pixel.length; n++) {
      const at = sample[n]!;
      const a = alongBeam[n]!;
      const first = level[at]! + a * (level[at + 1]! - level[at]!);
      const second = level[at + depths]! + a * (level[at + depths + 1]! - level[at + depths]!);
      large[pixel[n]!] = first + acrossBeams[n]! * (second - first);
    }
    if (this.#oversampling === 1) {
      for (let n = 0; n < out.length; n++) out[n] = large[n]! + 0.5;
      return;
    }
    const { size } = this.picture;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const at = 4 * row * size + 2 * column;
        out[row * size + column] =
          (large[at]! + large[at + 1]! + large[at + 2 * size]! + large[at + 2 * size + 1]!) / 4 + 0.5;
      }
    }
  }
}

/** Draws a clip. Times are fractions of the cycle. */
export function drawClip(imager: Imager, times: readonly number[], framesPerSecond: number): GrayClip {
  const { size } = imager.picture;
  const data = new Uint8Array(times.length * size * size);
  times.forEach((time, index) => {
    imager.draw(time, index, data.subarray(index * size * size, (index + 1) * size * size));
  });
  return { width: size, height: size, frameCount: times.length, framesPerSecond, data };
}
