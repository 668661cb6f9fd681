import { WALL_MEASUREMENTS } from '../../evaluation/wall-measurements.js';
import type { Figure } from '../../figures/figure.js';
import { type PaperTable, printedCell } from '../../paper/paper-table.js';
import { TABLE_11, TABLE_12, TABLE_13, TABLE_14 } from '../../paper/tables-measurements.js';
import type { LoadedRecord } from '../../records/record.js';
import { fixed, observation, pText, signed } from '../number-text.js';
import { COMPARISONS } from './compare-models.js';
import { PRIMARY_TEST } from './hypertrophy-metrics.js';
import { LVH_SETS, type LvhSet } from './landmark-frames.js';
import { ERROR_KINDS, type ErrorKind } from './measured-cases.js';
import { SEXES } from './severity-agreement.js';

/** A row of a table in the notebook. */
type ReportRow = Record<string, string | number>;

/** Backbone of each model; the paper's tables print the adapters in a column of their own. */
const BACKBONES: Readonly<Record<string, string>> = {
  DeepLabV3: 'ResNet50',
  'EchoApex-AdaS': 'ViT-S, adapters',
  'EchoApex-S': 'ViT-S',
  'EchoApex-AdaB': 'ViT-B, adapters',
  'EchoApex-B': 'ViT-B',
  'Generic-S': 'ViT-S',
};

const TABLES: Readonly<Record<LvhSet, Readonly<Record<ErrorKind, PaperTable>>>> = {
  'EchoNet-LVH': { 'absolute error': TABLE_11, 'landmark error': TABLE_12 },
  Unity: { 'absolute error': TABLE_13, 'landmark error': TABLE_14 },
};

