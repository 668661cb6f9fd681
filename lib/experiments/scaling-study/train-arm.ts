import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonWhole } from '../../core/files.js';
import type { HostTensor } from '../../engine/compile.js';
import { importModel } from '../../models/import-model.js';
import { prefixParams } from '../../models/parameters.js';
import type { VitConfig } from '../../models/vit-config.js';
import { initialParams } from '../../training/dino/initial-params.js';
import { pretrainDino } from '../../training/dino/pretrain.js';
import { continueStage1, dino2Params } from '../../training/dino2/dino2-params.js';
import { pretrainDino2 } from '../../training/dino2/pretrain-dino2.js';
import { allFrames, type FrameSource } from '../../training/frame-source.js';
import type { PretrainOptions, PretrainResult } from '../../training/self-distillation/pretrain.js';
import { stepsPerEpoch } from '../../training/self-distillation/stage.js';
import { encoderFile } from '../encoders/starting-encoder.js';
import type { RunContext } from '../experiment.js';
import { probeRows, type Row } from './probe-encoder.js';
import type { Arm, ScalingStudyConfig, StudyModel } from './scaling-config.js';
import type { ScalingData } from './scaling-data.js';

/** What an arm leaves: weights under `backbone.…` and the heads' prefixes, and the rows of its probes. */
export interface TrainedArm extends PretrainResult {
  readonly samples: readonly Row[];
}

/** What an arm is trained with. */
export interface ArmSetting {
  readonly config: ScalingStudyConfig;
  readonly seed: number;
  readonly data: ScalingData;
  /** The arm that this one continues. */
  readonly before: TrainedArm | undefined;
  /** Probe at the end alone. */
  readonly onlyEnd: boolean;
  readonly context: RunContext;
}

type Weights = Pick<PretrainResult, 'student' | 'teacher'>;

/** Trains one arm with one seed, probing it on the way. A killed run that is started again goes on where it was. */
export async function trainArm(arm: Arm, setting: ArmSetting): Promise<TrainedArm> {
  const { config, seed, data, onlyEnd, context } = setting;
  const frames = arm.images === 'generic' ? data.generic : data.pool;
  const members = arm.images === 'generic' ? allFrames(frames) : data.members[arm.images];
  const recipe = arm.stage === 1 ? config.stage1[arm.model] : config.stage2;
  const steps = stepsPerEpoch(recipe, members.length) * arm.epochs;
  const progress = context.progress(`pretrain ${arm.name}`, steps, 'steps');
  const folder = join(context.workFolder, `seed-${seed}`, arm.name);
  const probes = new Map<number, Row[]>();
  const options: PretrainOptions = {
    seed,
    members,
    folder,
    checkpointEvery: config.checkpointEvery,
    probeEvery: onlyEnd ? steps : probeEvery(steps, arm.probes),
    probe: async (step, backbone) => {
      if (onlyEnd && step !== steps) return;
      const at = { arm: arm.name, model: arm.model, step, last: step === steps, seed };
      const rows = await probeRows(backbone, config, data, at);
      writeJsonWhole(join(folder, `probe-${step}.json`), rows);
      probes.set(step, rows);
    },
    progress,
    say: context.say,
  };
  const result = await (arm.stage === 1 ? stage1 : stage2)(arm, setting, frames, options);
  progress.finish();
  if (result.resumedFrom > 0)
    context.note(`${arm.name}, seed ${seed}: interrupted and resumed after step ${result.resumedFrom}`);
  for (const { message } of result.collapses) context.note(`${arm.name}, seed ${seed}: ${message}`);
  const at = onlyEnd ? [steps] : probeSteps(steps, arm.probes);
  return { ...result, samples: at.flatMap((step) => probes.get(step) ?? readRows(folder, step)) };
}

function stage1(arm: Arm, setting: ArmSetting, frames: FrameSource, options: PretrainOptions): Promise<PretrainResult> {
  const { config, seed, before } = setting;
  const dino = { ...config.stage1[arm.model], encoder: config.encoders[arm.model], epochs: arm.epochs };
  const random = initialParams(dino, seed);
  const initial =
    before ?? importedStart(arm.model, setting, (backbone) => ({ ...random, ...prefixParams(backbone, 'backbone.') }));
  return pretrainDino(frames, dino, { ...options, ...(initial && { initial }) });
}

function stage2(arm: Arm, setting: ArmSetting, frames: FrameSource, options: PretrainOptions): Promise<PretrainResult> {
  const { config, seed, before } = setting;
  const encoder: VitConfig = { ...(config.encoders[arm.model] as VitConfig), maskToken: true };
  const dino2 = { ...config.stage2, crops: cropsFor(arm.model, config), encoder, epochs: arm.epochs };
  const initial = before
    ? continueStage1(dino2, seed, before)
    : importedStart(arm.model, setting, (backbone) => dino2Params(dino2, seed, { backbone }));
  return pretrainDino2(frames, dino2, { ...options, ...(initial && { initial }) });
}

/** Stage 2 cuts the views that suit the encoder's patch size, as stage 1 does. */
function cropsFor(model: StudyModel, { stage1, stage2 }: ScalingStudyConfig): ScalingStudyConfig['stage2']['crops'] {
  const { globalSize, localSize } = stage1[model].crops;
  return { ...stage2.crops, globalSize, localSize };
}

/** Student and teacher from the user's imported weights; undefined, with a note, where the config or the user has none. */
function importedStart(
  model: StudyModel,
  { config, context }: ArmSetting,
  complete: (backbone: Record<string, HostTensor>) => Record<string, HostTensor>,
): Weights | undefined {
  if (config.start === 'random') return undefined;
  const path = encoderFile(
    'generic',
    model === 'vit-base' ? 'base' : model === 'resnet50' ? 'resnet50' : 'small',
    context.data,
  );
  if (!existsSync(path)) {
    context.note(`${model} starts from random weights: ${path} is missing, where the paper starts from imported ones`);
    return undefined;
  }
  const weights = complete(importModel(path, config.encoders[model].name).params);
  return { student: weights, teacher: weights };
}

function probeEvery(steps: number, probes: number): number {
  return Math.max(1, Math.floor(steps / probes));
}

/** Steps after which a run is probed: before the first, evenly between, after the last. */
function probeSteps(steps: number, probes: number): number[] {
  const every = probeEvery(steps, probes);
  const result = [0];
  for (let step = every; step < steps; step += every) result.push(step);
  result.push(steps);
  return result;
}

function readRows(folder: string, step: number): Row[] {
  const path = join(folder, `probe-${step}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Row[]) : [];
}
