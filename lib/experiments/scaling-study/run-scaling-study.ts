import { isEager, resolveDevice } from '../../engine/devices.js';
import { paramsUnder } from '../../models/parameters.js';
import { encodeSafetensors } from '../../models/weights/safetensors.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { lookAtEncoder } from './look-at-encoder.js';
import { paperTrialRows } from './paper-trial.js';
import type { Row } from './probe-encoder.js';
import type { Arm, ScalingStudyConfig } from './scaling-config.js';
import { readScalingData } from './scaling-data.js';
import { SCALING_COLUMNS } from './scaling-metrics.js';
import { type TrainedArm, trainArm } from './train-arm.js';

/** Runs notebook 01: pretrain each arm with each of its seeds, probe it on the way, map one arm's embeddings, look at a real clip. */
export async function runScalingStudy(config: ScalingStudyConfig, context: RunContext): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readScalingData(config, context.data, context.progress));
  const samples: Row[] = [];
  const training: Row[] = [];
  const assets: Record<string, Uint8Array> = {};
  const mapped = config.arms.find(({ name }) => name === config.map.arm)!;
  let backbone: TrainedArm['teacher'] = {};
  for (const seed of config.seeds) {
    const first = seed === config.seeds[0];
    const trained = new Map<string, TrainedArm>();
    for (const arm of config.arms.filter(({ everySeed }) => first || everySeed)) {
      const result = await context.stage(stageName(arm, seed, config), () =>
        trainArm(arm, { config, seed, data, before: trained.get(arm.continues ?? ''), onlyEnd: !first, context }),
      );
      trained.set(arm.name, result);
      samples.push(...result.samples);
      // the health of the repetitions stays in their checkpoints' folder: one seed is enough to look at
      if (first) training.push(...result.rows.map((row) => ({ arm: arm.name, ...row })));
      if (first && arm.keeps !== undefined) assets[arm.keeps] = keptEncoder(arm, result, config);
      if (first && arm === mapped) backbone = paramsUnder(result.teacher, 'backbone.');
    }
  }
  const trial = config.paperTrial ? await context.stage('trial at paper size', () => paperTrialRows(context)) : [];
  const device = await resolveDevice();
  const look = await context.stage('map and real clip', () =>
    lookAtEncoder(backbone, mapped, config, config.seeds[0] ?? 0, data, context),
  );
  return {
    tables: {
      samples: { columns: SCALING_COLUMNS, rows: samples },
      training: tableOf(training),
      trainingFacts: tableOf([{ prototypes: config.stage1['vit-small'].head.prototypes }]),
      ...(trial.length > 0 && { paperTrial: tableOf(trial.map((row) => ({ ...row }))) }),
      ...Object.fromEntries(Object.entries(look.tables).map(([name, rows]) => [name, tableOf(rows)])),
    },
    assets: { ...assets, ...look.assets },
    manifests: data.manifests,
    engine: { device, compiled: !isEager(device) },
  };
}

function stageName(arm: Arm, seed: number, { seeds }: ScalingStudyConfig): string {
  return seeds.length > 1 ? `pretrain ${arm.name}, seed ${seed}` : `pretrain ${arm.name}`;
}

/** Every column that any row has; stages report different terms. */
function tableOf(rows: readonly Row[]): { columns: string[]; rows: readonly Row[] } {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? '']))) };
}

/** The teacher's backbone as the other notebooks load it: without the mask token, which only pretraining uses. */
function keptEncoder(arm: Arm, { teacher }: TrainedArm, config: ScalingStudyConfig): Uint8Array {
  const { mask_token: _, ...backbone } = paramsUnder(teacher, 'backbone.');
  const encoder = config.encoders[arm.model];
  return encodeSafetensors(backbone, {
    encoder: encoder.name,
    arm: arm.name,
    images: arm.images,
    scale: config.phantom ?? 'paper',
  });
}
