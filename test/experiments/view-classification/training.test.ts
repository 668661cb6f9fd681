import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../../lib/core/errors.js';
import { silentProgress } from '../../../lib/core/progress.js';
import type { RunContext } from '../../../lib/experiments/experiment.js';
import { encodeClassifier, openClassifier } from '../../../lib/experiments/view-classification/classifier-file.js';
import { compileClassifier } from '../../../lib/experiments/view-classification/classify-frames.js';
import { judgeClip } from '../../../lib/experiments/view-classification/judge-clip.js';
import { labelled } from '../../../lib/experiments/view-classification/label-efficiency.js';
import { lookAtMistakes } from '../../../lib/experiments/view-classification/look-at-mistakes.js';
import { sequenceNovelty, summariseNovelty } from '../../../lib/experiments/view-classification/novelty-summary.js';
import { SequenceFrames, squareOf } from '../../../lib/experiments/view-classification/sequence-frames.js';
import {
  type TrainedClassifier,
  trainClassifier,
} from '../../../lib/experiments/view-classification/train-classifier.js';
import { type ModelPlan, VIEW_CONFIGS } from '../../../lib/experiments/view-classification/view-config.js';
import type { ViewData } from '../../../lib/experiments/view-classification/view-data.js';
import { voteOn, voteRows } from '../../../lib/experiments/view-classification/vote-rows.js';
import { TOY_VIEWS, toySequences } from './toy-views.js';

const data: ViewData = {
  classes: TOY_VIEWS,
  train: toySequences(6, 'train'),
  validation: toySequences(5, 'validation'),
  test: toySequences(3, 'test'),
  unseen: [],
  manifests: {},
};
const config = { ...VIEW_CONFIGS.smoke, seeds: [3] };
const plan: ModelPlan = {
  name: 'EchoApex-S',
  encoder: 'small',
  start: 'random',
  adaptation: 'fine-tuned',
  imageSize: 32,
  batchSize: 8,
  training: { epochs: 12, optimizer: 'adamw', learningRate: 2e-3, weightDecay: 0.01, schedule: 'cosine' },
};
const frames = new SequenceFrames(32, 64);

