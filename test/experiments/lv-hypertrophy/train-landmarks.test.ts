import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import { stream } from '../../../lib/core/random.js';
import type { RunContext } from '../../../lib/experiments/experiment.js';
import {
  type EncoderArm,
  HYPERTROPHY_CONFIGS,
  type HypertrophyConfig,
} from '../../../lib/experiments/lv-hypertrophy/hypertrophy-config.js';
import { landmarkEvaluator } from '../../../lib/experiments/lv-hypertrophy/landmark-evaluator.js';
import { type LandmarkFrame, landmarksOfFrame } from '../../../lib/experiments/lv-hypertrophy/landmark-frames.js';
import { landmarkModel } from '../../../lib/experiments/lv-hypertrophy/landmark-model.js';
import { observedFrame } from '../../../lib/experiments/lv-hypertrophy/observers.js';
import { measurementRows, predictLandmarks } from '../../../lib/experiments/lv-hypertrophy/predict-landmarks.js';
import { squareReader } from '../../../lib/experiments/lv-hypertrophy/square-picture.js';
import { shapeOf, trainLandmarks } from '../../../lib/experiments/lv-hypertrophy/train-landmarks.js';

/** A frame of two bright bars, septum and posterior wall, at right angles to a vertical line. */
function bars(patient: number): LandmarkFrame {
  const random = stream(patient, 'bars');
  const x = 16 + random.between(-3, 3);
  const [a, b, c, d] = [6, 11, 21, 26].map((y) => y + random.between(-1, 1)) as [number, number, number, number];
  const data = Uint8Array.from({ length: 32 * 32 }, (_, i) => {
    const y = Math.floor(i / 32);
    const inBar = (y >= a && y <= b) || (y >= c && y <= d);
    return inBar && Math.abs((i % 32) - x) < 8 ? 220 : 20;
  });
  const caliper = (from: number, to: number) => ({
    ends: [
      { x, y: from },
      { x, y: to },
    ] as const,
    length: 2 * (to - from),
  });
  return {
    sample: `${patient}#0`,
    patient: String(patient),
    set: 'EchoNet-LVH',
    phase: 'diastole',
    calipers: { ivs: caliper(a, b), lvid: caliper(b, c), lvpw: patient === 1 ? null : caliper(c, d) },
    millimetresPerPixel: 2,
    read: async () => ({ width: 32, height: 32, data }),
  };
}

const ARM: EncoderArm = {
  ...(HYPERTROPHY_CONFIGS.smoke.arms.find(({ name }) => name === 'EchoApex-S') as EncoderArm),
  start: 'random',
  imageSize: 32,
  sigma: 2,
  batchSize: 4,
  recipe: { epochs: 2, optimizer: 'adamw', learningRate: 2e-3, weightDecay: 0, schedule: 'constant' },
};
const CONFIG: HypertrophyConfig = { ...HYPERTROPHY_CONFIGS.smoke, arms: [ARM], disturb: null, passesPerEpoch: 40 };

