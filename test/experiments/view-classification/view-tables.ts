import type { CsvRow } from '../../../lib/core/csv.js';
import { stream } from '../../../lib/core/random.js';
import { STUDY_MODELS } from '../../../lib/experiments/view-classification/view-config.js';
import { VIEW_ORDER } from '../../../lib/experiments/view-classification/view-data.js';
import type { TextTables } from '../../../lib/records/record.js';

/** Chance that a made-up model names a sequence rightly. */
export const RIGHT: Readonly<Record<string, number>> = {
  'ResNet50-IN': 0.55,
  'EchoApex-AdaS': 0.75,
  'EchoApex-S': 0.8,
  'EchoApex-AdaB': 0.8,
  'EchoApex-B': 0.85,
  'Generic-S': 0.7,
  'EchoApex-S probe': 0.6,
};

/** Rows of a model that is right with a given chance and else takes the next view; `patients` patients with five views each. */
export function sampleRows(model: string, right: number, patients = 48): CsvRow[] {
  const random = stream(11, model);
  return Array.from({ length: patients * 5 }, (_, i) => {
    const label = (i * 7) % VIEW_ORDER.length;
    const hit = random.chance(right);
    return {
      sample: `clip-${i}`,
      patient: `p${Math.floor(i / 5)}`,
      split: 'test',
      label: VIEW_ORDER[label]!,
      prediction: VIEW_ORDER[hit ? label : (label + 1) % VIEW_ORDER.length]!,
      score: String(hit ? 0.6 + 0.4 * random.uniform() : 0.3 + 0.6 * random.uniform()),
      seed: '1',
      model,
      set: 'views',
      origin: 'phantom',
      votes: 'A4C 5',
      agreement: '1',
      decidedBy: 'votes',
    };
  });
}

/** Tables of a made-up record with 18 views. */
export function viewTables(): TextTables {
  const samples = STUDY_MODELS.flatMap((model) => sampleRows(model, RIGHT[model]!));
  const unseen = STUDY_MODELS.flatMap((model) =>
    sampleRows(model, RIGHT[model]! - 0.2, 12).flatMap((row) => [
      {
        ...row,
        label: 'A4C',
        split: 'unseen',
        set: 'echonet-dynamic',
        prediction: Number(row.score) > 0.7 ? 'A4C' : 'A5C',
      },
      ...(/^A[24]C$/.test(row.label!) ? [{ ...row, split: 'unseen', set: 'camus' }] : []),
    ]),
  );
  const random = stream(3, 'efficiency');
  const truth = samples.filter(({ model }) => model === 'EchoApex-S');
  const efficiency = ['echo', 'generic', 'random'].flatMap((start, s) =>
    [1, 5, 10, 50, 100].flatMap((percent, p) =>
      [1, 2, 3].flatMap((seed) =>
        truth.map(({ sample, label }) => ({
          start,
          percent: String(percent),
          seed: String(seed),
          patients: String(Math.max(1, Math.round(1.2 * percent))),
          sequences: String(6 * percent),
          sample: sample!,
          prediction: random.chance(0.15 + 0.15 * p - 0.08 * s * (p > 0 ? 1 : 0)) ? label! : 'SC:4C',
        })),
      ),
    ),
  );
  const training = STUDY_MODELS.slice(0, 6).flatMap((model, m) =>
    Array.from({ length: 8 }, (_, e) => ({
      model,
      epoch: String(e + 1),
      loss: String(3 / (1 + 0.3 * e + 0.05 * m)),
      validationLoss: String(3 / (1 + 0.2 * e + 0.05 * m)),
    })),
  );
  const mistakes = VIEW_ORDER.slice(0, 7).map((label, n) => ({
    sample: `clip-${n}`,
    patient: `p${n}`,
    label,
    prediction: VIEW_ORDER[n + 1]!,
    score: '0.91',
    votes: '5 of 5',
    frame: '2',
    rows: '8',
    columns: '8',
    attention: Array.from({ length: 64 }, () => random.uniform().toPrecision(3)).join(' '),
  }));
  return {
    samples: [...samples, ...unseen],
    efficiency,
    training,
    mistakes,
    models: STUDY_MODELS.map((model) => ({
      model,
      start: 'echo',
      source: 'encoder-echo-small.safetensors 0123456789ab',
      trained: model.includes('Ada') ? 'adapters' : 'fine-tuned',
      parameters: '461000',
      trainedShare: model.includes('Ada') ? '0.042' : '1',
      bestEpoch: '7',
      epochs: '8',
    })),
    realClip: [
      {
        sample: 'a4c-cine.dcm',
        label: 'A4C',
        prediction: 'A3C',
        score: '0.41',
        votes: 'A3C 3, A4C 2',
        frames: '0 A3C 0.50; 15 A4C 0.61',
        noveltyP: '0.008',
        reasons: 'the frames disagree: 3 of 5 say A3C',
      },
    ],
    realCamus: [],
    counts: VIEW_ORDER.map((view) => ({ view, train: '30', validation: '6', test: '13' })),
  };
}
