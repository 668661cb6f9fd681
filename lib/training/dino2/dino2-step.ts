import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { StepFunction, TensorSpec } from '../../engine/compile.js';
import { dinoCrossEntropy } from '../../losses/dino-loss.js';
import { ibotLoss } from '../../losses/ibot-loss.js';
import { koleoLoss } from '../../losses/koleo-loss.js';
import { sinkhornKnopp } from '../../losses/sinkhorn-knopp.js';
import { dinoHead, dinoHeadShapes } from '../../models/dino-head.js';
import { uniformRates } from '../../models/drop-path.js';
import { type Params, paramsUnder, prefixParams } from '../../models/parameters.js';
import { type VitOptions, vit } from '../../models/vit.js';
import { vitShapes } from '../../models/vit-params.js';
import { clipBySubmodule, type GroupRule, isExemptFromDecay, layerRateScale } from '../optimizers/index.js';
import { type DropPathPlan, dropPathInputs } from '../self-distillation/drop-path-inputs.js';
import { joinRows } from '../self-distillation/encoder.js';
import { teacherSigns } from '../self-distillation/health.js';
import { imagesPerRun, viewInputs } from '../self-distillation/stage.js';
import { makeStudentUpdate, type StudentUpdate } from '../self-distillation/student-update.js';
import { maskedUpperBound } from './block-masks.js';
import { type Dino2Config, VARIANTS } from './dino2-config.js';

/** Of the centre, which stage 2 keeps only as a sign of health: Sinkhorn-Knopp needs none. */
const CENTRE_MOMENTUM = 0.9;

/** One stage-2 step: the function, and its inputs and state. */
export interface Dino2Step extends Pick<StudentUpdate, 'inputs' | 'initialState' | 'scalars'> {
  readonly step: StepFunction;
}

/**
 * One run of the full DINOv2: DINO on CLS tokens, iBOT on masked patches with its own head, KoLeo; AdamW with layer-wise rates, a moving average as
 * teacher.
 *
 * - Teacher distributions come from Sinkhorn-Knopp, over all global views of the run and over all of its masked patches.
 * - DINO: sum over the pairs of a teacher's and another student's view, divided by 2 + 2 V (V local views).
 * - KoLeo: on the student's CLS tokens, before the head, of each global view apart, summed over both.
 * - Gradients are clipped by the norm of the backbone and of each head. Rates fall by `layerDecay` a block from the last to the first, the patch
 *   embedding's by `patchEmbedRate` more; heads have the full rate. Weight decay spares biases and vectors.
 *
 * Source: paper A.1 and Table 1; `facebookresearch/dinov2` dinov2/train/ssl_meta_arch.py and train.py, dinov2/utils/param_groups.py. Deviates: with
 * no local views the sum is divided by 2 (released: 3).
 *
 * Outputs: those of `healthRow`; terms `dinoGlobal`, `dinoLocal`, `ibot`, `koleo`, each with its weight; `loss` is their sum.
 *
 * @throws {ArgumentError} if the encoder has no mask token
 */