let folder: string;
let context: RunContext;
let fine: TrainedClassifier;
let adapted: TrainedClassifier;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-views-'));
  context = {
    scale: 'smoke',
    data: 'phantom',
    progress: silentProgress,
    workFolder: folder,
    stage: async (_name, work) => work(),
    note: () => {},
    say: () => {},
  };
  fine = await trainClassifier(plan, config, data, frames, context);
  const adapters = {
    ...plan,
    name: 'EchoApex-AdaS',
    adaptation: 'adapters',
    adapters: { hiddenWidth: 48, blocks: 1 },
  } as const;
  adapted = await trainClassifier(
    { ...adapters, training: { ...plan.training, epochs: 1 } },
    config,
    data,
    frames,
    context,
  );
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('training a view classifier', () => {
  it('learns to tell quarters apart and keeps the epoch of least validation loss', async () => {
    const losses = fine.rows.map(({ validationLoss }) => validationLoss);
    expect(fine.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(Math.min(...losses)).toBeLessThan(Math.log(4) / 2); // ln 4: knowing nothing of four views
    const voted = await voteOn(fine.classifier, data.test, frames);
    const rows = voteRows(voted, TOY_VIEWS, { model: 'EchoApex-S', seed: 3, split: 'test' });
    expect(rows.filter(({ label, prediction }) => label === prediction).length).toBeGreaterThanOrEqual(11);
    expect(rows[0]).toMatchObject({ patient: 'test-0', set: 'views', origin: 'phantom', split: 'test' });
    expect(Number(rows[0]!.score)).toBeGreaterThan(0.25);
  });

  it('with adapters changes adapters and classifier only, 4.2 % of the numbers', () => {
    const before = Object.entries(fine.classifier.params).filter(([key]) => key.startsWith('encoder.blocks.0.'));
    expect(before.length).toBeGreaterThan(0);
    // (4 * 96 * 48 + 2 * (96 + 48) numbers of two adapters + 97 * 4 of the classifier) over all of them, hand-counted
    const trained = 4 * 96 * 48 + 2 * (96 + 48) + 97 * 4;
    expect(adapted.trainedShare).toBeCloseTo(trained / adapted.parameters, 12);
    expect(adapted.trainedShare).toBeLessThan(0.05);
    expect(fine.trainedShare).toBe(1);
  });

  it('survives as a file, and a sequence like those seen is judged right and not novel', async () => {
    const novelty = await summariseNovelty(fine.classifier, data.train, data.validation, frames, 3);
    expect(novelty.features.count).toBe(24); // 6 patients, 4 views, one frame each
    expect([...novelty.distances]).toEqual([...novelty.distances].sort((a, b) => a - b));
    const path = join(folder, 'classifier.safetensors');
    const usable = { classifier: fine.classifier, novelty, origin: 'phantom', model: 'EchoApex-S' } as const;
    writeFileSync(path, encodeClassifier(usable));
    const read = openClassifier(path);
    expect(read.classifier).toEqual({ ...fine.classifier, params: expect.anything() });
    expect(Object.keys(read.classifier.params).sort()).toEqual(Object.keys(fine.classifier.params).sort());
    expect(read.novelty.distances.length).toBe(20);
    const compiled = await compileClassifier(read.classifier);
    try {
      const open = await data.test[1]!.open();
      const frame = await open.readFrame(0);
      const judged = await judgeClip(compiled, read, { ...frame, frameCount: 1, framesPerSecond: null });
      expect(judged.view).toBe('A4C');
      expect(judged.frames).toHaveLength(1);
      expect(judged.noveltyP).toBeGreaterThan(0);
      const { embeddings } = await compiled.judge([squareOf(frame, 32)]);
      expect((await sequenceNovelty(read.novelty, embeddings)).p).toBeGreaterThan(0.05);
    } finally {
      await compiled.dispose();
    }
  });

  it('refuses weights that are no classifier', () => {
    const path = join(folder, 'other.safetensors');
    writeFileSync(path, encodeClassifier({ ...usableStub(), classifier: { ...fine.classifier, classes: ['A4C'] } }));
    expect(() => openClassifier(path)).toThrow(FormatError);
  });

  it('shows the most confident mistake of each view with an attention map', async () => {
    const voted = await voteOn(fine.classifier, data.test, frames);
    const mislabelled = voted.map((one, n) =>
      n === 0 ? { ...one, sequence: { ...one.sequence, label: 'SC:IVC' as const } } : one,
    );
    const { tables, assets } = await lookAtMistakes(fine.classifier, mislabelled, frames);
    const row = tables.mistakes!.find(({ sample }) => sample === voted[0]!.sequence.id)!;
    expect(row).toMatchObject({ label: 'SC:IVC', rows: 4, columns: 4 });
    const map = String(row.attention).split(' ').map(Number);
    expect(map).toHaveLength(16);
    const sum = map.reduce((total, value) => total + value, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(1.01); // the rest of CLS's attention is on itself
    expect(assets['mistakes.png']!.length).toBeGreaterThan(100);
  });

  function usableStub(): Parameters<typeof encodeClassifier>[0] {
    const features = { count: 1, width: 96, data: new Float32Array(96) };
    return {
      classifier: fine.classifier,
      novelty: { features, k: 1, distances: new Float64Array(1) },
      origin: 'phantom',
      model: 'x',
    };
  }
});

describe('label subsets', () => {
  it('hold whole patients and lie within one another', () => {
    const train = toySequences(20, 'subsets', 8, 1);
    const sets = [1, 10, 50, 100].map((percent) => labelled(train, percent, 1));
    expect(sets.map((set) => set.length)).toEqual([4, 8, 40, 80]); // 1, 2, 10 and 20 of 20 patients with four views
    for (const [n, set] of sets.entries()) {
      if (n > 0) expect(sets[n - 1]!.every((index) => set.includes(index))).toBe(true);
      const patients = new Set(set.map((index) => train[index]!.patient));
      expect(set.length).toBe(4 * patients.size);
    }
    expect(labelled(train, 10, 1)).not.toEqual(labelled(train, 10, 2));
  });
});
