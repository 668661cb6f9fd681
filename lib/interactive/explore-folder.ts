import { basename, resolve } from 'node:path';
import { chosenEncoder } from './chosen-encoder.js';
import type { MapMethod } from './explore-choices.js';
import { exploreFrames } from './explore-frames.js';
import { type ExploreFramesOptions, framesToExplore } from './frames-to-explore.js';
import { locateFrames } from './locate-frames.js';

/** Options of {@link exploreFolder}. */
export interface ExploreFolderOptions extends ExploreFramesOptions {
  /** A name or a weight file, see `chosenEncoder`. */
  readonly encoder: string;
  readonly maps: readonly MapMethod[];
  readonly perplexity: number;
  /** Name of, or path to, the manifest of a data set. */
  readonly dataset?: string;
}

/** The explorer page of a folder of one's own: clips and pictures, or a data set. */
export async function exploreFolder(
  path: string,
  options: ExploreFolderOptions,
): Promise<{
  readonly page: string;
  readonly frames: number;
  readonly encoder: string;
  /** Clips that were left out, and why. */
  readonly unreadable: readonly { readonly clip: string; readonly reason: string }[];
}> {
  const groups = locateFrames(path, options.dataset);
  const encoder = chosenEncoder(options.encoder);
  const { frames, unreadable } = await framesToExplore(groups, options);
  const page = await exploreFrames(frames, encoder, {
    title: groups.length === 1 ? (groups[0]?.title ?? basename(path)) : basename(resolve(path)),
    origin: groups.some(({ origin }) => origin === 'phantom') ? 'phantom' : 'real',
    maps: options.maps,
    perplexity: options.perplexity,
    seed: options.seed,
    ...(options.progress && { progress: options.progress }),
  });
  return { page, frames: frames.length, encoder: encoder.name, unreadable };
}
