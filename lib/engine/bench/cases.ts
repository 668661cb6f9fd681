import * as tf from '@tensorflow/tfjs';
import { deeplabParams, deeplabScores } from './deeplab.js';
import { dinoInputs, dinoLoss, dinoParams, dinov2Loss } from './dino.js';
import { type BenchInput, type BenchPlace, type Prepared, prepareForward, prepareTraining } from './prepare.js';
import { resnetParams, resnetScores } from './resnet.js';
import { type VitSize, vitFeatures, vitParams, vitScores } from './vit.js';

/** Something to time. `pytorch.py` has each under the same name. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** It has a state that could be copied after each run. */
  readonly trains: boolean;
  /** Also tried op by op on tfjs wasm, which lacks the gradients of the others. */
  readonly eager: boolean;
  prepare(place: BenchPlace): Promise<Prepared>;
}

const VIT_SMALL: VitSize = { image: 64, channels: 1, patch: 8, width: 192, depth: 6, heads: 3, classes: 10 };
const VIT_S8: VitSize = { image: 112, channels: 3, patch: 8, width: 384, depth: 12, heads: 6, classes: 100 };
const VIT_S8_SECOND: VitSize = { ...VIT_S8, second: true };

/** Products in a row in the case of the peak, so that the numbers going in and out cost little beside them. */
const CHAIN = 8;

const labelled = (batch: number, channels: number, size: number, classes: number): Record<string, BenchInput> => ({
  images: { shape: [batch, channels, size, size] },
  labels: { shape: [batch], dtype: 'int32', below: classes },
});

function crossEntropy(scores: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const hot = tf.oneHot(labels as tf.Tensor1D, scores.shape[1]!);
  return tf.neg(tf.mean(tf.sum(tf.mul(hot, tf.logSoftmax(scores)), -1)));
}

/** Mean of softplus(score) - wanted * score over all pixels. */
function pixelLoss(scores: tf.Tensor, wanted: tf.Tensor): tf.Scalar {
  return tf.mean(tf.sub(tf.softplus(scores), tf.mul(scores, tf.cast(wanted, 'float32'))));
}

/** All cases, in the order they are run. */
export const BENCH_CASES: readonly BenchCase[] = [
  {
    name: 'sgemm',
    title: `${CHAIN} products of two 1024 x 1024 matrices`,
    trains: false,
    eager: true,
    prepare: (place) =>
      prepareForward(place, {}, { a: { shape: [1024, 1024] }, b: { shape: [1024, 1024] } }, (_params, { a, b }) => {
        let c = a!;
        for (let i = 0; i < CHAIN; i++) c = tf.matMul(c, b!);
        return { c };
      }),
  },
  {
    name: 'vit-small',
    title: 'ViT step, 64 px, patch 8, width 192, 6 blocks, batch 64',
    trains: true,
    eager: true,
    prepare: (place) =>
      prepareTraining(place, vitParams(VIT_SMALL), labelled(64, 1, 64, 10), (params, { images, labels }) =>
        crossEntropy(vitScores(VIT_SMALL, params, images!), labels!),
      ),
  },
  {
    name: 'vit-s8',
    title: 'ViT-S/8 step, 112 px, batch 8',
    trains: true,
    eager: true,
    prepare: (place) =>
      prepareTraining(place, vitParams(VIT_S8), labelled(8, 3, 112, 100), (params, { images, labels }) =>
        crossEntropy(vitScores(VIT_S8, params, images!), labels!),
      ),
  },
  {
    name: 'dino',
    title: 'DINO step, ViT-S/8, 2 x 112 + 8 x 42 px, 2 images',
    trains: true,
    eager: false,
    prepare: (place) =>
      prepareTraining(place, dinoParams(VIT_S8), dinoInputs(false), (...given) => dinoLoss(VIT_S8, ...given), true),
  },
  {
    name: 'dinov2',
    title: 'DINOv2 step (DINO, iBOT, KoLeo), ViT-S/8, 2 x 112 + 8 x 42 px, 2 images',
    trains: true,
    eager: false,
    prepare: (place) =>
      prepareTraining(
        place,
        dinoParams(VIT_S8_SECOND),
        dinoInputs(true),
        (...given) => dinov2Loss(VIT_S8_SECOND, ...given),
        true,
      ),
  },
  {
    name: 'resnet50',
    title: 'ResNet50 step, 112 px, batch 16',
    trains: true,
    eager: false,
    prepare: (place) =>
      prepareTraining(place, resnetParams(100), labelled(16, 3, 112, 100), (params, { images, labels }) =>
        crossEntropy(resnetScores(params, images!), labels!),
      ),
  },
  {
    name: 'deeplab',
    title: 'DeepLabV3-ResNet50 step, 112 px, batch 4',
    trains: true,
    eager: false,
    prepare: (place) =>
      prepareTraining(
        place,
        deeplabParams(),
        { images: { shape: [4, 3, 112, 112] }, masks: { shape: [4, 1, 112, 112], dtype: 'int32', below: 2 } },
        (params, { images, masks }) => pixelLoss(deeplabScores(params, images!), masks!),
      ),
  },
  {
    name: 'features',
    title: 'ViT-S/8 features, 112 px, batch 16',
    trains: false,
    eager: true,
    prepare: (place) =>
      prepareForward(place, vitParams(VIT_S8), { images: { shape: [16, 3, 112, 112] } }, (params, { images }) => ({
        features: vitFeatures(VIT_S8, params, images!),
      })),
  },
  {
    name: 'knn',
    title: 'k nearest of 20,000 for 2,000 queries, 384 wide, k 20',
    trains: false,
    eager: true,
    prepare: (place) =>
      prepareForward(
        place,
        {},
        { queries: { shape: [2000, 384] }, bank: { shape: [20000, 384] } },
        (_params, { queries, bank }) => {
          const { values, indices } = tf.topk(tf.matMul(queries!, bank!, false, true), 20);
          return { values, indices };
        },
      ),
  },
];
