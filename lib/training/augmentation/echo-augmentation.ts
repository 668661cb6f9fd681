import type { RandomStream } from '../../core/random.js';

/**
 * Makes a training image look as if another scanner, another setting or a worse window had made it. In place.
 *
 * Each effect is drawn for itself: grey curve and gain, gain that changes with depth and across the beam, haze under the probe, shadows
 * along beams from the top, drop-out of bright tissue, coarse multiplicative speckle, a narrower or wider beam (blur). Where the picture is black, outside the
 * sector, it stays black.
 *
 * Not in the paper, whose training images come from many scanners; a model that is to leave the phantom needs it.
 *
 * @param image `[side, side]`, 0 to 255
 * @param strength 0 leaves the image as it is, 1 is the full range
 */
export function augmentEcho(image: Float32Array, side: number, strength: number, random: RandomStream): void {
  if (strength === 0) return;
  const outside = image.map((value) => (value < 1 ? 1 : 0));
  if (random.chance(0.35)) blur(image, side, random.between(0.3, 1) * strength);
  const gamma = Math.exp(0.4 * strength * random.between(-1, 1));
  const gain = Math.exp(0.3 * strength * random.between(-1, 1));
  const lift = 0.1 * strength * random.between(-0.6, 1);
  const withDepth = 0.5 * strength * random.between(-1, 1);
  const across = 0.35 * strength * random.between(-1, 1);
  const haze = random.chance(0.4) ? 0.45 * strength * random.uniform() : 0;
  const reach = random.between(0.08, 0.35);
  const shadows = Array.from({ length: random.chance(0.5) ? 1 + random.integer(2) : 0 }, () => ({
    angle: random.between(-0.65, 0.65),
    width: random.between(0.03, 0.16),
    depth: strength * random.between(0.2, 0.8),
  }));
  const speckle = coarseField(side, 2 + random.integer(3), random);
  const rough = random.chance(0.6) ? 0.28 * strength * random.uniform() : 0;
  const dropOut = coarseField(side, 8 + random.integer(9), random);
  const lost = random.chance(0.5) ? strength * random.between(0.2, 0.7) : 0;
  for (let y = 0; y < side; y++) {
    const v = (y + 0.5) / side;
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      if (outside[i] === 1) continue;
      const u = (x + 0.5) / side - 0.5;
      let value = gain * (image[i]! / 255) ** gamma + lift;
      value *= 1 + withDepth * (v - 0.5) + across * u;
      value *= 1 + rough * speckle[i]!;
      if (lost > 0 && dropOut[i]! > 0.8) value *= 1 - lost * Math.min(1, dropOut[i]! - 0.8);
      value += haze * Math.exp(-v / reach);
      const beam = Math.atan2(u, v + 0.02);
      for (const { angle, width, depth } of shadows) value *= 1 - depth * Math.exp(-(((beam - angle) / width) ** 2));
      image[i] = 255 * Math.min(1, Math.max(0, value));
    }
  }
}

/** Normal noise with mean 0 and deviation about 1 that varies over `cell` pixels, bilinear between lattice points. */
function coarseField(side: number, cell: number, random: RandomStream): Float32Array {
  const nodes = Math.ceil(side / cell) + 2;
  const lattice = Float32Array.from({ length: nodes * nodes }, () => 1.4 * random.normal());
  const field = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const [y0, fy] = [Math.floor(y / cell), (y % cell) / cell];
    for (let x = 0; x < side; x++) {
      const [x0, fx] = [Math.floor(x / cell), (x % cell) / cell];
      const at = y0 * nodes + x0;
      const top = lattice[at]! * (1 - fx) + lattice[at + 1]! * fx;
      const bottom = lattice[at + nodes]! * (1 - fx) + lattice[at + nodes + 1]! * fx;
      field[y * side + x] = top * (1 - fy) + bottom * fy;
    }
  }
  return field;
}

/** Mixes each pixel with the mean of its 3 x 3 neighbourhood. */
function blur(image: Float32Array, side: number, share: number): void {
  const before = image.slice();
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      let sum = 0;
      for (let dy = -side; dy <= side; dy += side) sum += before[i + dy - 1]! + before[i + dy]! + before[i + dy + 1]!;
      image[i] = (1 - share) * before[i]! + (share * sum) / 9;
    }
  }
}
