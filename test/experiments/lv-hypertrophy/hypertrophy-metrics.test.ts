import { describe, expect, it } from 'vitest';
import type { CsvRow } from '../../../lib/core/csv.js';
import { compareValues, frameErrors } from '../../../lib/experiments/lv-hypertrophy/compare-models.js';
import { hypertrophyMetrics, observerErrors } from '../../../lib/experiments/lv-hypertrophy/hypertrophy-metrics.js';
import { measuredCases } from '../../../lib/experiments/lv-hypertrophy/measured-cases.js';
import { massCases, severityPairs } from '../../../lib/experiments/lv-hypertrophy/severity-agreement.js';

interface Length {
  readonly truth: number;
  readonly predicted?: number;
  readonly error?: number;
}

/** Rows of one diastolic frame, in the order IVS, LVID, LVPW. */
function frame(model: string, patient: string, lengths: readonly Length[], set = 'EchoNet-LVH'): CsvRow[] {
  return lengths.map(({ truth, predicted, error }, index) => ({
    sample: `${patient}#0`,
    patient,
    split: 'test',
    label: String(truth),
    prediction: predicted === undefined ? '' : String(predicted),
    score: '0.9',
    seed: '1',
    model,
    set,
    phase: set === 'Unity' ? '' : 'diastole',
    measurement: ['ivs', 'lvid', 'lvpw'][index]!,
    landmarkError: error === undefined ? '' : String(error),
    unit: set === 'Unity' ? 'px' : 'mm',
  }));
}

const BODIES: CsvRow[] = [
  { sex: 'female', heightCentimetres: '161.3', weightKilograms: '77.5' },
  { sex: 'male', heightCentimetres: '175.3', weightKilograms: '90.6' },
];

const SAMPLES = [
  ...frame('DeepLabV3', 'a', [
    { truth: 10, predicted: 14, error: 6 },
    { truth: 50, predicted: 44, error: 5 },
    { truth: 10, predicted: 13, error: 4 },
  ]),
  ...frame('DeepLabV3', 'b', [{ truth: 12 }, { truth: 40, predicted: 41, error: 3 }, { truth: 12 }]),
  ...frame('EchoApex-S', 'a', [
    { truth: 10, predicted: 11, error: 2 },
    { truth: 50, predicted: 48, error: 3 },
    { truth: 10, predicted: 10, error: 1 },
  ]),
  ...frame('EchoApex-S', 'b', [
    { truth: 12, predicted: 15, error: 4 },
    { truth: 40, predicted: 40, error: 2 },
    { truth: 12, predicted: 13, error: 2 },
  ]),
];

type Nested = { readonly [name: string]: Nested } & number;

describe('hypertrophyMetrics', () => {
  const metrics = hypertrophyMetrics({ samples: SAMPLES, bodies: BODIES, observers: [] }) as unknown as Nested;

  it('averages over measured frames and counts the others, never as 0', () => {
    const ivs = metrics.errors!.DeepLabV3!['EchoNet-LVH']!.ivs!;
    expect(ivs).toMatchObject({ n: 2, withoutMeasurement: 1, mae: 4, landmarkError: 6 });
    const better = metrics.errors!['EchoApex-S']!['EchoNet-LVH']!.ivs!;
    expect(better.mae).toBe(2); // (1 + 3) / 2
    expect(better.bias).toBe(2);
    expect(better.deviation).toBeCloseTo(Math.SQRT2, 12);
    expect(better.biasShareOfSquaredError).toBeCloseTo(4 / 5, 12); // mean square (1 + 9) / 2
  });

  it('has no number where nothing was measured', () => {
    expect(metrics.errors!.DeepLabV3!.Unity!.ivs).toMatchObject({ n: 0, mae: null, bias: null });
  });

  it('pairs only frames with every measurement in both models', () => {
    expect(metrics.primaryTest).toMatchObject({
      frames: 1,
      framesLeftOut: 1,
      meanBetter: 2, // (2 + 3 + 1) / 3
      meanWorse: 5, // (6 + 5 + 4) / 3
      gain: 3,
      patientP: 0.5, // one patient: of two swaps one is as extreme
      publishedP: null,
    });
  });

  it('grades mass by the labels and by the model', () => {
    const cases = measuredCases(SAMPLES);
    const masses = massCases(cases, 'EchoApex-S');
    expect(masses[0]!.truthGrams).toBeCloseTo(181.976, 3); // 10, 50, 10 mm: the example of leftVentricularMassGrams
    const { truth, predicted } = severityPairs(masses, 'female', 1.8);
    expect(truth[0]).toBe('mild'); // 101.1 g/m2 lies between 95 and 108
    // 11, 48, 10 mm: 0.8 x 1.04 (6.9^3 - 4.8^3) + 0.6 = 181.9 g, 101.1 g/m2
    expect(predicted[0]).toBe('mild');
    expect(metrics.severity!.DeepLabV3).toMatchObject({ frames: 2, withoutMeasurement: 1 });
  });

  it('does not change with the order of the rows', () => {
    const turned = hypertrophyMetrics({
      samples: [...SAMPLES].reverse(),
      bodies: BODIES,
      observers: [],
    }) as unknown as Nested;
    expect(turned.errors!['EchoApex-S']!['EchoNet-LVH']!.lvid).toEqual(
      metrics.errors!['EchoApex-S']!['EchoNet-LVH']!.lvid,
    );
  });
});

describe('frameErrors and compareValues', () => {
  it('treats a patient, not a frame, as the unit', () => {
    const better = [1, 1, 1, 1, 2, 2];
    const worse = [2, 2.1, 2.2, 2, 2.5, 2.6];
    const byFrame = compareValues(better, worse, ['a', 'b', 'c', 'd', 'e', 'f'], 'frames');
    const byPatient = compareValues(better, worse, ['a', 'a', 'a', 'a', 'b', 'b'], 'patients');
    expect(byFrame.patientP).toBe(1 / 64); // all six differences are positive: one of 2^6 swaps
    expect(byPatient.patientP).toBe(1 / 4);
    expect(byPatient.publishedP).toBe(byFrame.publishedP);
  });

  it('says that nothing was paired', () => {
    expect(compareValues([], [], [], 'none')).toMatchObject({ gain: null, patientP: null, frames: 0 });
    const cases = measuredCases(frame('EchoApex-S', 'a', [{ truth: 1 }, { truth: 1 }, { truth: 1 }]));
    expect(frameErrors(cases, { better: 'EchoApex-S', worse: 'DeepLabV3' }, 'EchoNet-LVH').left).toBe(1);
  });
});

describe('observerErrors', () => {
  it('compares the model with the exact length and with an observer', () => {
    const rows: CsvRow[] = [{ sample: 'a#0', measurement: 'ivs', truth: '10', first: '12', second: '9' }];
    const model = measuredCases(frame('EchoApex-S', 'a', [{ truth: 10, predicted: 11, error: 1 }]));
    expect(observerErrors(rows, model as never, 'ivs')).toEqual({
      observerAgainstTruth: [2],
      observerAgainstObserver: [3],
      modelAgainstTruth: [1],
      modelAgainstObserver: [1],
    });
  });
});
