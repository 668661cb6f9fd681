import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { nearestNeighbours } from '../../embedding/neighbours.js';
import { tsne } from '../../embedding/tsne.js';
import type { HostTensor } from '../../engine/compile.js';
import { knnVote } from '../../evaluation/knn.js';
import type { FrameEncoder } from '../../evaluation/vit-encoder.js';
import { frameAt } from '../../training/frame-set.js';
import type { RunContext } from '../experiment.js';
import { frameStrip } from './frame-strip.js';
import { classesOf, encodeAll, encoderOf, featuresOf, labelsOf, type Row, round } from './probe-encoder.js';
import { realClipFrames } from './real-clip.js';
import type { ScalingStudyConfig } from './scaling-config.js';
import { type ScalingData, sampleIndices } from './scaling-data.js';

/** Frames of the real clip that are shown, and neighbours of its middle one. */
const CLIP_FRAMES = 6;
const CLIP_NEIGHBOURS = 11;

/** Tables and pictures of the last arm's encoder. */
export interface Look {
  readonly tables: Record<string, Row[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Map of test frames, the real clip's votes, and its nearest training frames, all by the last arm's teacher. */
export async function lookAtEncoder(
  backbone: Record<string, HostTensor>,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  context: RunContext,
): Promise<Look> {
  const encoder = await encoderOf(backbone, config);
  try {
    const test = await featuresOf(encoder, data.probeTest);
    const chosen = sampleIndices(test.count, config.map.frames, seed);
    const map = await tsne(rowsOf(test, chosen), {
      perplexity: config.map.perplexity,
      iterations: config.map.iterations,
      seed,
    });
    if (map.perplexityLowered)
      context.note(`t-SNE perplexity lowered to ${map.perplexity} for ${chosen.length} frames`);
    const clip = await realClip(encoder, config, data, context.data);
    return {
      tables: {
        map: chosen.map((index, point) => ({
          ...data.probeTest.items[index]!,
          x: round(map.coordinates[2 * point]!),
          y: round(map.coordinates[2 * point + 1]!),
        })),
        mapFacts: [
          { method: map.method, perplexity: map.perplexity, divergence: map.divergence, iterations: map.iterations },
        ],
        ...clip.tables,
      },
      assets: clip.assets,
    };
  } finally {
    await encoder.dispose();
  }
}

async function realClip(
  encoder: FrameEncoder,
  config: ScalingStudyConfig,
  data: ScalingData,
  origin: string,
): Promise<Look> {
  const size = config.dino.crops.globalSize;
  const shown = await realClipFrames(size, CLIP_FRAMES);
  const large = await realClipFrames(2 * size, CLIP_FRAMES);
  const train = await featuresOf(encoder, data.probeTrain);
  const features = await encodeAll(
    encoder,
    shown.map(({ image }) => image),
  );
  const classes = classesOf(data.probeTrain);
  const k = Math.min(config.probe.k, train.count);
  const neighbours = await nearestNeighbours(features, train, { k, metric: 'cosine' });
  const vote = knnVote(neighbours, labelsOf(data.probeTrain, classes), classes.length, config.probe.temperature);
  const middle = Math.floor(shown.length / 2);
  const nearest = Array.from(
    { length: Math.min(CLIP_NEIGHBOURS, k) },
    (_, rank) => neighbours.indices[middle * k + rank]!,
  );
  const frame = shown[middle]!.index;
  return {
    tables: {
      realClip: shown.map(({ index }, n) => ({
        frame: index,
        prediction: classes[vote.predictions[n]!]!,
        score: round(vote.votes[n * classes.length + vote.predictions[n]!]!),
      })),
      neighbours: [
        { rank: 0, sample: 'real clip', view: '', similarity: 1, origin: 'real', frame },
        ...nearest.map((index, rank) => ({
          rank: rank + 1,
          sample: data.probeTrain.items[index]!.sample,
          view: data.probeTrain.items[index]!.view,
          similarity: round(1 - neighbours.distances[middle * k + rank]!),
          origin,
          frame: '',
        })),
      ],
    },
    assets: {
      'real-clip.png': await frameStrip(large.map(({ image }) => image)),
      'neighbours.png': await frameStrip([
        shown[middle]!.image,
        ...nearest.map((index) => frameAt(data.probeTrain.frames, index)),
      ]),
    },
  };
}

function rowsOf(features: FeatureMatrix, indices: readonly number[]): FeatureMatrix {
  const data = new Float32Array(indices.length * features.width);
  indices.forEach((index, row) => {
    data.set(features.data.subarray(index * features.width, (index + 1) * features.width), row * features.width);
  });
  return { ...features, count: indices.length, data };
}
