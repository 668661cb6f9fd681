import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';
import { ibotWeights } from '../../losses/ibot-loss.js';

/** Which patches of the student's global views are hidden. */
export interface MaskConfig {
  /** Share of the global views of a run that are masked; DINOv2: 0.5. */
  readonly probability: number;
  /** Shares of a masked view's patches that are hidden, spread evenly over the masked views; Table 1: (0.1, 0.5). */
  readonly ratio: readonly [number, number];
}

/** The masks of one run, of fixed size. R = global views, N = patches of one, M = {@link maskedUpperBound}. */
export interface MaskBatch {
  /** `[R, N]` of 0 and 1, row by row. */
  readonly masks: Float32Array;
  /** `[M]`, place in `[R * N]` of each masked patch; 0 at padding. */
  readonly index: Int32Array;
  /** `[M]`, 1 over the masked patches of its view; 0 at padding. */
  readonly weights: Float32Array;
}

/** Smallest block, patches; blocks that would pass what is still wanted may be smaller. */
const LEAST_BLOCK = 4;
/** Smallest ratio of height to width; the largest is its inverse. */
const LEAST_ASPECT = 0.3;
/** Tries at placing a block before a mask is left under-filled. */
const TRIES = 10;
/** Largest block, as a share of the patches. */
const LARGEST_BLOCK = 0.5;

/**
 * One blockwise mask: rectangles until `wanted` patches are hidden, or until ten tries in a row fail; never more than `wanted`.
 *
 * Source: `facebookresearch/dinov2` dinov2/data/masking.py, MaskingGenerator with train.py's arguments (at least 4 patches a block, at most half of
 * all, aspect 0.3 to 1 / 0.3, smaller than the grid on both sides). May under-fill, as released.
 *
 * @param grid patches down and across
 * @returns `[grid * grid]` of 0 and 1
 */
export function blockMask(grid: number, wanted: number, random: RandomStream): Uint8Array {
  const mask = new Uint8Array(grid * grid);
  const largest = Math.floor(LARGEST_BLOCK * grid * grid);
  let hidden = 0;
  while (hidden < wanted) {
    const fresh = addBlock(mask, grid, Math.min(wanted - hidden, largest), random);
    if (fresh === 0) break;
    hidden += fresh;
  }
  return mask;
}

/** Hides one more rectangle of at most `most` patches that were open. @returns how many it hid */
function addBlock(mask: Uint8Array, grid: number, most: number, random: RandomStream): number {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const area = random.between(LEAST_BLOCK, most); // falls where most < 4, as released
    const aspect = Math.exp(random.between(Math.log(LEAST_ASPECT), -Math.log(LEAST_ASPECT)));
    const height = Math.round(Math.sqrt(area * aspect));
    const width = Math.round(Math.sqrt(area / aspect));
    if (height >= grid || width >= grid) continue;
    const top = random.integer(grid - height + 1);
    const left = random.integer(grid - width + 1);
    const open: number[] = [];
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) if (mask[y * grid + x] === 0) open.push(y * grid + x);
    }
    if (open.length === 0 || open.length > most) continue;
    for (const patch of open) mask[patch] = 1;
    return open.length;
  }
  return 0;
}

/** Shares of hidden patches between which each masked view draws its own: `linspace(ratio, masked + 1)`. */
function ratioBounds({ probability, ratio }: MaskConfig, views: number): number[] {
  const masked = Math.floor(views * probability);
  return Array.from({ length: masked + 1 }, (_, i) => ratio[0] + ((ratio[1] - ratio[0]) * i) / Math.max(masked, 1));
}

/**
 * The most patches that the masks of a run can hide: what inputs are padded to, so that shapes stay fixed.
 *
 * Source: `facebookresearch/dinov2` dinov2/data/collate.py, `upperbound`.
 *
 * @throws {ArgumentError} if no patch could ever be masked
 */
export function maskedUpperBound(config: MaskConfig, views: number, patches: number): number {
  const bound = ratioBounds(config, views)
    .slice(1)
    .reduce((sum, share) => sum + Math.floor(patches * share), 0);
  if (bound > 0) return bound;
  throw new ArgumentError(
    `maskedUpperBound: ${views} views of ${patches} patches are never masked at probability ${config.probability} and ratio ` +
      `${config.ratio.join(' to ')}; raise one of them or the batch`,
  );
}

/**
 * Draws the masks of one run: the given share of the views, in random places, with shares of hidden patches spread evenly over the ratio.
 *
 * Source: `facebookresearch/dinov2` dinov2/data/collate.py. Deviates: if every mask came out empty, one patch is hidden, so that the loss exists.
 */
export function drawMasks(config: MaskConfig, views: number, grid: number, random: RandomStream): MaskBatch {
  const patches = grid * grid;
  const bounds = ratioBounds(config, views);
  const drawn = Array.from({ length: views }, (_, view) => {
    const [low, high] = [bounds[view], bounds[view + 1]];
    if (low === undefined || high === undefined) return new Uint8Array(patches);
    return blockMask(grid, Math.floor(patches * random.between(low, high)), random);
  });
  const masks = random.shuffled(drawn);
  if (masks.every((mask) => mask.every((hidden) => hidden === 0))) masks[0]![random.integer(patches)] = 1;
  const { weights, index } = ibotWeights(masks, maskedUpperBound(config, views, patches));
  const all = new Float32Array(views * patches);
  for (const [view, mask] of masks.entries()) all.set(mask, view * patches);
  return { masks: all, index, weights };
}
