import { ArgumentError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import { sizeOf } from '../../core/shape.js';
import type { HostTensor } from '../../engine/compile.js';
import { dinoHeadParams, dinoHeadShapes } from '../../models/dino-head.js';
import { expectParams, paramsUnder, prefixParams } from '../../models/parameters.js';
import { vitShapes } from '../../models/vit-params.js';
import { initialBackbone } from '../dino/initial-params.js';
import type { PretrainResult } from '../self-distillation/pretrain.js';
import type { Dino2Config } from './dino2-config.js';

/** Weights that stage 2 starts from; what is left out is drawn at random. */
export interface Dino2Start {
  /** Keys of the official checkpoints: a stage-1 backbone, or an import (`importModel(file, 'vit-s8').params`). */
  readonly backbone: Readonly<Record<string, HostTensor>>;
  /** The head on CLS tokens, keys of `dinoHeadShapes`; random if left out. */
  readonly head?: Readonly<Record<string, HostTensor>>;
}

/** What DINOv2 adds to a DINOv1 backbone, and how it starts so that the encoder's function stays what it was. */
const ADDED: readonly { readonly key: RegExp; readonly value: number }[] = [
  { key: /^mask_token$/, value: 0 },
  { key: /\.ls[12]\.gamma$/, value: 1 }, // DINOv2 starts random weights at 1e-5, which would switch a trained branch off
];

/**
 * Parameters of stage 2 under the official names: `backbone.…`, `dino_head.…`, `ibot_head.…`. The iBOT head always starts at random.
 *
 * A DINOv1 backbone gets a mask token of 0 and, where the config has LayerScale, factors of 1.
 *
 * @throws {ArgumentError} if the backbone lacks a parameter that DINOv1 has too
 * @throws {ShapeError} if a shape differs: set the encoder's imageSize to the weights', or import them with `resizePositions`
 */
export function dino2Params(config: Dino2Config, seed: number, start?: Dino2Start): Record<string, HostTensor> {
  const inputWidth = config.encoder.width;
  const head = { ...config.head, inputWidth };
  if (start?.head) expectParams('dino2Params head', dinoHeadShapes(head), start.head);
  return {
    ...prefixParams(
      start ? completed(config, start.backbone) : initialBackbone(config.encoder, config.initialisation, seed),
      'backbone.',
    ),
    ...prefixParams(start?.head ?? dinoHeadParams(head, stream(seed, 'initial/dino_head')), 'dino_head.'),
    ...prefixParams(
      dinoHeadParams({ ...config.ibotHead, inputWidth }, stream(seed, 'initial/ibot_head')),
      'ibot_head.',
    ),
  };
}

/**
 * Student and teacher of stage 2 from those of stage 1: backbones and heads go on as they are.
 *
 * @example await pretrainDino2(frames, config, { ...options, initial: continueStage1(config, seed, stage1) });
 */
export function continueStage1(
  config: Dino2Config,
  seed: number,
  stage1: Pick<PretrainResult, 'student' | 'teacher'>,
): Pick<PretrainResult, 'student' | 'teacher'> {
  const next = (params: Readonly<Record<string, HostTensor>>): Record<string, HostTensor> =>
    dino2Params(config, seed, { backbone: paramsUnder(params, 'backbone.'), head: paramsUnder(params, 'head.') });
  return { student: next(stage1.student), teacher: next(stage1.teacher) };
}

function completed(
  { encoder }: Dino2Config,
  backbone: Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  const shapes = vitShapes(encoder);
  const params = Object.entries(shapes).map(([key, shape]): [string, HostTensor] => {
    const given = backbone[key];
    if (given) return [key, given];
    const added = ADDED.find((entry) => entry.key.test(key));
    if (!added) {
      throw new ArgumentError(`dino2Params: the backbone has no ${key}; give one trained as ${encoder.name}`);
    }
    return [key, { shape, data: new Float32Array(sizeOf(shape)).fill(added.value) }];
  });
  const all = { ...backbone, ...Object.fromEntries(params) };
  expectParams('dino2Params backbone', shapes, all);
  return Object.fromEntries(params);
}
