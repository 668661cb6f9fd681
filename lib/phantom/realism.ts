import { ArgumentError } from '../core/errors.js';
import type { GrayImage } from '../imaging/image.js';
import { RING_STARTS, radialPower, WINDOW_SIDE } from './radial-power.js';

/** A picture with what is known of it. */
export interface MeasuredPicture {
  readonly image: GrayImage;
  /** mm a pixel, both ways. */
  readonly spacing: number;
  /** `[height, width]`: 1 left ventricle's cavity, 2 its wall; CAMUS and the phantom agree on these. */
  readonly labels: Uint8Array;
}

/** How a set of pictures looks, each number a mean over the pictures. */
export interface Appearance {
  /** Grey levels in the sector that 5, 25, 50, 75, 95 and 99 % of pixels do not exceed. */
  readonly greyPercentiles: readonly number[];
  /** Share of sector pixels in 16 equal bins of grey. */
  readonly greyHistogram: readonly number[];
  /** Full width at half maximum of the speckle's autocorrelation along and across the middle beams, near, middle and far; mm. */
  readonly axialSpeckle: readonly number[];
  readonly lateralSpeckle: readonly number[];
  /**
   * Radial spectrum: share of the variance in rings of the plane of frequencies, 1/32-1/16, 1/16-1/8, 1/8-1/4, 1/4-1/2 and 1/2-1
   * cycles/mm, of square windows of 32 mm in the sector; NaN where no window fits.
   */
  readonly spectrum: readonly number[];
  /** Mean grey of wall minus cavity: 5, 50 and 95 % over the pictures. */
  readonly contrast: readonly number[];
}

/** Distances between two sets of pictures; 0 is alike. */
export interface AppearanceDistance {
  /** Total variation between the grey histograms, 0 to 1. */
  readonly histogram: number;
  /** Mean absolute logarithm of the ratio of speckle widths; 0.1 is 10 %. */
  readonly axialSpeckle: number;
  readonly lateralSpeckle: number;
  /** Total variation between the radial spectra, 0 to 1. */
  readonly spectrum: number;
  /** Mean absolute difference of the contrast percentiles, grey levels. */
  readonly contrast: number;
}

const PERCENTS = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const DEPTHS = [0.3, 0.55, 0.8];
const CONTRAST_PERCENTS = [0.05, 0.5, 0.95];

/** Where each number of an {@link Appearance} is taken: percent of pixels or pictures, middle of a grey bin, share of the depth, lower end of an octave in cycles/mm. */
export const APPEARANCE_PLACES: readonly { readonly quantity: keyof Appearance; readonly places: readonly number[] }[] =
  [
    { quantity: 'greyPercentiles', places: PERCENTS.map((share) => Math.round(100 * share)) },
    { quantity: 'greyHistogram', places: Array.from({ length: 16 }, (_, bin) => 16 * bin + 8) },
    { quantity: 'axialSpeckle', places: DEPTHS },
    { quantity: 'lateralSpeckle', places: DEPTHS },
    { quantity: 'spectrum', places: RING_STARTS },
    { quantity: 'contrast', places: CONTRAST_PERCENTS.map((share) => Math.round(100 * share)) },
  ];

/**
 * Measures pictures of a sector whose middle beam runs down the middle column: real or phantom, at any spacing.
 *
 * @throws {ArgumentError} if there are no pictures
 */
export function measureAppearance(pictures: readonly MeasuredPicture[]): Appearance {
  if (pictures.length === 0) throw new ArgumentError('measureAppearance: needs at least one picture, got none');
  const all = pictures.map(measureOne);
  const mean = (read: (one: Measured) => readonly number[]): number[] =>
    read(all[0]!).map((_, n) => {
      const values = all.map((one) => read(one)[n]!).filter((value) => Number.isFinite(value));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
  const contrasts = all.map(({ contrast }) => contrast).sort((a, b) => a - b);
  return {
    greyPercentiles: mean((one) => one.percentiles),
    greyHistogram: mean((one) => one.histogram),
    axialSpeckle: mean((one) => one.axial),
    lateralSpeckle: mean((one) => one.lateral),
    spectrum: mean((one) => one.spectrum),
    contrast: CONTRAST_PERCENTS.map((share) => quantile(contrasts, share)),
  };
}

/** How far two appearances are apart. */
export function appearanceDistance(a: Appearance, b: Appearance): AppearanceDistance {
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variation = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, n) => sum + Math.abs(value - q[n]!), 0) / 2;
  const logRatio = (p: readonly number[], q: readonly number[]): number =>
    meanOf(p.map((value, n) => Math.abs(Math.log(value / q[n]!))));
  return {
    histogram: variation(a.greyHistogram, b.greyHistogram),
    axialSpeckle: logRatio(a.axialSpeckle, b.axialSpeckle),
    lateralSpeckle: logRatio(a.lateralSpeckle, b.lateralSpeckle),
    spectrum: variation(a.spectrum, b.spectrum),
    contrast: meanOf(a.contrast.map((value, n) => Math.abs(value - b.contrast[n]!))),
  };
}

interface Measured {
  readonly percentiles: readonly number[];
  readonly histogram: readonly number[];
  readonly axial: readonly number[];
  readonly lateral: readonly number[];
  readonly spectrum: readonly number[];
  readonly contrast: number;
}

