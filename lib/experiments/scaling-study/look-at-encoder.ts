import { sixDigits } from '../../core/six-digits.js';
import { selectRows } from '../../embedding/feature-matrix.js';
import { nearestNeighboursWithin } from '../../embedding/neighbours.js';
import { principalComponents } from '../../embedding/pca.js';
import { tsne } from '../../embedding/tsne.js';
import { umap } from '../../embedding/umap.js';
import type { HostTensor } from '../../engine/compile.js';
import { explorerPage, frameSprite } from '../../figures/explorer-page.js';
import { frameAt } from '../../training/frame-set.js';
import type { RunContext } from '../experiment.js';
import { lookAtClip } from './look-at-clip.js';
import { encoderOf, featuresOf, type Look, type Row } from './probe-encoder.js';
import type { Arm, ScalingStudyConfig } from './scaling-config.js';
import { type ScalingData, sampleIndices } from './scaling-data.js';

/** Nearest neighbours that the explorer shows of a picked frame. */
const EXPLORER_NEIGHBOURS = 8;
/** Side of a frame in the explorer, pixels. */
const EXPLORER_TILE = 48;

/** Maps of test frames, the explorer page, and what the encoder makes of the real clip. */
export async function lookAtEncoder(
  backbone: Record<string, HostTensor>,
  arm: Arm,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  context: RunContext,
): Promise<Look> {
  const encoder = await encoderOf(backbone, config, arm.model);
  try {
    const map = await mapFrames(encoder, config, seed, data, context);
    const clip = await lookAtClip(encoder, config, data, context.data);
    return { tables: { ...map.tables, ...clip.tables }, assets: { ...map.assets, ...clip.assets } };
  } finally {
    await encoder.dispose();
  }
}

async function mapFrames(
  encoder: Awaited<ReturnType<typeof encoderOf>>,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  context: RunContext,
): Promise<Look> {
  const test = await featuresOf(encoder, data.probeTest);
  const chosen = sampleIndices(test.count, config.map.frames, seed);
  const features = selectRows(test, chosen);
  const { perplexity, iterations } = config.map;
  const map = await tsne(features, { perplexity, iterations, seed });
  if (map.perplexityLowered) context.note(`t-SNE perplexity lowered to ${map.perplexity} for ${chosen.length} frames`);
  const maps = [
    { name: `t-SNE, perplexity ${map.perplexity}`, coordinates: map.coordinates },
    { name: 'UMAP', coordinates: (await umap(features, { seed })).coordinates },
    { name: 'PCA', coordinates: (await principalComponents(features, 2)).coordinates },
  ];
  const k = Math.min(EXPLORER_NEIGHBOURS, chosen.length - 1);
  const { indices } = await nearestNeighboursWithin(features, { k, metric: 'cosine' });
  const items = chosen.map((index) => data.probeTest.items[index]!);
  const frames = chosen.map((index) => frameAt(data.probeTest.frames, index));
  const page = explorerPage({
    title: 'Embeddings of test patients',
    caption: `${items.length} frames by ${config.map.arm}. Click a point for its nearest neighbours in the embedding.`,
    dataOrigin: context.data,
    frames: items.map(({ sample, patient, view, vendor }) => ({ sample, patient, attributes: { view, vendor } })),
    maps: maps.map(({ name, coordinates }) => ({
      name,
      x: items.map((_, point) => sixDigits(coordinates[2 * point]!)),
      y: items.map((_, point) => sixDigits(coordinates[2 * point + 1]!)),
    })),
    sprite: frameSprite(frames, { tile: EXPLORER_TILE }),
    neighbours: items.map((_, point) => [...indices.subarray(point * k, (point + 1) * k)]),
  });
  const rows: Row[] = items.map((item, point) => ({
    ...item,
    x: sixDigits(map.coordinates[2 * point]!),
    y: sixDigits(map.coordinates[2 * point + 1]!),
  }));
  const { method, divergence } = map;
  return {
    tables: { map: rows, mapFacts: [{ method, perplexity: map.perplexity, divergence, iterations: map.iterations }] },
    assets: { 'explorer.html': Buffer.from(page) },
  };
}
