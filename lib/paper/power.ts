import { ArgumentError } from '../core/errors.js';
import { aucSampleSize } from '../statistics/auc-sample-size.js';
import { pairedSampleSize, pairedTPower } from '../statistics/paired-power.js';
import type { PowerOptions } from '../statistics/power-options.js';
import { mcnemarSampleSize } from '../statistics/proportions-sample-size.js';
import type { Sourced } from './claim.js';
import { cellOf, type PaperTable } from './paper-table.js';
import { statedFigure } from './statements.js';
import { viewCell } from './tables.js';
import { MEASUREMENTS, TABLE_11, TABLE_12, TABLE_13, TABLE_14 } from './tables-measurements.js';
import { TABLE_8, TABLE_9 } from './tables-segmentation.js';
import { PAPER_VIEWS } from './tables-views.js';

/** What the summary statistics of the paper leave open and a sample size needs. */
export interface PowerAssumptions extends PowerOptions {
  /** Correlation between the two models' errors on one case; default 0.5. */
  readonly modelCorrelation?: number;
  /** Correlation between frames of one patient; default 0.5. */
  readonly patientCorrelation?: number;
  /** Standard deviation of the Dice of one image; default 0.04, which the printed interval of the average implies. */
  readonly diceDeviation?: number;
  /** Share of patients with an ejection fraction below 50 %; default 0.25. */
  readonly cardiomyopathyShare?: number;
}

/** How many patients a study like one of the paper's needs. */
export interface PowerRow {
  readonly study: 'view classification' | 'segmentation' | 'measurements' | 'ejection fraction';
  readonly comparison: string;
  /** Difference in the unit of the metric, positive if EchoApex is better. */
  readonly effect: number;
  /** Patients needed; absent if the tables show no effect in favour of EchoApex, which no size can show. */
  readonly patientsNeeded?: number;
  /** Patients that the paper tested; absent where it gives no count. */
  readonly patientsTested?: number;
  /** Power of a valid paired test on those patients; absent where either is unknown. */
  readonly powerAsTested?: number;
  /** Measured frames of one patient. */
  readonly framesPerPatient: number;
  readonly assumptions: string;
  readonly rests: readonly string[];
}

/**
 * Patients needed for each comparison of the paper, one-sided at 0.01 with power 0.8 unless said otherwise.
 *
 * Paired t-test for Dice and errors, McNemar for the recall of a view, Hanley-McNeil for areas under the ROC. Frames of one
 * patient count by the design effect 1 + (frames - 1) x patientCorrelation. The assumptions are not the paper's; vary them.
 *
 * @throws {ArgumentError} if an assumption is outside its range
 */
export function powerRows(assumptions: PowerAssumptions = {}): PowerRow[] {
  const given = {
    ...assumptions,
    modelCorrelation: assumptions.modelCorrelation ?? 0.5,
    patientCorrelation: assumptions.patientCorrelation ?? 0.5,
    diceDeviation: assumptions.diceDeviation ?? 0.04,
    cardiomyopathyShare: assumptions.cardiomyopathyShare ?? 0.25,
  };
  for (const name of ['modelCorrelation', 'patientCorrelation'] as const) {
    if (!(given[name] >= 0 && given[name] < 1)) {
      throw new ArgumentError(`powerRows: ${name} must lie in [0, 1), got ${given[name]}`);
    }
  }
  if (!(given.diceDeviation > 0)) {
    throw new ArgumentError(`powerRows: diceDeviation must be > 0, got ${given.diceDeviation}`);
  }
  return [...viewRows(given), ...segmentationRows(given), ...measurementRows(given), ...ejectionFractionRows(given)];
}

type Given = PowerAssumptions & Required<Omit<PowerAssumptions, keyof PowerOptions>>;

function viewRows(given: Given): PowerRow[] {
  return PAPER_VIEWS.map((view) => {
    const ours = viewCell('EchoApex-S', view, 'Accuracy');
    const baseline = viewCell('ResNet50-IN', view, 'Accuracy');
    const effect = ours.value - baseline.value;
    return {
      study: 'view classification',
      comparison: `recall of ${view}, EchoApex-S over ResNet50-IN`,
      effect,
      ...(effect > 0 && {
        patientsNeeded: mcnemarSampleSize(ours.value, baseline.value, given.modelCorrelation, given),
      }),
      framesPerPatient: 1,
      assumptions: `McNemar; one sequence of the view a patient; correlation ${given.modelCorrelation} of being right`,
      rests: [ours.place, baseline.place],
    };
  });
}

/** `[target of Table 9, rows of Table 8 that count its evaluated images, images a patient]` */
const TARGETS: readonly (readonly [string, readonly string[], number])[] = [
  ['CAMUS LV mean', ['CAMUS LV A4C', 'CAMUS LV A2C'], 4],
  ['CAMUS LA mean', ['CAMUS LA A4C', 'CAMUS LA A2C'], 4],
  ['ENDym LV mean', ['EchoNet-Dynamic LV A4C'], 2],
  ['ENPed-A4C LV', ['EchoNet-Pediatric LV A4C'], 2],
  ['ENPed-PSAX LV', ['EchoNet-Pediatric LV PSAX'], 2],
];

function segmentationRows(given: Given): PowerRow[] {
  return TARGETS.map(([target, counts, frames]) => {
    const ours = cellOf(TABLE_9, target, 'EchoApex-SAM-B');
    const baseline = cellOf(TABLE_9, target, 'Specialist');
    const images = counts.map((row) => cellOf(TABLE_8, row, 'Evaluation'));
    return meanRow(given, {
      study: 'segmentation',
      comparison: `Dice of ${target}, EchoApex-SAM-B over the specialist`,
      effect: ours.value - baseline.value,
      deviations: [given.diceDeviation, given.diceDeviation],
      frames,
      imagesTested: images.reduce((sum, { value }) => sum + value, 0),
      spread: `standard deviation ${given.diceDeviation} of an image's Dice`,
      from: [ours, baseline, ...images],
    });
  });
}

