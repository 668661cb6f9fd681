import * as tf from '@tensorflow/tfjs';
import type { HostTensor, TensorMap, TensorSpec } from '../../engine/compile.js';
import { resize2d } from '../../engine/ops.js';
import { multiForwardLoss, segmentationLoss } from '../../losses/task-losses.js';
import type { GroupRule } from '../optimizers/index.js';
import type { SupervisedLoss, SupervisedModel } from '../supervised/supervised-step.js';
import {
  embedImages,
  gridOfSegmenter,
  maskLogits,
  type PromptSlots,
  type SegmenterConfig,
  type SegmenterPrompts,
} from './segmenter.js';
import { clicksOnError } from './simulated-click.js';

/** The multi-forward recipe (paper A.3). */
export interface MultiForwardConfig {
  /** Passes of the decoder a step; the paper found 4 best. */
  readonly passes: number;
  /** Weight of pass i is `decay ** i`; the paper found 0.9 best. */
  readonly decay: number;
}

/** What {@link multiForwardModel} is made of. */
export interface MultiForwardOptions {
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly multiForward: MultiForwardConfig;
  readonly batchSize: number;
  /** What is trained of the encoder and how fast; prompt encoder and mask decoder are always trained. */
  readonly encoderRule: (key: string, shape: readonly number[]) => GroupRule | 'frozen';
}

/** Inputs of the prompts of a batch, for a step and for inference alike. */
export function promptInputs(slots: PromptSlots, textWidth: number, batch: number): Record<string, TensorSpec> {
  return {
    ...(slots.points > 0 && {
      points: { shape: [batch, slots.points, 2] },
      labels: { shape: [batch, slots.points] },
    }),
    ...(slots.box && { boxes: { shape: [batch, 4] } }),
    ...(slots.text && { text: { shape: [batch, textWidth] } }),
    ...(kindsOf(slots) > 1 && slots.box && { boxGiven: { shape: [batch, 1] } }),
    ...(kindsOf(slots) > 1 && slots.text && { textGiven: { shape: [batch, 1] } }),
  };
}

/** The prompts among the inputs of a graph. */
export function promptsAmong(inputs: TensorMap): SegmenterPrompts {
  const { points, labels, boxes, boxGiven, text, textGiven } = inputs;
  return {
    ...(points && { points }),
    ...(labels && { labels }),
    ...(boxes && { boxes }),
    ...(boxGiven && { boxGiven }),
    ...(text && { text }),
    ...(textGiven && { textGiven }),
  };
}

function kindsOf(slots: PromptSlots): number {
  return (slots.points > 0 ? 1 : 0) + (slots.box ? 1 : 0) + (slots.text ? 1 : 0);
}

/**
 * EchoApex-SAM for `trainSupervised`: several passes a step, each fed the mask of the one before, the losses added with falling weights.
 *
 * Where the segmenter has room for clicks, pass i also gets a random click on the error of pass i - 1 in slot i, for images whose
 * `clicking` is 1. The loss is cross-entropy plus Dice on masks at the size of the image. Masks handed on carry no gradient.
 *
 * Inputs: `images [B, C, S, S]`, `targets [B, 1, S, S]` in [0, 1], the prompts of
 * {@link promptInputs}; with clicks also `clicking [B, 1]` and `clickNoise [passes - 1, B, 16 g g]` uniform in (0, 1).
 * Terms: `dice`, the soft loss of the last pass alone.
 */
export function multiForwardModel(config: SegmenterConfig, options: MultiForwardOptions): SupervisedModel {
  const { params, multiForward, batchSize: B } = options;
  const { imageSize: S, encoder, slots, prompts } = config;
  const side = 4 * gridOfSegmenter(config);
  const clicks = slots.points > 0 && multiForward.passes > 1;
  return {
    name: config.name,
    params,
    rule: (key, shape) => {
      if (isUnused(key, config, multiForward.passes)) return 'frozen';
      return key.startsWith('encoder.') ? options.encoderRule(key, shape) : {};
    },
    inputs: {
      images: { shape: [B, encoder.channels, S, S] },
      targets: { shape: [B, 1, S, S] },
      ...promptInputs(slots, prompts.textWidth ?? 0, B),
      ...(clicks && {
        clicking: { shape: [B, 1] },
        clickNoise: { shape: [multiForward.passes - 1, B, side * side] },
      }),
    },
    loss(tensors, inputs): SupervisedLoss {
      const embedding = embedImages(tensors, inputs.images!, config);
      const targets = inputs.targets!;
      const cellTruth = clicks ? cellsOf(targets, side) : undefined;
      const losses: tf.Scalar[] = [];
      let given = promptsAmong(inputs);
      for (let pass = 0; pass < multiForward.passes; pass++) {
        const logits = maskLogits(tensors, embedding, given, config);
        losses.push(segmentationLoss(resize2d(logits, [S, S], { mode: 'bilinear' }), targets));
        if (pass + 1 === multiForward.passes) break;
        const handed = withoutGradient(logits);
        given = { ...given, masks: handed };
        if (cellTruth) given = { ...given, ...withClick(given, inputs, handed, cellTruth, pass, S) };
      }
      return { loss: multiForwardLoss(losses, multiForward.decay), terms: { lastPass: losses.at(-1)! } };
    },
  };
}

