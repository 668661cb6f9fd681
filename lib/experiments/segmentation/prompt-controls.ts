import { stream } from '../../core/random.js';
import { boxOfMask, jitterBox } from '../../training/segmentation/box-prompt.js';
import { type SegmentationCase, trueMask } from './score-mask.js';

/**
 * The control that uses the box and nothing else: the ellipse that touches its sides. What a model with a box prompt is worth is what it has beyond
 * this.
 *
 * @param jitter share of the box's sides by which each corner moves
 */
export function ellipseInBox(one: SegmentationCase, jitter: number, seed: number): Uint8Array {
  const { width, height } = one.picture.image;
  const random = stream(seed, `test-box/${one.frame.id}/${one.structure}`);
  const exact = boxOfMask(trueMask(one), width, height);
  const moved = jitterBox(exact, jitter, random, Math.max(width, height) - 1);
  const [cx, cy] = [(moved.x0 + moved.x1) / 2, (moved.y0 + moved.y1) / 2];
  const [rx, ry] = [(Math.abs(moved.x1 - moved.x0) + 1) / 2, (Math.abs(moved.y1 - moved.y0) + 1) / 2];
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1) mask[y * width + x] = 1;
    }
  }
  return mask;
}
