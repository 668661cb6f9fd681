import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import {
  bodySurfaceAreaSquareMetres,
  type HypertrophySeverity,
  hypertrophySeverity,
  leftVentricularMassGrams,
  type Sex,
} from '../../evaluation/ventricular-mass.js';
import type { Metrics } from '../../records/record.js';
import { blandAltman } from '../../statistics/bland-altman.js';
import { bootstrap } from '../../statistics/bootstrap.js';
import { cohenKappa, type KappaWeights } from '../../statistics/cohen-kappa.js';
import { confusionMatrix } from '../../statistics/confusion.js';
import { meanAbsoluteError } from '../../statistics/regression-errors.js';
import { casesOf, type MeasuredCase } from './measured-cases.js';

/** The classes, mildest first. */
export const SEVERITIES: readonly HypertrophySeverity[] = ['normal', 'mild', 'moderate', 'severe'];

export const SEXES: readonly Sex[] = ['female', 'male'];

/** Left-ventricular mass of a diastolic frame, by the labels' calipers and by the model's. */
export interface MassCase {
  readonly sample: string;
  readonly patient: string;
  readonly truthGrams: number;
  /** `null` where a length has no measurement. */
  readonly predictedGrams: number | null;
}

/** Masses of the diastolic frames of EchoNet-LVH with all three calipers; Unity has neither scale nor phase. */
export function massCases(cases: readonly MeasuredCase[], model: string): MassCase[] {
  const frames = new Map<string, MeasuredCase[]>();
  for (const one of casesOf(cases, model, 'EchoNet-LVH')) {
    if (one.phase === 'diastole') frames.set(one.sample, [...(frames.get(one.sample) ?? []), one]);
  }
  return [...frames.values()].flatMap((frame): MassCase[] => {
    const by = (name: string): MeasuredCase | undefined => frame.find(({ measurement }) => measurement === name);
    const [ivs, lvid, lvpw] = [by('ivs'), by('lvid'), by('lvpw')];
    if (!ivs || !lvid || !lvpw) return [];
    const grams = (a: number, b: number, c: number): number =>
      leftVentricularMassGrams({ ivsMillimetres: a, lvidMillimetres: b, lvpwMillimetres: c });
    const measured = [ivs.predicted, lvid.predicted, lvpw.predicted];
    const [a, b, c] = measured;
    return [
      {
        sample: ivs.sample,
        patient: ivs.patient,
        truthGrams: grams(ivs.truth, lvid.truth, lvpw.truth),
        predictedGrams: a && b && c ? grams(a, b, c) : null,
      },
    ];
  });
}

/** Body surface area of the reference bodies, by sex. */
export function bodySurfaces(bodies: readonly CsvRow[]): Readonly<Record<Sex, number>> {
  const area = (sex: Sex): number => {
    const body = bodies.find((row) => row.sex === sex)!;
    return bodySurfaceAreaSquareMetres(Number(body.heightCentimetres), Number(body.weightKilograms));
  };
  return { female: area('female'), male: area('male') };
}

/** Class by the labels and by the model, of the frames that the model measured. */
export function severityPairs(
  masses: readonly MassCase[],
  sex: Sex,
  squareMetres: number,
): { readonly truth: HypertrophySeverity[]; readonly predicted: HypertrophySeverity[]; readonly patients: string[] } {
  const measured = masses.filter(({ predictedGrams }) => predictedGrams !== null);
  const grade = (grams: number): HypertrophySeverity =>
    hypertrophySeverity('massIndexGramsPerSquareMetre', grams / squareMetres, sex);
  return {
    truth: measured.map(({ truthGrams }) => grade(truthGrams)),
    predicted: measured.map(({ predictedGrams }) => grade(predictedGrams!)),
    patients: measured.map(({ patient }) => patient),
  };
}

/** Mass and severity of a model against the labels' own, as a woman and as a man of the reference size. */
export function severityMetrics(
  masses: readonly MassCase[],
  surfaces: Readonly<Record<Sex, number>>,
  model: string,
): Metrics {
  const measured = masses.filter(({ predictedGrams }) => predictedGrams !== null);
  const truth = measured.map(({ truthGrams }) => truthGrams);
  const predicted = measured.map(({ predictedGrams }) => predictedGrams!);
  const agreement = measured.length < 2 ? null : blandAltman(predicted, truth);
  return {
    frames: masses.length,
    withoutMeasurement: masses.length - measured.length,
    massMaeGrams: measured.length === 0 ? null : meanAbsoluteError(truth, predicted),
    massBiasGrams: agreement?.bias ?? null,
    massLowerLimitGrams: agreement?.lowerLimit ?? null,
    massUpperLimitGrams: agreement?.upperLimit ?? null,
    ...Object.fromEntries(SEXES.map((sex) => [sex, gradeMetrics(masses, sex, surfaces[sex], model)])),
  };
}

function gradeMetrics(masses: readonly MassCase[], sex: Sex, squareMetres: number, model: string): Metrics {
  const { truth, predicted, patients } = severityPairs(masses, sex, squareMetres);
  const n = truth.length;
  const kappa = (weights: KappaWeights, cases: ArrayLike<number>): number => {
    const pick = (classes: readonly string[]): string[] => Array.from(cases, (index) => classes[index]!);
    const [a, b] = [pick(truth), pick(predicted)];
    if (new Set([...a, ...b]).size < 2) return Number.NaN;
    return cohenKappa(confusionMatrix(a, b, SEVERITIES), weights);
  };
  const all = Array.from({ length: n }, (_, index) => index);
  const weighted = n === 0 ? Number.NaN : kappa('quadratic', all);
  const interval = Number.isNaN(weighted)
    ? null
    : bootstrap(n, (cases) => kappa('quadratic', cases), {
        stream: stream(1, `lvh/kappa/${model}/${sex}`),
        clusters: patients,
        dropUndefined: true,
      }).interval;
  const finite = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const agree = truth.filter((grade, index) => grade === predicted[index]).length;
  return {
    squareMetres,
    agreement: n === 0 ? null : agree / n,
    hypertrophyInLabels: truth.filter((grade) => grade !== 'normal').length,
    kappa: n === 0 ? null : finite(kappa('none', all)),
    quadraticKappa: finite(weighted),
    quadraticKappaLow: interval?.low ?? null,
    quadraticKappaHigh: interval?.high ?? null,
  };
}
