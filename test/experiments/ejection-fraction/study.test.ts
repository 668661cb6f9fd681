import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import { stream } from '../../../lib/core/random.js';
import { openDataset } from '../../../lib/datasets/open-dataset.js';
import { clipFigure } from '../../../lib/experiments/ejection-fraction/clip-page.js';
import { echonetPredictions } from '../../../lib/experiments/ejection-fraction/echonet-reference.js';
import { EF_CONFIGS, type EfConfig } from '../../../lib/experiments/ejection-fraction/ef-config.js';
import { efClips } from '../../../lib/experiments/ejection-fraction/ef-data.js';
import { efFigures } from '../../../lib/experiments/ejection-fraction/ef-figures.js';
import { efMetrics } from '../../../lib/experiments/ejection-fraction/ef-metrics.js';
import { readEfModel } from '../../../lib/experiments/ejection-fraction/ef-model.js';
import { EfMeter } from '../../../lib/experiments/ejection-fraction/measure-clip.js';
import { studyClips } from '../../../lib/experiments/ejection-fraction/run-ejection-fraction.js';
import { channelsOf, initialSegmenter, segmenterShapes } from '../../../lib/experiments/ejection-fraction/segmenter.js';
import { startingEncoder } from '../../../lib/experiments/encoders/starting-encoder.js';
import type { ExperimentOutput, RunContext } from '../../../lib/experiments/experiment.js';
import { tinyLandmarkDecoder } from '../../../lib/models/landmark-decoder.js';
import { expectParams } from '../../../lib/models/parameters.js';
import { R2PLUS1D_TINY, r2plus1dParams } from '../../../lib/models/r2plus1d.js';
import { PHANTOM_SMOKE } from '../../../lib/phantom/data-config.js';
import { makePhantomData } from '../../../lib/phantom/make-phantom-data.js';
import { asText } from '../../../lib/records/write-record.js';
import { toyClip, toyClips } from './toy-clips.js';

const CONFIG: EfConfig = {
  ...EF_CONFIGS.smoke,
  imageSize: 32,
  segmenter: {
    ...EF_CONFIGS.smoke.segmenter,
    imageSize: 48,
    batchSize: 6,
    training: { ...EF_CONFIGS.smoke.segmenter.training, epochs: 8 },
  },
  sequence: {
    ...EF_CONFIGS.smoke.sequence,
    batchSize: 6,
    training: { ...EF_CONFIGS.smoke.sequence.training, epochs: 3 },
  },
};

let folder: string;
let output: ExperimentOutput;
const notes: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-ef-'));
  const context: RunContext = {
    scale: 'smoke',
    data: 'phantom',
    progress: silentProgress,
    workFolder: join(folder, 'work'),
    stage: async (_name, work) => work(),
    note: (text) => notes.push(text),
    say: () => undefined,
  };
  const encoders = CONFIG.arms.map((_, seed) => startingEncoder('random', 'small', 'phantom', seed));
  output = await studyClips({ clips: toyClips(), manifests: {} }, encoders, CONFIG, context);
  for (const [name, bytes] of Object.entries(output.assets)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the study on toy clips', () => {
  it('has a row of each arm for each test clip', () => {
    const rows = output.tables.samples!.rows;
    const arms = [...new Set(rows.map(({ arm }) => arm))];
    expect(arms).toEqual(['EchoApex-ST', 'Generic-ST', 'Random-ST', 'Geometric', 'Training mean']);
    for (const arm of ['EchoApex-ST', 'Training mean']) expect(rows.filter((row) => row.arm === arm)).toHaveLength(14);
    expect(notes.join()).toContain('EchoNet R(2+1)D is left out');
  });

  it('learns to outline an ellipse well enough to find its beat and its ejection fraction', () => {
    const metrics = efMetrics(asText(output.tables)) as unknown as {
      stageOne: Record<string, Record<string, number>>;
      'EchoNet-Dynamic': Record<string, { mae: number }>;
    };
    const { diceED, diceES, framesOffED, framesOffES, maeSimpson } = metrics.stageOne['EchoNet-Dynamic']!;
    expect(Math.min(diceED!, diceES!)).toBeGreaterThan(0.85);
    expect(Math.max(framesOffED!, framesOffES!)).toBeLessThanOrEqual(1);
    expect(maeSimpson).toBeLessThan(10);
    expect(metrics['EchoNet-Dynamic'].Geometric!.mae).toBe(maeSimpson);
  });

  it('gives the same rows again from its tables, and figures', async () => {
    const tables = asText(output.tables);
    expect(efMetrics(tables)).toEqual(efMetrics(tables));
    const figures = await efFigures(tables, output.assets, 'phantom');
    expect(figures.map(({ meta }) => meta.name)).toEqual(expect.arrayContaining(['beat-to-beat', 'real-clip']));
    expect(figures.find(({ meta }) => meta.name === 'real-clip')!.meta.dataOrigin).toBe('real');
  });

  it('leaves a model that measures a clip, with an interval, beats, curve and reasons', async () => {
    const model = readEfModel(join(folder, 'model'));
    expect(model.origin).toBe('phantom');
    expect(model.calibration.patients).toBe(4);
    const meter = await EfMeter.open(model);
    try {
      const toy = toyClip(0, 'test');
      const { clip } = await toy.readClip();
      const measured = await meter.measure(clip, null);
      const row = output.tables.samples!.rows.find((each) => each.sample === toy.id && each.arm === 'EchoApex-ST')!;
      expect(measured.ejectionFractionPercent).toBeCloseTo(Number(row.prediction), 2);
      expect(measured.interval.low).toBeLessThanOrEqual(measured.ejectionFractionPercent);
      expect(measured.beats.length).toBeGreaterThan(0);
      expect(measured.beats[0]!.frames).toHaveLength(8);
      expect(measured.volumes).toHaveLength(clip.frameCount);
      expect(measured.volumeUnit).toBe('relative');
      const codes = measured.reasons.map(({ code }) => code);
      expect(codes[0]).toBe('phantom-model');
      expect(codes).toContain('frame-rate-low');
      const figure = clipFigure(measured, 'A toy', 'none');
      expect(figure.layout.sliders).toHaveLength(1);
    } finally {
      await meter.dispose();
    }
  });

  it('says what is missing where there is no model', () => {
    expect(() => readEfModel(join(folder, 'nowhere'))).toThrow('reproduce -- --notebook 05');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'model.json'), '{"format":"x"}');
    expect(() => readEfModel(join(folder, 'other'))).toThrow('echolab-ef-1');
  });
});