/** `[metric, table, data, frames tested, frames a patient]` */
const ERRORS: readonly (readonly [string, PaperTable, string, Sourced, number])[] = [
  ['MAE', TABLE_11, 'EchoNet-LVH', statedFigure('methods-lvh-split', 'test'), 2],
  ['landmark error', TABLE_12, 'EchoNet-LVH', statedFigure('methods-lvh-split', 'test'), 2],
  ['MAE', TABLE_13, 'Unity', statedFigure('methods-unity', 'frames'), 1],
  ['landmark error', TABLE_14, 'Unity', statedFigure('methods-unity', 'frames'), 1],
];

function measurementRows(given: Given): PowerRow[] {
  return ERRORS.flatMap(([metric, table, data, tested, frames]) =>
    MEASUREMENTS.map((name) => {
      const [ours, baseline, oursStd, baselineStd] = [
        cellOf(table, 'EchoApex-S', `${name} mean`),
        cellOf(table, 'DeepLabV3', `${name} mean`),
        cellOf(table, 'EchoApex-S', `${name} std`),
        cellOf(table, 'DeepLabV3', `${name} std`),
      ];
      return meanRow(given, {
        study: 'measurements',
        comparison: `${metric} of ${name} on ${data}, EchoApex-S over DeepLabV3`,
        effect: baseline.value - ours.value,
        deviations: [oursStd.value, baselineStd.value],
        frames,
        imagesTested: tested.value,
        spread: 'standard deviations of the table; every tested frame measured',
        from: [ours, baseline, oursStd, baselineStd, tested],
      });
    }),
  );
}

function ejectionFractionRows(given: Given): PowerRow[] {
  // Of a normal error with mean 0 the absolute value has mean m and standard deviation m sqrt(pi / 2 - 1).
  const deviationOf = (mae: number): number => mae * Math.sqrt(Math.PI / 2 - 1);
  const evaluated = cellOf(TABLE_8, 'EchoNet-Dynamic LV A4C', 'Evaluation');
  const errors = (['ef-dynamic', 'ef-camus'] as const).map((id) => {
    const ours = statedFigure(id, 'mae');
    const baseline = statedFigure(id, 'baseline');
    return meanRow(given, {
      study: 'ejection fraction',
      comparison: `MAE on ${id === 'ef-dynamic' ? 'EchoNet-Dynamic' : 'CAMUS'}, EchoApex-ST over ImageNet-ST`,
      effect: baseline.value - ours.value,
      deviations: [deviationOf(ours.value), deviationOf(baseline.value)],
      frames: 1,
      ...(id === 'ef-dynamic' && { imagesTested: evaluated.value / 2 }),
      spread: 'normal errors without bias',
      from: [ours, baseline, ...(id === 'ef-dynamic' ? [evaluated] : [])],
    });
  });
  const areas = (['ef-dynamic-auc', 'ef-camus-auc'] as const).map((id): PowerRow => {
    const ours = statedFigure(id, 'auc');
    const baseline = statedFigure(id, 'baseline');
    return {
      study: 'ejection fraction',
      comparison: `AUC below 50 % on ${id === 'ef-dynamic-auc' ? 'EchoNet-Dynamic' : 'CAMUS'}, EchoApex-ST over ImageNet-ST`,
      effect: ours.value - baseline.value,
      patientsNeeded: aucSampleSize(
        ours.value,
        baseline.value,
        given.cardiomyopathyShare,
        given.modelCorrelation,
        given,
      ),
      ...(id === 'ef-dynamic-auc' && { patientsTested: evaluated.value / 2 }),
      framesPerPatient: 1,
      assumptions: `Hanley-McNeil; ${100 * given.cardiomyopathyShare} % below 50 %; correlation ${given.modelCorrelation} of the areas`,
      rests: [ours.place, baseline.place],
    };
  });
  return [...errors, ...areas];
}

/** A comparison of two means by a paired t-test on patient means. */
function meanRow(
  given: Given,
  parts: {
    study: PowerRow['study'];
    comparison: string;
    effect: number;
    deviations: readonly [number, number];
    frames: number;
    imagesTested?: number;
    spread: string;
    from: readonly Sourced[];
  },
): PowerRow {
  const [a, b] = parts.deviations;
  const perFrame = Math.sqrt(a * a + b * b - 2 * given.modelCorrelation * a * b);
  const perPatient = perFrame * Math.sqrt((1 + (parts.frames - 1) * given.patientCorrelation) / parts.frames);
  const dz = parts.effect / perPatient;
  const tested = parts.imagesTested === undefined ? undefined : Math.floor(parts.imagesTested / parts.frames);
  return {
    study: parts.study,
    comparison: parts.comparison,
    effect: parts.effect,
    ...(parts.effect > 0 && { patientsNeeded: pairedSampleSize(dz, given) }),
    ...(tested !== undefined && { patientsTested: tested, powerAsTested: pairedTPower(tested, dz, given) }),
    framesPerPatient: parts.frames,
    assumptions: `paired t; ${parts.spread}; correlation ${given.modelCorrelation} between models; ${parts.frames === 1 ? 'one frame a patient' : `${parts.frames} frames a patient, correlation ${given.patientCorrelation}`}`,
    rests: parts.from.map(({ place }) => place),
  };
}