export function makeDino2Step(config: Dino2Config): Dino2Step {
  checkEncoder(config);
  const update = makeStudentUpdate({
    shapes: dino2Shapes(config),
    rule: (key, shape) => ruleOf(config, key, shape),
    optimizer: 'adamw',
    clip: (gradients) => clipBySubmodule(gradients, config.gradientClip),
    accumulate: config.accumulate ?? 1,
    prototypes: config.head.prototypes,
    centreMomentum: CENTRE_MOMENTUM,
  });
  return {
    initialState: update.initialState,
    scalars: update.scalars,
    inputs: {
      ...viewInputs(config.crops, imagesPerRun(config)),
      ...maskInputs(config),
      ...dropPathInputs(dropPathPlan(config)),
      ...update.inputs,
    },
    step(state, inputs) {
      const teacher = teach(update.paramsOf(state, 'teacher'), inputs, config);
      const student = update.paramsOf(state, 'student');
      let terms: Record<string, tf.Scalar> = {};
      const lossOf = (...values: tf.Tensor[]): tf.Scalar => {
        const params = { ...student, ...Object.fromEntries(update.keys.map((key, i) => [key, values[i]!])) };
        terms = lossTerms(params, teacher, inputs, config);
        for (const term of Object.values(terms)) tf.keep(term); // an eager gradient would drop them
        return tf.addN(Object.values(terms)) as tf.Scalar;
      };
      const { value, grads } = tf.valueAndGrads(lossOf)(update.keys.map((key) => student[key]!));
      const next = update.apply(state, inputs, {
        gradients: Object.fromEntries(update.keys.map((key, i) => [key, grads[i]!])),
        teacherLogits: teacher.logits,
      });
      const { dinoGlobal, dinoLocal } = terms;
      const cross = dinoLocal ? tf.add(dinoGlobal!, dinoLocal) : dinoGlobal!;
      return {
        outputs: {
          loss: value,
          dino: tf.div(cross, config.dinoWeight),
          ...terms,
          ...teacherSigns(teacher.targets, teacher.embeddings, state.centre!),
          gradientNorm: next.gradientNorm,
        },
        state: next.state,
      };
    },
  };
}

/** Names of the loss terms, in their order. */
export function dino2Terms({ crops, koleoWeight }: Dino2Config): string[] {
  return ['dinoGlobal', ...(crops.localCount > 0 ? ['dinoLocal'] : []), 'ibot', ...(koleoWeight > 0 ? ['koleo'] : [])];
}

/** Shapes of all parameters: `backbone.…`, `dino_head.…`, `ibot_head.…`, the official names. */
export function dino2Shapes(
  config: Pick<Dino2Config, 'encoder' | 'head' | 'ibotHead'>,
): Record<string, readonly number[]> {
  const inputWidth = config.encoder.width;
  return {
    ...prefixParams(vitShapes(config.encoder), 'backbone.'),
    ...prefixParams(dinoHeadShapes({ ...config.head, inputWidth }), 'dino_head.'),
    ...prefixParams(dinoHeadShapes({ ...config.ibotHead, inputWidth }), 'ibot_head.'),
  };
}

/** Stochastic depth of the student, as DINOv2 draws it: the same rate in every block. */
export function dropPathPlan(config: Dino2Config): DropPathPlan {
  const images = imagesPerRun(config);
  return {
    rates: uniformRates(config.encoder.depth, config.dropPathRate),
    mode: 'subset',
    globalRows: 2 * images,
    localRows: config.crops.localCount * images,
  };
}

/** Patches along one side of a global view. */
export function globalGrid({ crops, encoder }: Pick<Dino2Config, 'crops' | 'encoder'>): number {
  return crops.globalSize / encoder.patchSize;
}

/** R = global views of a run, N = patches of one, M = the most that can be masked. */
function maskInputs(config: Dino2Config): Record<string, TensorSpec> {
  const views = 2 * imagesPerRun(config);
  const patches = globalGrid(config) ** 2;
  const masked = maskedUpperBound(config.masks, views, patches);
  return {
    masks: { shape: [views, patches] },
    maskIndex: { shape: [masked], dtype: 'int32' },
    maskWeights: { shape: [masked] },
  };
}

/** What the teacher makes of the global views. */
interface Teaching {
  /** `[2B, D]` CLS tokens, `[2B, K]` their logits and distributions. */
  readonly embeddings: tf.Tensor;
  readonly logits: tf.Tensor;
  readonly targets: tf.Tensor;
  /** `[M, K]` distributions of the masked patches; zeros at padding. */
  readonly patchTargets: tf.Tensor;
}

function teach(params: Params, inputs: Params, config: Dino2Config): Teaching {
  const { cls, patches } = vit(paramsUnder(params, 'backbone.'), inputs.globals!, config.encoder);
  const temperature = inputs.teacherTemperature!;
  const iterations = config.sinkhornIterations;
  const logits = dinoHead(paramsUnder(params, 'dino_head.'), cls);
  const patchLogits = dinoHead(paramsUnder(params, 'ibot_head.'), rowsAt(patches, inputs.maskIndex!));
  const valid = tf.cast(tf.greater(inputs.maskWeights!, 0), 'float32');
  return {
    embeddings: cls,
    logits,
    targets: sinkhornKnopp(logits, temperature, { iterations }),
    patchTargets: sinkhornKnopp(patchLogits, temperature, { iterations, valid }),
  };
}

