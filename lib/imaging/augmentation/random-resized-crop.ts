import type { RandomStream } from '../../core/random.js';
import type { Box } from '../resample.js';

/**
 * The box of a random resized crop, in whole pixels.
 *
 * Source: torchvision 0.14 `RandomResizedCrop.get_params`: ten tries at an area drawn uniformly from `scale` and an aspect drawn
 * log-uniformly from `ratio`, then the largest centred crop of an allowed aspect.
 *
 * @param scale smallest and largest share of the image's area, e.g. `[0.25, 1]` (paper Table 1)
 */
export function randomCropBox(
  width: number,
  height: number,
  scale: readonly [number, number],
  random: RandomStream,
  ratio: readonly [number, number] = [3 / 4, 4 / 3],
): Box {
  const area = width * height;
  for (let attempt = 0; attempt < 10; attempt++) {
    const target = area * random.between(scale[0], scale[1]);
    const aspect = Math.exp(random.between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = Math.round(Math.sqrt(target * aspect));
    const h = Math.round(Math.sqrt(target / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      return { left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h };
    }
  }
  const aspect = width / height;
  const w = aspect > ratio[1] ? Math.round(height * ratio[1]) : width;
  const h = aspect < ratio[0] ? Math.round(width / ratio[0]) : height;
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}