describe('training and testing a landmark model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landmarks-'));
  const frames = [1, 2, 3, 4].map(bars);
  const labelled = frames.map((frame) => ({ frame, points: landmarksOfFrame(frame) }));
  const model = landmarkModel(ARM, 'phantom', 1);
  const context = {
    workFolder: folder,
    progress: silentProgress,
    say: () => {},
    note: () => {},
  } as unknown as RunContext;
  const read = squareReader(32);
  let evaluator: Awaited<ReturnType<typeof landmarkEvaluator>>;

  beforeAll(async () => {
    evaluator = await landmarkEvaluator('test', model, shapeOf(ARM, model));
  });
  afterAll(async () => {
    await evaluator.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has no measurement before training: no heatmap exceeds the threshold', async () => {
    const [prediction] = await predictLandmarks(model.params, frames, { read, evaluator });
    expect(prediction!.points).toEqual([null, null, null, null]);
    for (const row of measurementRows(prediction!, 'untrained', 1)) {
      expect(row).toMatchObject({ prediction: null, landmarkError: null });
    }
  });

  it('finds the landmarks of what it was trained on', async () => {
    const sets = { train: labelled, validation: labelled };
    const trained = await trainLandmarks(ARM, model, CONFIG, sets, { read, evaluator }, context);
    expect(trained.rows.at(-1)!.validationLoss).toBeLessThan(trained.rows[0]!.loss);
    const predictions = await predictLandmarks(trained.params, frames, { read, evaluator });
    const rows = predictions.flatMap((prediction) => measurementRows(prediction, 'trained', 1));
    expect(rows).toHaveLength(11); // one posterior wall is not annotated
    const found = rows.filter(({ landmarkError }) => landmarkError !== null);
    expect(found.length).toBeGreaterThan(7);
    for (const { landmarkError } of found) expect(Number(landmarkError)).toBeLessThan(6); // mm, three pixels
    const { attention } = predictions[0]!;
    expect(attention).toMatchObject({ rows: 4, columns: 4 });
    // 17 tokens ask, each gives 1; the CLS token receives the rest
    expect(attention!.values.reduce((a, b) => a + b)).toBeLessThan(1);
  });
});

describe('adapters', () => {
  it('move with the decoder in training; every other number of the encoder stays, bit for bit', async () => {
    const arm: EncoderArm = { ...ARM, tuning: 'adapters', recipe: { ...ARM.recipe, epochs: 1 } };
    const model = landmarkModel(arm, 'phantom', 1);
    const folder = mkdtempSync(join(tmpdir(), 'landmarks-adapters-'));
    const context = { workFolder: folder, progress: silentProgress, say: () => {}, note: () => {} };
    const evaluator = await landmarkEvaluator('test', model, shapeOf(arm, model));
    try {
      const labelled = [1, 2, 3, 4].map(bars).map((frame) => ({ frame, points: landmarksOfFrame(frame) }));
      const { params } = await trainLandmarks(
        arm,
        model,
        { ...CONFIG, arms: [arm], passesPerEpoch: 2 },
        { train: labelled, validation: labelled },
        { read: squareReader(32), evaluator },
        context as unknown as RunContext,
      );
      const moved = Object.keys(model.params).filter(
        (key) => !Buffer.from(params[key]!.data.buffer).equals(Buffer.from(model.params[key]!.data.buffer)),
      );
      expect(moved.filter((key) => !key.startsWith('decoder.') && !/adapter[12]\./.test(key))).toEqual([]);
      expect(moved.some((key) => key.startsWith('decoder.'))).toBe(true);
      expect(moved.some((key) => /adapter1\./.test(key))).toBe(true);
      expect(moved.some((key) => /adapter2\./.test(key))).toBe(true);
    } finally {
      await evaluator.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('and the decoder are what the rule trains', () => {
    const adapted = landmarkModel({ ...ARM, tuning: 'adapters' }, 'phantom', 1);
    const trained = Object.entries(adapted.params)
      .filter(([key, { shape }]) => adapted.rule(key, shape) !== 'frozen')
      .map(([key]) => key);
    expect(trained.every((key) => key.startsWith('decoder.') || /adapter[12]\./.test(key))).toBe(true);
    expect(trained.some((key) => /adapter[12]\./.test(key))).toBe(true);
    expect(Object.keys(adapted.params)).toContain('encoder.blocks.0.attn.qkv.weight');
  });
});

describe('observedFrame', () => {
  it('moves the ends and scales the length with them', () => {
    const frame = bars(2);
    const seen = observedFrame(frame, stream(5, 'observer'));
    const { ends, length } = seen.calipers.ivs!;
    expect(length).not.toBe(frame.calipers.ivs!.length);
    expect(length).toBeCloseTo(2 * (ends[1].y - ends[0].y), 10);
    expect(frame.calipers.ivs!.length).toBeCloseTo(
      2 * (frame.calipers.ivs!.ends[1].y - frame.calipers.ivs!.ends[0].y),
      12,
    );
  });
});
