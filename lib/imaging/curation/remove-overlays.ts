import type { GrayClip } from '../image.js';
import type { MotionMap } from './motion-map.js';
import { dilate, type Mask } from './regions.js';

/** Fewer frames cannot tell a graphic from still tissue. */
const FEWEST_FRAMES = 8;

/**
 * Pixels inside the cone that hold a burned-in graphic: bright, and the same in every frame, where the neighbourhood moves. Markers,
 * calipers, depth ticks and letters do that; tissue does not. Empty for clips of fewer than 8 frames.
 */
export function stillGraphics(motion: MotionMap, cone: Mask): Mask {
  const { width, height } = cone;
  const data = new Uint8Array(width * height);
  if (motion.framesUsed >= FEWEST_FRAMES) {
    const { darkest, brightest } = motion;
    for (let i = 0; i < data.length; i++) {
      if (cone.data[i] === 1 && darkest[i]! >= 110 && brightest[i]! - darkest[i]! <= 3) data[i] = 1;
    }
  }
  return { width, height, data };
}

/**
 * Replaces graphics by the median of the pixels around them, frame by frame; the graphics' soft border of one pixel goes too.
 *
 * @param graphics 1 where a graphic is; pixels outside `cone` are left alone
 * @returns a new clip and how many pixels of a frame were replaced
 */
export function paintOver(
  clip: GrayClip,
  graphics: Mask,
  cone: Mask,
): { readonly clip: GrayClip; readonly pixels: number } {
  const { width, height, frameCount } = clip;
  if (!graphics.data.includes(1)) return { clip, pixels: 0 };
  const grown = dilate(graphics, 1);
  const targets: { readonly at: number; readonly sources: readonly number[] }[] = [];
  for (let at = 0; at < grown.data.length; at++) {
    if (grown.data[at] === 1 && cone.data[at] === 1) targets.push({ at, sources: sourcesFor(at, grown, cone) });
  }
  const data = clip.data.slice();
  const size = width * height;
  for (let frame = 0; frame < frameCount; frame++) {
    for (const { at, sources } of targets) {
      const values = sources.map((source) => clip.data[frame * size + source]!).sort((a, b) => a - b);
      data[frame * size + at] = values[values.length >> 1] ?? 0;
    }
  }
  return { clip: { ...clip, width, height, data }, pixels: targets.length };
}

/** Tissue pixels around a graphic: the smallest square, up to 15 pixels wide, that holds at least eight. */
function sourcesFor(at: number, graphics: Mask, cone: Mask): number[] {
  const { width, height } = cone;
  const [x, y] = [at % width, Math.floor(at / width)];
  let sources: number[] = [];
  for (let radius = 2; radius <= 7 && sources.length < 8; radius++) {
    sources = [];
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        const source = v * width + u;
        if (cone.data[source] === 1 && graphics.data[source] === 0) sources.push(source);
      }
    }
  }
  return sources;
}
