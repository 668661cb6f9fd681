import { stream } from '../../core/random.js';
import { isEager, resolveDevice } from '../../engine/devices.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import type { Look, Row } from '../scaling-study/probe-encoder.js';
import type { HypertrophyConfig, LandmarkArm } from './hypertrophy-config.js';
import { PRIMARY_TEST } from './hypertrophy-metrics.js';
import { landmarkEvaluator } from './landmark-evaluator.js';
import { type HypertrophyData, type LandmarkFrame, landmarksOfFrame, readHypertrophyData } from './landmark-frames.js';
import { type LandmarkModel, landmarkModel } from './landmark-model.js';
import { OBSERVER_COLUMNS, observedFrame, observerRows } from './observers.js';
import { HYPERTROPHY_COLUMNS, measurementRows, predictLandmarks } from './predict-landmarks.js';
import { shownFrames } from './shown-frames.js';
import { squareReader } from './square-picture.js';
import { type LabelledFrame, type LandmarkTools, shapeOf, trainLandmarks } from './train-landmarks.js';

/** Runs notebook 04: trains each model on EchoNet-LVH, measures the walls in both test sets, looks at the attention of one model. */
export async function runHypertrophy(config: HypertrophyConfig, context: RunContext): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readHypertrophyData(config, context.data, context.progress));
  const seed = config.seeds[0] ?? 0;
  const tables: Record<string, Row[]> = { samples: [], training: [], models: [], shown: [] };
  const assets: Record<string, Uint8Array> = {};
  for (const arm of config.arms) {
    const result = await context.stage(arm.name, () => runArm(arm, config, data, seed, context));
    for (const [name, rows] of Object.entries(result.tables)) tables[name]!.push(...rows);
    Object.assign(assets, result.assets);
  }
  const labels = config.phantom === null || context.data === 'real' ? [] : observerRows(data.internal, seed);
  const device = await resolveDevice();
  const columns = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap(Object.keys))];
  return {
    tables: {
      samples: { columns: HYPERTROPHY_COLUMNS, rows: tables.samples! },
      training: { columns: columns(tables.training!), rows: tables.training! },
      models: { columns: columns(tables.models!), rows: tables.models! },
      shown: { columns: columns(tables.shown!), rows: tables.shown! },
      observers: { columns: OBSERVER_COLUMNS, rows: labels },
      bodies: {
        columns: ['sex', 'heightCentimetres', 'weightKilograms'],
        rows: Object.entries(config.bodies).map(([sex, body]) => ({ sex, ...body })),
      },
    },
    assets,
    manifests: data.manifests,
    engine: { device, compiled: !isEager(device) },
  };
}

async function runArm(
  arm: LandmarkArm,
  config: HypertrophyConfig,
  data: HypertrophyData,
  seed: number,
  context: RunContext,
): Promise<Look> {
  // the scale decides the size of the encoders; small ones may look at real frames too
  const model = landmarkModel(arm, config.phantom === null ? 'real' : 'phantom', seed);
  const evaluator = await landmarkEvaluator(arm.name, model, shapeOf(arm, model));
  try {
    return await trainAndTest(arm, model, { read: squareReader(arm.imageSize), evaluator }, config, data, context);
  } finally {
    await evaluator.dispose();
  }
}

async function trainAndTest(
  arm: LandmarkArm,
  model: LandmarkModel,
  tools: LandmarkTools,
  config: HypertrophyConfig,
  data: HypertrophyData,
  context: RunContext,
): Promise<Look> {
  const seed = config.seeds[0] ?? 0;
  const sets = { train: labelled(data.train, config, seed), validation: labelled(data.validation, config, seed) };
  const trained = await trainLandmarks(arm, model, config, sets, tools, context);
  const samples: Row[] = [];
  const shown: Row[] = [];
  const assets: Record<string, Uint8Array> = {};
  for (const frames of [data.internal, data.external]) {
    if (frames.length === 0) continue;
    const predictions = await predictLandmarks(trained.params, frames, tools);
    samples.push(...predictions.flatMap((prediction) => measurementRows(prediction, arm.name, seed)));
    if (arm.name !== PRIMARY_TEST.better) continue;
    const look = await shownFrames(predictions, frames[0]!.set, config.shownFrames);
    shown.push(...look.tables.shown!);
    Object.assign(assets, look.assets);
  }
  return {
    tables: {
      samples,
      shown,
      training: trained.rows.map((row) => ({ model: arm.name, ...row })),
      models: [
        {
          model: arm.name,
          source: model.source,
          imageSize: arm.imageSize,
          sigma: arm.sigma,
          bestEpoch: trained.bestEpoch,
          trainedShare: Number(trained.trainedShare.toFixed(4)),
        },
      ],
    },
    assets,
  };
}

/** Frames with the landmarks to train on: as given, or as one simulated observer would have put them. */
function labelled(frames: readonly LandmarkFrame[], config: HypertrophyConfig, seed: number): LabelledFrame[] {
  return frames.map((frame) => ({
    frame,
    points: landmarksOfFrame(
      config.trainingLabels === 'given' ? frame : observedFrame(frame, stream(seed, `observer/0/${frame.sample}`)),
    ),
  }));
}
