import type { ShardedFrames } from '../datasets/shards/sharded-frames.js';
import type { GrayImage } from '../imaging/image.js';
import { type FrameSet, frameAt } from './frame-set.js';

/** Where frames to train on are: in memory that threads share, or in shards on disk. Either can be posted to a thread. */
export type FrameSource = FrameSet | ShardedFrames;

/** Gives the frames of a source by number. Memory does not grow with use. */
export type ReadFrames = (samples: readonly number[]) => Promise<readonly GrayImage[]>;

/** A reader for this thread. Decoders are loaded only where frames are packed. */
export async function readerOf(source: FrameSource): Promise<ReadFrames> {
  if (source.kind === 'memory') return async (samples) => samples.map((sample) => frameAt(source, sample));
  const { ShardedFrameReader } = await import('../datasets/shards/sharded-frames.js');
  const reader = new ShardedFrameReader(source);
  return async (samples) => {
    const frames: GrayImage[] = [];
    for (const sample of samples) frames.push(await reader.read(sample));
    return frames;
  };
}

/** Numbers of all frames of a source. */
export function allFrames({ count }: FrameSource): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}
