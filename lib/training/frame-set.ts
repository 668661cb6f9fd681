import { ShapeError } from '../core/errors.js';
import type { GrayImage } from '../imaging/image.js';

/** Grey frames of one size in memory that worker threads share. */
export interface FrameSet {
  readonly kind: 'memory';
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** `[count, height, width]` bytes. */
  readonly memory: SharedArrayBuffer;
}

/** An empty set; fill it with {@link setFrame}. */
export function makeFrameSet(count: number, width: number, height: number): FrameSet {
  return { kind: 'memory', count, width, height, memory: new SharedArrayBuffer(count * width * height) };
}

/** Copies a frame to its place. */
export function setFrame(set: FrameSet, index: number, frame: GrayImage): void {
  if (frame.width !== set.width || frame.height !== set.height) {
    throw new ShapeError(
      `setFrame: frames must be ${set.width}x${set.height}, got ${frame.width}x${frame.height}; resize them first`,
    );
  }
  frameAt(set, index).data.set(frame.data);
}

/** One frame, sharing the set's memory. */
export function frameAt(set: FrameSet, index: number): GrayImage {
  if (!Number.isInteger(index) || index < 0 || index >= set.count) {
    throw new ShapeError(`frameAt: index must be in [0, ${set.count - 1}], got ${index}`);
  }
  const size = set.width * set.height;
  return { width: set.width, height: set.height, data: new Uint8Array(set.memory, index * size, size) };
}
