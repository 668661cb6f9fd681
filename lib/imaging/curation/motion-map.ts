import type { GrayClip } from '../image.js';

/** Frames looked at; more add nothing to where the picture moves. */
const FRAMES = 48;

/** Statistics of every pixel over time. */
export interface MotionMap {
  /** `[height, width]`, standard deviation over time, grey levels. */
  readonly deviation: Float32Array;
  /** `[height, width]`, largest value over time. */
  readonly brightest: Uint8Array;
  /** `[height, width]`, smallest value over time. */
  readonly darkest: Uint8Array;
  readonly framesUsed: number;
}

/** Where and how much a clip moves, from at most {@link FRAMES} frames spread over it. */
export function motionMap(clip: GrayClip): MotionMap {
  const size = clip.width * clip.height;
  const framesUsed = Math.min(FRAMES, clip.frameCount);
  const sum = new Int32Array(size);
  const squares = new Int32Array(size);
  const brightest = new Uint8Array(size);
  const darkest = new Uint8Array(size).fill(255);
  for (let k = 0; k < framesUsed; k++) {
    const frame = Math.floor((k * clip.frameCount) / framesUsed) * size;
    for (let i = 0; i < size; i++) {
      const value = clip.data[frame + i]!;
      sum[i] = sum[i]! + value;
      squares[i] = squares[i]! + value * value;
      if (value > brightest[i]!) brightest[i] = value;
      if (value < darkest[i]!) darkest[i] = value;
    }
  }
  const deviation = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const mean = sum[i]! / framesUsed;
    deviation[i] = Math.sqrt(Math.max(0, squares[i]! / framesUsed - mean * mean));
  }
  return { deviation, brightest, darkest, framesUsed };
}
