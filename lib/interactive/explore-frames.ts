import { ArgumentError } from '../core/errors.js';
import { type ProgressFactory, silentProgress } from '../core/progress.js';
import type { FeatureMatrix } from '../embedding/feature-matrix.js';
import { nearestNeighboursWithin } from '../embedding/neighbours.js';
import { principalComponents } from '../embedding/pca.js';
import { tsne } from '../embedding/tsne.js';
import { umap } from '../embedding/umap.js';
import { encodeAll } from '../evaluation/feature-extraction.js';
import { makeVitEncoder } from '../evaluation/vit-encoder.js';
import { type ExplorerMap, explorerPage, frameSprite } from '../figures/explorer-page.js';
import type { ChosenEncoder } from './chosen-encoder.js';
import type { MapMethod } from './explore-choices.js';
import type { FrameToExplore } from './frames-to-explore.js';

/** Options of {@link exploreFrames}. */
export interface ExploreOptions {
  readonly title: string;
  readonly origin: 'phantom' | 'real';
  readonly maps: readonly MapMethod[];
  /** Of t-SNE; lowered for few frames. */
  readonly perplexity: number;
  readonly seed: number;
  readonly progress?: ProgressFactory;
}

/** UMAP needs four points and its neighbours; below this many a map shows nothing. */
const FEWEST_FRAMES = 8;
const NEIGHBOURS = 8;
/** Side of a frame in the page, pixels: smaller for many, so that the page stays a few megabytes. */
const TILES = [
  [2_000, 64],
  [10_000, 48],
  [100_000, 32],
] as const;

/**
 * Embeds frames and lays them out: the explorer page, self-contained.
 *
 * @throws {ArgumentError} with fewer than 8 or more than 100,000 frames
 */
export async function exploreFrames(
  frames: readonly FrameToExplore[],
  encoder: ChosenEncoder,
  options: ExploreOptions,
): Promise<string> {
  const tile = TILES.find(([most]) => frames.length <= most)?.[1];
  if (frames.length < FEWEST_FRAMES || tile === undefined) {
    throw new ArgumentError(
      `exploreFrames: a map needs ${FEWEST_FRAMES} to 100,000 frames, got ${frames.length}; take more or fewer frames a clip`,
    );
  }
  const features = await embed(frames, encoder, options.progress ?? silentProgress);
  const maps: ExplorerMap[] = [];
  for (const method of options.maps) maps.push(await mapOf(features, method, options));
  const k = Math.min(NEIGHBOURS, frames.length - 1);
  const { indices } = await nearestNeighboursWithin(features, { k, metric: 'cosine' });
  const patients = new Set(frames.map(({ patient }) => patient)).size;
  return explorerPage({
    title: options.title,
    caption: `${frames.length} frames of ${patients} patients or files, embedded by ${encoder.name}. Click a point for its nearest neighbours in the embedding, by cosine.`,
    dataOrigin: options.origin,
    frames: frames.map(({ sample, patient, attributes }) => ({ sample, patient, attributes })),
    maps,
    sprite: frameSprite(
      frames.map(({ image }) => image),
      { tile },
    ),
    neighbours: frames.map((_frame, index) => [...indices.subarray(index * k, (index + 1) * k)]),
  });
}

async function embed(
  frames: readonly FrameToExplore[],
  { config, params, normalisation, imageSize }: ChosenEncoder,
  progress: ProgressFactory,
): Promise<FeatureMatrix> {
  const batchSize = Math.min(16, frames.length);
  const encoder = await makeVitEncoder(params, config, normalisation, { batchSize, imageSize });
  try {
    return await encodeAll(
      encoder,
      frames.map(({ image }) => image),
      progress,
    );
  } finally {
    await encoder.dispose();
  }
}

async function mapOf(features: FeatureMatrix, method: MapMethod, options: ExploreOptions): Promise<ExplorerMap> {
  const { seed } = options;
  const named = (name: string, coordinates: Float64Array): ExplorerMap => ({
    name,
    x: Array.from({ length: features.count }, (_value, i) => coordinates[2 * i]!),
    y: Array.from({ length: features.count }, (_value, i) => coordinates[2 * i + 1]!),
  });
  if (method === 't-SNE') {
    const { coordinates, perplexity } = await tsne(features, { perplexity: options.perplexity, seed });
    return named(`t-SNE, perplexity ${Number(perplexity.toPrecision(3))}`, coordinates);
  }
  if (method === 'UMAP') return named('UMAP', (await umap(features, { seed })).coordinates);
  return named('PCA', (await principalComponents(features, 2)).coordinates);
}
