import { stream } from '../core/random.js';
import type { GrayImage } from '../imaging/image.js';
import { gaussianPairs, scattererAt } from './scatterers.js';

/** Pictures that are not of hearts. */
export type TextureKind = 'dead-leaves' | 'fractal' | 'one-over-f';

/** All kinds, in the order in which the generic set cycles through them. */
export const TEXTURE_KINDS: readonly TextureKind[] = ['dead-leaves', 'fractal', 'one-over-f'];

/**
 * Draws a picture of the generic set, the counterpart of pretraining on natural images where none may be downloaded.
 *
 * Dead leaves: Lee, Mumford and Huang 2001, IJCV 41:35; pretraining on them: Baradad et al. 2021, NeurIPS. Fractals of iterated function systems:
 * Kataoka et al. 2020, ACCV. 1/f noise: Field 1987, JOSA A 4:2379; here a sum of octaves of value noise, amplitude falling as the wavelength.
 */
export function drawTexture(kind: TextureKind, size: number, seed: number): GrayImage {
  const random = stream(seed, `texture/${kind}`);
  switch (kind) {
    case 'dead-leaves':
      return deadLeaves(size, random);
    case 'fractal':
      return fractal(size, random);
    case 'one-over-f':
      return oneOverF(size, random);
  }
}

type Random = ReturnType<typeof stream>;

/** Discs, ellipses and boxes that hide each other, radii by a power law of exponent 3, each with a shade, a gradient and grain. */
function deadLeaves(size: number, random: Random): GrayImage {
  const data = new Uint8Array(size * size);
  const covered = new Uint8Array(size * size);
  const smallest = 0.02 * size;
  const largest = 0.45 * size;
  let open = data.length;
  // front to back: the first leaf over a pixel stays
  for (let leaf = 0; leaf < 4000 && open > 0; leaf++) {
    const u = random.uniform();
    const radius = 1 / Math.sqrt(u / largest ** 2 + (1 - u) / smallest ** 2);
    const cx = random.between(-0.1, 1.1) * size;
    const cy = random.between(-0.1, 1.1) * size;
    const angle = random.between(0, Math.PI);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const flat = random.between(0.35, 1);
    const box = random.chance(0.35);
    const shade = random.between(15, 240);
    const slope = random.between(-0.8, 0.8);
    const grain = random.between(0, 14);
    const seed = random.integer(2 ** 30);
    const pairs = gaussianPairs();
    const reach = Math.ceil(1.5 * radius);
    for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(size, cy + reach); y++) {
      for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(size, cx + reach); x++) {
        const at = y * size + x;
        if (covered[at] === 1) continue;
        const p = ((x - cx) * c + (y - cy) * s) / radius;
        const q = ((y - cy) * c - (x - cx) * s) / (radius * flat);
        if (box ? Math.max(Math.abs(p), Math.abs(q)) > 1 : p * p + q * q > 1) continue;
        covered[at] = 1;
        open--;
        data[at] = byte(shade + slope * 40 * p + grain * pairs[scattererAt(x, y, leaf, seed)]!);
      }
    }
  }
  return { width: size, height: size, data };
}

/** The attractor of two to five random contractions, by the chaos game; brightness is the logarithm of the visits. */
function fractal(size: number, random: Random): GrayImage {
  for (;;) {
    const maps = Array.from({ length: 2 + random.integer(4) }, () => {
      const angle = random.between(0, 2 * Math.PI);
      const turn = random.between(0, 2 * Math.PI);
      const [a, b] = [random.between(0.3, 0.9), random.between(0.2, 0.8)];
      const [c, s, d, t] = [Math.cos(angle), Math.sin(angle), Math.cos(turn), Math.sin(turn)];
      return [
        a * c * d - b * s * t,
        -a * c * t - b * s * d,
        a * s * d + b * c * t,
        b * c * d - a * s * t,
        random.between(-1, 1),
        random.between(-1, 1),
      ] as const;
    });
    const weights = maps.map(([a, b, c, d]) => Math.abs(a * d - b * c) + 0.05);
    const points = new Float64Array(2 * 24 * size * size);
    let [x, y] = [0, 0];
    for (let n = -50; n < points.length / 2; n++) {
      const [a, b, c, d, e, f] = maps[random.weighted(weights)]!;
      [x, y] = [a * x + b * y + e, c * x + d * y + f];
      if (n >= 0) points.set([x, y], 2 * n);
    }
    const image = visits(points, size);
    if (image !== undefined) return image;
  }
}

function visits(points: Float64Array, size: number): GrayImage | undefined {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let n = 0; n < points.length; n += 2) {
    left = Math.min(left, points[n]!);
    right = Math.max(right, points[n]!);
    top = Math.min(top, points[n + 1]!);
    bottom = Math.max(bottom, points[n + 1]!);
  }
  const scale = (size - 1) / Math.max(right - left, bottom - top);
  if (!(scale < 1e6)) return undefined;
  const counts = new Float64Array(size * size);
  for (let n = 0; n < points.length; n += 2) {
    counts[Math.floor((points[n + 1]! - top) * scale) * size + Math.floor((points[n]! - left) * scale)]!++;
  }
  const filled = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  if (filled < 0.06 * counts.length) return undefined; // a thread: nothing to learn from
  const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0));
  return {
    width: size,
    height: size,
    data: Uint8Array.from(counts, (count) => byte((255 * Math.log1p(count)) / most)),
  };
}

/** Octaves of value noise; the amplitude spectrum falls as 1 / frequency^exponent, exponent 0.8 to 1.4. */
function oneOverF(size: number, random: Random): GrayImage {
  const exponent = random.between(0.8, 1.4);
  const stretch = random.between(0.6, 1.7);
  const pairs = gaussianPairs();
  const total = new Float64Array(size * size);
  for (let cell = size; cell >= 1; cell /= 2) {
    const seed = random.integer(2 ** 30);
    const amplitude = cell ** exponent;
    const at = (i: number, j: number): number => pairs[scattererAt(i, j, 0, seed)]!;
    for (let y = 0; y < size; y++) {
      const v = (y / cell) * stretch + 0.37;
      const j = Math.floor(v);
      const b = smooth(v - j);
      for (let x = 0; x < size; x++) {
        const u = x / cell + 0.61;
        const i = Math.floor(u);
        const a = smooth(u - i);
        const above = at(i, j) + a * (at(i + 1, j) - at(i, j));
        const below = at(i, j + 1) + a * (at(i + 1, j + 1) - at(i, j + 1));
        total[y * size + x]! += amplitude * (above + b * (below - above));
      }
    }
  }
  const mean = total.reduce((sum, value) => sum + value, 0) / total.length;
  const spread = Math.sqrt(total.reduce((sum, value) => sum + (value - mean) ** 2, 0) / total.length);
  return {
    width: size,
    height: size,
    data: Uint8Array.from(total, (value) => byte(128 + (52 * (value - mean)) / spread)),
  };
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