describe('efClips', () => {
  it('reads the official layouts, phantom truth and outlines included', async () => {
    const root = join(folder, 'data');
    const counts = { train: 1, val: 1, test: 1 };
    const config = {
      ...PHANTOM_SMOKE,
      echonetDynamic: { patients: counts, size: 64, frames: 8 },
      camus: { patients: { train: 1, val: 0, test: 0 }, size: 64, frames: 3 },
    };
    await makePhantomData(root, config, silentProgress, { sets: ['echonet-dynamic', 'camus'] });
    const dynamic = openDataset('phantom-echonet-dynamic', join(root, 'echonet-dynamic'));
    const camus = openDataset('phantom-camus', join(root, 'camus'));
    if (dynamic.layout !== 'echonet-dynamic' || camus.layout !== 'camus') throw new Error('wrong layout');
    const clips = efClips(dynamic, camus);
    expect(clips.map(({ set, view, split }) => `${set} ${view} ${split}`)).toEqual([
      'EchoNet-Dynamic A4C train',
      'EchoNet-Dynamic A4C validation',
      'EchoNet-Dynamic A4C test',
      'CAMUS A4C test',
      'CAMUS A2C test',
    ]);
    for (const clip of clips) {
      const [diastole, systole] = await Promise.all(clip.outlined.map(({ readMask }) => readMask(32)));
      const area = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);
      expect(area(diastole!)).toBeGreaterThan(area(systole!));
      expect(area(systole!)).toBeGreaterThan(0);
    }
    expect((await clips[0]!.readClip()).spacing.xMillimetres).toBe(1);
    expect((await clips[3]!.readClip()).spacing.xMillimetres).not.toBe(1);
  }, 60_000);
});

describe('the segmenter on an encoder', () => {
  it('has the parameters of both, the encoder as it was', () => {
    const encoder = startingEncoder('random', 'small', 'phantom', 1);
    const network = {
      kind: 'encoder',
      encoder: encoder.config,
      decoder: { ...tinyLandmarkDecoder(96, 4, 3), landmarks: 1 },
    } as const;
    const params = initialSegmenter(network, encoder.params, stream(1, 's'));
    expectParams('segmenter', segmenterShapes(network), params);
    expect(channelsOf(network)).toBe(1);
    expect(params['encoder.norm.weight']!.data).toEqual(encoder.params['norm.weight']!.data);
    expect(params['decoder.out.bias']!.data[0]).toBeCloseTo(Math.log(1 / 9), 6);
  });
});

describe("EchoNet's own network", () => {
  it('gives its bias for clips that it has no weights for, one value a clip', async () => {
    const params = r2plus1dParams(R2PLUS1D_TINY, stream(1, 'reference'), 55.6);
    params['fc.weight']!.data.fill(0);
    const values = await echonetPredictions(
      params,
      [toyClip(0, 'test')],
      { mean: 100, deviation: 50 },
      2,
      R2PLUS1D_TINY,
    );
    expect(values).toHaveLength(1);
    expect(values[0]).toBeCloseTo(55.6, 4);
  }, 60_000);
});