/**
 * Parameters that the loss does not reach: SAM's masks for ambiguous prompts, its overlap score, and what belongs to prompts that the
 * segmenter has no room for.
 */
function isUnused(key: string, { slots }: SegmenterConfig, passes: number): boolean {
  const mixed = kindsOf(slots) > 1;
  return (
    /^mask_decoder\.(iou_prediction_head|output_hypernetworks_mlps\.[1-9])\./.test(key) ||
    key === 'encoder.mask_token' ||
    (slots.points === 0 && /point_embeddings\.[01]\./.test(key)) ||
    (!slots.box && /point_embeddings\.[23]\./.test(key)) ||
    (slots.points === 0 && !mixed && key.includes('not_a_point_embed')) ||
    (!slots.text && key.includes('text_proj')) ||
    (passes === 1 && key.includes('mask_downscaling'))
  );
}

/** The prompts with a click in slot `pass + 1`. */
function withClick(
  given: SegmenterPrompts,
  inputs: TensorMap,
  logits: tf.Tensor,
  truth: tf.Tensor,
  pass: number,
  imageSize: number,
): SegmenterPrompts {
  const slot = pass + 1;
  const { points, labels } = given;
  const [batch = 0, slots = 0] = labels!.shape;
  if (slot >= slots) return given;
  const noise = tf.reshape(tf.slice(inputs.clickNoise!, [pass, 0, 0], [1, batch, -1]), [batch, -1]);
  const click = clicksOnError(logits, truth, noise, imageSize);
  const wanted = inputs.clicking!; // [B, 1]
  const label = tf.sub(tf.mul(tf.add(click.labels, 1), wanted), 1); // -1 where no click is wanted
  const join = (all: tf.Tensor, one: tf.Tensor): tf.Tensor => {
    const before = tf.slice(all, [0, 0], [batch, slot]);
    return slot + 1 < slots
      ? tf.concat([before, one, tf.slice(all, [0, slot + 1], [batch, -1])], 1)
      : tf.concat([before, one], 1);
  };
  const flat = tf.reshape(points!, [batch, slots * 2]);
  const before = tf.slice(flat, [0, 0], [batch, 2 * slot]);
  const place = tf.reshape(click.points, [batch, 2]);
  const moved =
    slot + 1 < slots
      ? tf.concat([before, place, tf.slice(flat, [0, 2 * slot + 2], [batch, -1])], 1)
      : tf.concat([before, place], 1);
  return { points: tf.reshape(moved, [batch, slots, 2]), labels: join(labels!, label) };
}

/** Truth at the resolution of the decoder's masks: `[B, 1, S, S] -> [B, 1, m, m]`, by area. */
function cellsOf(targets: tf.Tensor, side: number): tf.Tensor {
  const [batch = 0, , size = 0] = targets.shape;
  const each = size / side;
  if (!Number.isInteger(each)) return resize2d(targets, [side, side], { mode: 'bilinear' });
  return tf.reshape(tf.mean(tf.reshape(targets, [batch, side, each, side, each]), [2, 4]), [batch, 1, side, side]);
}

/** The same numbers, cut off from what they were computed from: the copy is made where the tape does not look. */
function withoutGradient(x: tf.Tensor): tf.Tensor {
  const copy = tf.customGrad(() => ({
    value: tf.clone(x),
    gradFunc: (dy: tf.Tensor) => tf.zeros([], dy.dtype),
  }));
  return copy(tf.scalar(0));
}
