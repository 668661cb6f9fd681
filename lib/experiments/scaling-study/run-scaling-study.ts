import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonWhole } from '../../core/files.js';
import type { HostTensor } from '../../engine/compile.js';
import { isEager, resolveDevice } from '../../engine/devices.js';
import { paramsUnder } from '../../models/parameters.js';
import { stepsPerEpoch } from '../../training/dino/dino-config.js';
import { type DinoRow, pretrainDino } from '../../training/dino/pretrain.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { lookAtEncoder } from './look-at-encoder.js';
import { probeRows, type Row } from './probe-encoder.js';
import type { Arm, ScalingStudyConfig } from './scaling-config.js';
import { readScalingData, type ScalingData } from './scaling-data.js';
import { SCALING_COLUMNS } from './scaling-metrics.js';

/** A pretrained arm: its weights (keys `backbone.…`, `head.…`) and health rows. */
interface TrainedArm {
  readonly teacher: Record<string, HostTensor>;
  readonly student: Record<string, HostTensor>;
  readonly rows: readonly DinoRow[];
}

/** Runs notebook 01: pretrain each arm, probe it on the way, map the last one's embeddings, look at a real clip. */
export async function runScalingStudy(config: ScalingStudyConfig, context: RunContext): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readScalingData(config, context.data, context.progress));
  const seed = config.seeds[0] ?? 0;
  const samples: Row[] = [];
  const training: Row[] = [];
  const trained = new Map<string, TrainedArm>();
  for (const arm of config.arms) {
    const result = await context.stage(`pretrain ${arm.name}`, () =>
      pretrainArm(arm, config, seed, data, trained, context, samples),
    );
    trained.set(arm.name, result);
    training.push(...result.rows.map((row) => ({ arm: arm.name, ...row })));
  }
  const last = trained.get(config.arms.at(-1)!.name)!;
  const device = await resolveDevice();
  const look = await context.stage('map and real clip', () =>
    lookAtEncoder(paramsUnder(last.teacher, 'backbone.'), config, seed, data, context),
  );
  const columns = (rows: readonly Row[]): string[] => Object.keys(rows[0] ?? {});
  return {
    tables: {
      samples: { columns: SCALING_COLUMNS, rows: samples },
      training: { columns: columns(training), rows: training },
      trainingFacts: { columns: ['prototypes'], rows: [{ prototypes: config.dino.head.prototypes }] },
      ...Object.fromEntries(
        Object.entries(look.tables).map(([name, rows]) => [name, { columns: columns(rows), rows }]),
      ),
    },
    assets: look.assets,
    manifests: data.manifests,
    engine: { device, compiled: !isEager(device) },
  };
}

async function pretrainArm(
  arm: Arm,
  config: ScalingStudyConfig,
  seed: number,
  data: ScalingData,
  trained: ReadonlyMap<string, TrainedArm>,
  context: RunContext,
  samples: Row[],
): Promise<TrainedArm> {
  const dino = { ...config.dino, epochs: arm.epochs };
  const members = data.members[arm.subset];
  const steps = stepsPerEpoch(dino, members.length) * arm.epochs;
  const progress = context.progress(`pretrain ${arm.name}`, steps, 'steps');
  const before = arm.continues === undefined ? undefined : trained.get(arm.continues);
  const folder = join(context.workFolder, arm.name);
  const probes = new Map<number, Row[]>();
  const probe = async (step: number, backbone: Record<string, HostTensor>): Promise<void> => {
    const rows = await probeRows(backbone, config, data, { arm: arm.name, step, last: step === steps, seed });
    writeJsonWhole(join(folder, `probe-${step}.json`), rows);
    probes.set(step, rows);
  };
  const result = await pretrainDino(data.pool, dino, {
    seed,
    members,
    folder,
    checkpointEvery: config.checkpointEvery,
    probeEvery: Math.max(1, Math.floor(steps / arm.probes)),
    probe,
    ...(before && { initial: before }),
    progress,
    say: context.say,
  });
  progress.finish();
  if (result.resumedFrom > 0) context.note(`${arm.name}: interrupted and resumed after step ${result.resumedFrom}`);
  for (const step of probeSteps(steps, arm.probes)) samples.push(...(probes.get(step) ?? readRows(folder, step)));
  return result;
}

/** Steps after which a run is probed: before the first, evenly between, after the last. */
function probeSteps(steps: number, probes: number): number[] {
  const every = Math.max(1, Math.floor(steps / probes));
  const result = [0];
  for (let step = every; step < steps; step += every) result.push(step);
  result.push(steps);
  return result;
}

function readRows(folder: string, step: number): Row[] {
  const path = join(folder, `probe-${step}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Row[]) : [];
}