/** The numbers of a nested group of metrics; an empty one where it is missing. */
function at(record: LoadedRecord, ...path: readonly string[]): Record<string, number | string | null> {
  let value: unknown = record.metrics;
  for (const name of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : {};
  return (value ?? {}) as Record<string, number | string | null>;
}

/** Tables 11 to 14 in the paper's layout, the paper's numbers beside ours. The paper is in mm throughout; ours on Unity is in pixels. */
export function measurementErrorTable(record: LoadedRecord, set: LvhSet, kind: ErrorKind): ReportRow[] {
  const table = TABLES[set][kind];
  const unit = set === 'Unity' ? 'px' : 'mm';
  const [value, deviation] =
    kind === 'absolute error' ? ['mae', 'maeDeviation'] : ['landmarkError', 'landmarkErrorDeviation'];
  return Object.keys(at(record, 'errors')).map((model): ReportRow => {
    const row: ReportRow = { model, backbone: BACKBONES[model] ?? model };
    for (const name of WALL_MEASUREMENTS) {
      const column = name.toUpperCase();
      const ours = at(record, 'errors', model, set, name);
      row[`${column} paper (mm)`] = paperPair(table, model, column);
      row[`${column} here (${unit})`] =
        ours[value!] == null ? '–' : `${fixed(ours[value!], 2)} ± ${fixed(ours[deviation!], 2)}`;
    }
    if (kind === 'absolute error') {
      row['R² paper'] = table.rows.includes(model) ? printedCell(table, model, 'R2') : '';
      row['R² here'] = fixed(at(record, 'errors', model, set).r2, 2);
    }
    const missing = WALL_MEASUREMENTS.map((name) => Number(at(record, 'errors', model, set, name).withoutMeasurement));
    const all = WALL_MEASUREMENTS.map((name) => Number(at(record, 'errors', model, set, name).n));
    row.missing = `${sum(missing)} of ${sum(all)}`;
    return row;
  });
}

function paperPair(table: PaperTable, model: string, column: string): string {
  if (!table.rows.includes(model)) return '';
  return `${printedCell(table, model, `${column} mean`)} ± ${printedCell(table, model, `${column} std`)}`;
}

/** The paper's question in one sentence, as fixed before the run. */
export function hypertrophyPrimarySentence(record: LoadedRecord): string {
  const test = at(record, 'primaryTest');
  const { patientP: p, publishedP, gain } = test;
  if (typeof p !== 'number') {
    return `**Primary test.** No frame was measured by both ${test.better} and ${test.worse}: nothing to test.`;
  }
  const holds = p < PRIMARY_TEST.alpha && Number(gain) > 0;
  return (
    `**Primary test.** Mean landmark error of a frame, ${test.set}: ${test.better} ${fixed(test.meanBetter, 2)} mm, ${test.worse} ${fixed(test.meanWorse, 2)} mm. ` +
    `One-sided paired permutation test with the patient as the unit: p = ${Number(p).toPrecision(2)} (${test.frames} frames of ${test.patients} patients, ` +
    `threshold ${PRIMARY_TEST.alpha}); ${test.framesLeftOut} frames left out because a model had no measurement. As published (paired t-test, each frame a unit): ` +
    `p = ${typeof publishedP === 'number' ? publishedP.toPrecision(2) : 'undefined'}. ` +
    (holds
      ? 'The encoder errs less than the baseline, as in the paper.'
      : 'The advantage that the paper reports is not shown here.')
  );
}

/** Every comparison: mean gain, the published test and the one by patient. */
export function hypertrophyComparisons(record: LoadedRecord): ReportRow[] {
  const found = at(record, 'comparisons');
  return COMPARISONS.flatMap(({ better, worse, asks }) => {
    const name = `${better} < ${worse}`;
    if (found[name] === undefined) return [];
    return LVH_SETS.flatMap((set) =>
      ERROR_KINDS.flatMap((kind) =>
        WALL_MEASUREMENTS.map((measurement): ReportRow => {
          const one = at(record, 'comparisons', name, set, kind, measurement);
          return {
            asks,
            set,
            error: kind,
            measurement: measurement.toUpperCase(),
            'gain (mm; Unity px)': fixed(one.gain, 2),
            'p, t-test by frame (published)': pText(one.publishedP),
            'p, by patient': pText(one.patientP),
            'frames / patients': `${one.frames} / ${one.patients}`,
          };
        }),
      ),
    );
  });
}

/** Bias and noise of each measurement: how much of the squared error an offset would explain. */
export function biasAndNoise(record: LoadedRecord): ReportRow[] {
  return Object.keys(at(record, 'errors')).flatMap((model) =>
    WALL_MEASUREMENTS.map((name): ReportRow => {
      const one = at(record, 'errors', model, PRIMARY_TEST.set, name);
      return {
        model,
        measurement: name.toUpperCase(),
        'bias (mm)': signed(one.bias, 2),
        '95 % interval': `${signed(one.biasLow, 2)} to ${signed(one.biasHigh, 2)}`,
        'deviation (mm)': fixed(one.deviation, 2),
        'limits of agreement (mm)': `${signed(one.lowerLimit, 2)} to ${signed(one.upperLimit, 2)}`,
        'share of squared error that is bias (%)':
          typeof one.biasShareOfSquaredError === 'number' ? (100 * one.biasShareOfSquaredError).toFixed(0) : '',
        'R²': fixed(one.r2, 2),
      };
    }),
  );
}

/** Mass and severity by each model against the labels' own. */
export function severityTable(record: LoadedRecord): ReportRow[] {
  return Object.keys(at(record, 'severity')).flatMap((model) => {
    const own = at(record, 'severity', model);
    return SEXES.map((sex): ReportRow => {
      const grade = at(record, 'severity', model, sex);
      return {
        model,
        'graded as': `${sex}, ${fixed(grade.squareMetres, 2)} m²`,
        patients: Number(own.frames),
        'no measurement': Number(own.withoutMeasurement),
        'mass MAE (g)': fixed(own.massMaeGrams, 0),
        'mass bias (g)': signed(own.massBiasGrams, 0),
        'hypertrophy in labels': Number(grade.hypertrophyInLabels),
        'same class (%)': typeof grade.agreement === 'number' ? (100 * grade.agreement).toFixed(0) : '',
        kappa: fixed(grade.kappa, 2),
        'weighted kappa (95 %)':
          typeof grade.quadraticKappa === 'number'
            ? `${fixed(grade.quadraticKappa, 2)} (${fixed(grade.quadraticKappaLow, 2)} to ${fixed(grade.quadraticKappaHigh, 2)})`
            : 'undefined: one class only',
      };
    });
  });
}

/** The model beside simulated observers, mean absolute differences in mm. */
export function ceilingTable(record: LoadedRecord): ReportRow[] {
  return WALL_MEASUREMENTS.flatMap((name): ReportRow[] => {
    const one = at(record, 'observers', name);
    if (Object.keys(one).length === 0) return [];
    return [
      {
        measurement: name.toUpperCase(),
        'two observers (mm)': fixed(one.observerAgainstObserver, 2),
        'an observer and the exact length (mm)': fixed(one.observerAgainstTruth, 2),
        [`${PRIMARY_TEST.better} and the exact length (mm)`]: fixed(one.modelAgainstTruth, 2),
        [`${PRIMARY_TEST.better} and an observer (mm)`]: fixed(one.modelAgainstObserver, 2),
      },
    ];
  });
}

/** Figures of a record in this order, without those that the run could not draw for want of measurements. */
export function drawnFigures(figures: Readonly<Record<string, Figure>>, names: readonly string[]): Figure[] {
  return names.flatMap((name) => figures[name] ?? []);
}

/** Which of the paper's observations this run shows and which it does not, in plain words from the numbers. */
export function hypertrophyTakeaway(record: LoadedRecord): string {
  const mean = (model: string, set: LvhSet, what: string): number => {
    const values = WALL_MEASUREMENTS.map((name) => at(record, 'errors', model, set, name)[what]);
    return values.every((value) => typeof value === 'number') ? sum(values as number[]) / values.length : Number.NaN;
  };
  const less = (better: string, worse: string, set: LvhSet): boolean | null => {
    const [a, b] = [mean(better, set, 'landmarkError'), mean(worse, set, 'landmarkError')];
    return Number.isFinite(a + b) ? a < b : null;
  };
  const lines = [
    observation(
      'EchoApex-S errs less than DeepLabV3 on EchoNet-LVH (Table 12)',
      less('EchoApex-S', 'DeepLabV3', 'EchoNet-LVH'),
    ),
    observation(
      'EchoApex-S errs less than DeepLabV3 on Unity, another domain (Table 14)',
      less('EchoApex-S', 'DeepLabV3', 'Unity'),
    ),
    observation(
      'adapters with a frozen encoder are as good as fine-tuning on EchoNet-LVH (Table 12)',
      less('EchoApex-AdaS', 'EchoApex-S', 'EchoNet-LVH'),
    ),
    observation(
      'the small encoder errs less than the larger one (Table 12)',
      less('EchoApex-S', 'EchoApex-B', 'EchoNet-LVH'),
    ),
    observation(
      'the encoder pretrained in the domain errs less than the generic start (not measured by the paper here)',
      less('EchoApex-S', 'Generic-S', 'EchoNet-LVH'),
    ),
  ];
  const where =
    record.run.origin === 'phantom'
      ? 'On **phantom** data, one seed, small models and few patients: this shows that the method runs as written, and says nothing about patients. By mean landmark error over the three measurements; the tests above say how sure each is.'
      : 'On real data. By mean landmark error over the three measurements; the tests above say how sure each is.';
  return `${where}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