/** The weighted terms of the loss. B = images, V = local views of each. */
function lossTerms(params: Params, teacher: Teaching, inputs: Params, config: Dino2Config): Record<string, tf.Scalar> {
  const { studentTemperature: temperature, crops } = config;
  const backbone = paramsUnder(params, 'backbone.');
  const see = (views: tf.Tensor, options: VitOptions) => vit(backbone, views, config.encoder, options);
  const { globalDropPath, localDropPath } = inputs;
  const seen = see(inputs.globals!, { mask: inputs.masks!, ...(globalDropPath && { dropPath: globalDropPath }) });
  const locals = inputs.locals && see(inputs.locals, localDropPath ? { dropPath: localDropPath } : {});
  const logits = dinoHead(paramsUnder(params, 'dino_head.'), joinRows(locals ? [seen.cls, locals.cls] : [seen.cls]));
  const [rows = 0, prototypes = 0] = teacher.targets.shape; // [2B, K]
  const targets = tf.split(teacher.targets, 2, 0);
  const scale = config.dinoWeight / (2 + 2 * crops.localCount);
  const globalLogits = tf.split(tf.slice(logits, [0, 0], [rows, prototypes]), 2, 0);
  const crossed = globalLogits.map((view, i) => dinoCrossEntropy([view], [targets[1 - i]!], temperature));
  const patchLogits = dinoHead(paramsUnder(params, 'ibot_head.'), rowsAt(seen.patches, inputs.maskIndex!));
  const ibot = ibotLoss(patchLogits, teacher.patchTargets, inputs.maskWeights!, rows, temperature);
  const terms: Record<string, tf.Scalar> = { dinoGlobal: tf.mul(tf.addN(crossed), scale) };
  if (locals) {
    const localLogits = tf.slice(logits, [rows, 0], [locals.cls.shape[0]!, prototypes]);
    const views = tf.split(localLogits, crops.localCount, 0);
    terms.dinoLocal = tf.mul(dinoCrossEntropy(views, targets, temperature), scale);
  }
  terms.ibot = tf.mul(ibot, config.ibotWeight);
  if (config.koleoWeight > 0) {
    const spread = tf.addN(tf.split(seen.cls, 2, 0).map((view) => koleoLoss(view)));
    terms.koleo = tf.mul(spread, config.koleoWeight);
  }
  return terms;
}

/** `[R, N, D] -> [R * N, D] -> [M, D]`. */
function rowsAt(patches: tf.Tensor, index: tf.Tensor): tf.Tensor {
  const [views = 0, count = 0, width = 0] = patches.shape;
  return tf.gather(tf.reshape(patches, [views * count, width]), index as tf.Tensor1D);
}

function ruleOf(config: Dino2Config, key: string, shape: readonly number[]): Omit<GroupRule, 'gate'> | 'frozen' {
  if (key.endsWith('last_layer.weight_g') && VARIANTS[config.variant].lastLayerLength === 'fixed') return 'frozen';
  const decayScale = isExemptFromDecay(key, shape) ? 0 : 1;
  if (!key.startsWith('backbone.')) return { decayScale };
  const layer = layerRateScale(key, config.encoder.depth, config.layerDecay);
  return { decayScale, rateScale: key.includes('patch_embed') ? layer * config.patchEmbedRate : layer };
}

function checkEncoder({ encoder, crops }: Dino2Config): void {
  if (!encoder.maskToken) {
    throw new ArgumentError(
      `makeDino2Step: ${encoder.name} has no mask token, which iBOT needs; use { ...encoder, maskToken: true }`,
    );
  }
  if (encoder.channels !== crops.channels) {
    throw new ArgumentError(
      `makeDino2Step: ${encoder.name} takes ${encoder.channels} planes, crops have ${crops.channels}; make them equal`,
    );
  }
}
