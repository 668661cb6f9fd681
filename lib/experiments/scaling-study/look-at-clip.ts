import { sixDigits } from '../../core/six-digits.js';
import { nearestNeighbours } from '../../embedding/neighbours.js';
import { encodeAll } from '../../evaluation/feature-extraction.js';
import { knnVote } from '../../evaluation/knn.js';
import type { FrameEncoder } from '../../evaluation/vit-encoder.js';
import { frameAt } from '../../training/frame-set.js';
import { frameStrip } from './frame-strip.js';
import { classesOf, featuresOf, type Look, labelsOf } from './probe-encoder.js';
import { realClipFrames } from './real-clip.js';
import type { ScalingStudyConfig } from './scaling-config.js';
import type { ScalingData } from './scaling-data.js';

/** Frames of the real clip that are shown, and neighbours of its middle one. */
const CLIP_FRAMES = 6;
const CLIP_NEIGHBOURS = 11;

/** Votes for frames of the real clip, and the nearest training frames of its middle one. */
export async function lookAtClip(
  encoder: FrameEncoder,
  config: ScalingStudyConfig,
  data: ScalingData,
  origin: string,
): Promise<Look> {
  const size = config.frameSize;
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
        score: sixDigits(vote.votes[n * classes.length + vote.predictions[n]!]!),
      })),
      neighbours: [
        { rank: 0, sample: 'real clip', view: '', similarity: 1, origin: 'real', frame },
        ...nearest.map((index, rank) => ({
          rank: rank + 1,
          sample: data.probeTrain.items[index]!.sample,
          view: data.probeTrain.items[index]!.view,
          similarity: sixDigits(1 - neighbours.distances[middle * k + rank]!),
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