function measureOne({ image, spacing, labels }: MeasuredPicture): Measured {
  const { width, height, data } = image;
  const rows = sectorRows(image);
  const inside: number[] = [];
  rows.forEach(([first, last], row) => {
    for (let column = first; column <= last; column++) inside.push(data[row * width + column]!);
  });
  inside.sort((a, b) => a - b);
  const histogram = new Array<number>(16).fill(0);
  for (const grey of inside) histogram[grey >> 4]! += 1 / inside.length;
  const bottom = rows.findLastIndex(([first, last]) => last > first);
  const middle = Math.round(width / 2);
  const half = Math.round(11 / spacing);
  const windows = DEPTHS.map((depth) => {
    const centre = Math.round(depth * bottom);
    return cut(
      image,
      middle - half,
      Math.max(0, centre - half),
      2 * half,
      Math.min(2 * half, height - centre + half - 1),
    );
  });
  return {
    percentiles: PERCENTS.map((share) => quantile(inside, share)),
    histogram,
    axial: windows.map((window) => spacing * speckleWidth(window, 0, 1, spacing)),
    lateral: windows.map((window) => spacing * speckleWidth(window, 1, 0, spacing)),
    spectrum: radialSpectrum(image, rows, spacing),
    contrast: meanGrey(data, labels, 2) - meanGrey(data, labels, 1),
  };
}

/** First and last sector pixel of each row; `[0, -1]` where there is none. A sector has no black pixel runs wider than its speckle. */
export function sectorRows({ width, height, data }: GrayImage): (readonly [number, number])[] {
  return Array.from({ length: height }, (_, row) => {
    let first = 0;
    let last = width - 1;
    while (first < width && data[row * width + first]! < 6) first++;
    while (last > first && data[row * width + last]! < 6) last--;
    return last - first > 3 ? ([first, last] as const) : ([0, -1] as const);
  });
}

function cut(image: GrayImage, left: number, top: number, width: number, height: number): Float64Array[] {
  return Array.from({ length: height }, (_, row) =>
    Float64Array.from({ length: width }, (_, column) => image.data[(top + row) * image.width + left + column]!),
  );
}

/** Full width at half maximum, pixels, of the autocorrelation along (dx, dy), after the slow part (4 mm and more) is taken away. */
function speckleWidth(window: readonly Float64Array[], dx: number, dy: number, spacing: number): number {
  const rest = withoutSlowPart(window, Math.max(2, Math.round(2 / spacing)));
  const at = (lag: number): number => {
    let sum = 0;
    let count = 0;
    for (let y = 0; y + lag * dy < rest.length; y++) {
      for (let x = 0; x + lag * dx < rest[0]!.length; x++) {
        sum += rest[y]![x]! * rest[y + lag * dy]![x + lag * dx]!;
        count++;
      }
    }
    return sum / count;
  };
  const zero = at(0);
  let before = 1;
  for (let lag = 1; lag < 40; lag++) {
    const now = at(lag) / zero;
    if (now < 0.5) return 2 * (lag - 1 + (before - 0.5) / (before - now));
    before = now;
  }
  return Number.NaN;
}

function withoutSlowPart(window: readonly Float64Array[], reach: number): Float64Array[] {
  const height = window.length;
  const width = window[0]!.length;
  // summed-area table
  const sums = Array.from({ length: height + 1 }, () => new Float64Array(width + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sums[y + 1]![x + 1] = window[y]![x]! + sums[y]![x + 1]! + sums[y + 1]![x]! - sums[y]![x]!;
    }
  }
  return window.map((line, y) =>
    line.map((value, x) => {
      const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)];
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
      const sum = sums[bottom]![right]! - sums[top]![right]! - sums[bottom]![left]! + sums[top]![left]!;
      return value - sum / ((bottom - top) * (right - left));
    }),
  );
}

/** Windows overlap by half; at most this share of a window may lie outside the sector, whose dark sides look ragged. */
const MOST_OUTSIDE = 0.02;

/** Shares of variance by ring, of the mean power of all square windows that lie in the sector. */
function radialSpectrum(image: GrayImage, rows: readonly (readonly [number, number])[], spacing: number): number[] {
  const side = Math.round(WINDOW_SIDE / spacing);
  const step = side / 2;
  const variance = RING_STARTS.map(() => 0);
  const middle = image.width / 2;
  const reach = Math.floor(middle / step);
  const first = Math.max(
    0,
    rows.findIndex(([left, right]) => right > left),
  );
  for (let top = first; Math.round(top) + side <= image.height; top += step) {
    for (let place = -reach; place <= reach; place++) {
      const [x, y] = [Math.round(middle + (place - 1) * step), Math.round(top)];
      if (x < 0 || x + side > image.width || outside(rows, x, y, side) > MOST_OUTSIDE) continue;
      radialPower(cut(image, x, y, side, side)).forEach((ring, n) => {
        if (ring.frequencies > 0) variance[n]! += ring.power * ring.frequencies;
      });
    }
  }
  const total = variance.reduce((sum, value) => sum + value, 0);
  return variance.map((value) => value / total);
}

/** Share of a square that lies outside the sector. */
function outside(rows: readonly (readonly [number, number])[], left: number, top: number, side: number): number {
  let within = 0;
  for (let row = top; row < Math.min(rows.length, top + side); row++) {
    const [first, last] = rows[row]!;
    within += Math.max(0, Math.min(last + 1, left + side) - Math.max(first, left));
  }
  return 1 - within / side ** 2;
}

function meanGrey(data: Uint8Array, labels: Uint8Array, label: number): number {
  let sum = 0;
  let count = 0;
  for (let n = 0; n < labels.length; n++) {
    if (labels[n] !== label) continue;
    sum += data[n]!;
    count++;
  }
  return sum / count;
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
