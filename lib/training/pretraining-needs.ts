import { sizeOf } from '../core/shape.js';
import { isRunningStatistic } from '../models/parameters.js';
import type { ResnetConfig } from '../models/resnet.js';
import type { VitConfig } from '../models/vit-config.js';
import type { DinoConfig } from './dino/dino-config.js';
import { dinoShapes } from './dino/dino-step.js';
import { maskedUpperBound } from './dino2/block-masks.js';
import type { Dino2Config } from './dino2/dino2-config.js';
import { dino2Shapes } from './dino2/dino2-step.js';
import { type EncoderConfig, isVit } from './self-distillation/encoder.js';
import { imagesPerRun, stepsPerEpoch } from './self-distillation/stage.js';

/** What a pretraining run will need. Bytes unless named otherwise. */
export interface PretrainingNeeds {
  /** Numbers of the student. */
  readonly parameters: number;
  readonly updates: number;
  /** Images passed through the student, repeats counted. */
  readonly imagesSeen: number;
  /** Student, teacher, moments, gradient sums: what a checkpoint holds. */
  readonly state: number;
  /** Peak memory of a run on the CPU, estimated: two sets of state, gradients, activations. */
  readonly memory: { readonly state: number; readonly gradients: number; readonly activations: number };
  /** Checkpoints: three kept, one being written. */
  readonly disk: number;
  /** At the given rate; undefined without one. */
  readonly hours: number | undefined;
}

/** Tensors of a transformer block that wait for the backward pass, in widths a token; counted in transformer-block.ts. */
const BLOCK_WIDTHS = 22;
/** Attention matrices that wait: scores and their softmax. */
const ATTENTION_MATRICES = 2;
/** Tensors of the size of the logits: student (logits, scaled, log-softmax, gradient) and teacher (logits, two of Sinkhorn-Knopp). */
const STUDENT_LOGITS = 4;
const TEACHER_LOGITS = 3;
/** Outputs of all convolutions of a ResNet50 for one image of 224 px (Radosavovic et al. 2020), each waiting about three times (before and after BatchNorm, ReLU). */
const RESNET50_OUTPUTS = 3 * 11.1e6;

const FLOAT = 4;
const CHECKPOINTS = 4;

/**
 * Estimates what a stage needs before it starts. State, disk and updates are exact; activations are counted from the model's shapes.
 *
 * @param run.images images of the training set
 * @param run.imagesPerSecond a measured rate (`imagesPerSecond` of a health row); hours are left out without one
 */
export function pretrainingNeeds(
  config: DinoConfig<EncoderConfig> | Dino2Config,
  run: { readonly images: number; readonly imagesPerSecond?: number },
): PretrainingNeeds {
  const shapes = 'masks' in config ? dino2Shapes(config) : dinoShapes(config);
  const count = (keys: readonly string[]): number => keys.reduce((sum, key) => sum + sizeOf(shapes[key]!), 0);
  const parameters = count(Object.keys(shapes).filter((key) => !isRunningStatistic(key)));
  const moments = 'optimizer' in config && config.optimizer === 'sgd' ? 1 : 2;
  const sums = (config.accumulate ?? 1) > 1 ? 1 : 0;
  const state = FLOAT * (2 * count(Object.keys(shapes)) + (moments + sums) * parameters + config.head.prototypes);
  const updates = stepsPerEpoch(config, run.images) * config.epochs;
  const imagesSeen = updates * config.batchSize;
  return {
    parameters,
    updates,
    imagesSeen,
    state,
    memory: { state: 2 * state, gradients: FLOAT * parameters, activations: FLOAT * activations(config) },
    disk: CHECKPOINTS * state,
    hours: run.imagesPerSecond === undefined ? undefined : imagesSeen / run.imagesPerSecond / 3600,
  };
}

/** Numbers that one run of the step keeps for its backward pass. B = images of the run, V = local views. */
function activations(config: DinoConfig<EncoderConfig> | Dino2Config): number {
  const images = imagesPerRun(config);
  const { globalSize, localSize, localCount } = config.crops;
  const rows = (2 + localCount) * images;
  let total = encoderActivations(config.encoder, globalSize, 2 * images);
  total += encoderActivations(config.encoder, localSize, localCount * images);
  total += headActivations(config.head, rows, 2 * images);
  if ('masks' in config) {
    const patches = (globalSize / config.encoder.patchSize) ** 2;
    const masked = maskedUpperBound(config.masks, 2 * images, patches);
    total += headActivations(config.ibotHead, masked, masked);
  }
  return total;
}

function encoderActivations(encoder: EncoderConfig, size: number, images: number): number {
  return images * (isVit(encoder) ? vitActivations(encoder, size) : resnetActivations(encoder, size));
}

function vitActivations({ patchSize, width, depth, heads, registers }: VitConfig, size: number): number {
  const tokens = 1 + registers + (size / patchSize) ** 2;
  return depth * tokens * (BLOCK_WIDTHS * width + ATTENTION_MATRICES * heads * tokens);
}

function resnetActivations({ base, blocks }: ResnetConfig, size: number): number {
  const depth = blocks.reduce((sum, count) => sum + count, 0);
  return (RESNET50_OUTPUTS * (size / 224) ** 2 * (base / 64) * depth) / 16;
}

function headActivations(head: DinoConfig['head'], studentRows: number, teacherRows: number): number {
  const inside = studentRows * (4 * head.hiddenWidth + 2 * head.bottleneckWidth);
  return inside + head.prototypes * (STUDENT_LOGITS * studentRows + TEACHER_LOGITS * teacherRows);
}

/** The needs as lines for a person who is asked before a run starts. */
export function describeNeeds(needs: PretrainingNeeds): string[] {
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const { state, gradients, activations: active } = needs.memory;
  return [
    `${(needs.parameters / 1e6).toFixed(1)} M parameters, ${needs.updates} updates, ${(needs.imagesSeen / 1e6).toPrecision(3)} M images with repeats`,
    `memory about ${gibibytes(state + gradients + active)}: state twice ${gibibytes(state)}, gradients ${gibibytes(gradients)}, activations ${gibibytes(active)}`,
    `disk ${gibibytes(needs.disk)} for checkpoints`,
    needs.hours === undefined
      ? 'time: measure a rate first'
      : `time about ${needs.hours.toPrecision(3)} hours at the measured rate`,
  ];
}
