import type { CsvRow } from '../../core/csv.js';
import { WALL_MEASUREMENTS, type WallMeasurement } from '../../evaluation/wall-measurements.js';
import { LVH_SETS, type LvhSet } from './landmark-frames.js';

/** One row of samples.csv, read. */
export interface MeasuredCase {
  readonly sample: string;
  readonly patient: string;
  readonly model: string;
  readonly set: LvhSet;
  readonly phase: string;
  readonly measurement: WallMeasurement;
  readonly truth: number;
  /** `null`: no measurement. */
  readonly predicted: number | null;
  /** `null`: no measurement. */
  readonly landmarkError: number | null;
  readonly unit: string;
}

/** A case with a measurement. */
export interface CompleteCase extends MeasuredCase {
  readonly predicted: number;
  readonly landmarkError: number;
}

/** What is compared of a case: the error of the length, or that of the places of its ends. */
export const ERROR_KINDS = ['landmark error', 'absolute error'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** Every case of the samples. */
export function measuredCases(samples: readonly CsvRow[]): MeasuredCase[] {
  const numberOf = (text: string | undefined): number | null =>
    text === undefined || text === '' ? null : Number(text);
  return samples.map((row) => ({
    sample: row.sample!,
    patient: row.patient!,
    model: row.model!,
    set: LVH_SETS.find((set) => set === row.set)!,
    phase: row.phase!,
    measurement: WALL_MEASUREMENTS.find((name) => name === row.measurement)!,
    truth: Number(row.label),
    predicted: numberOf(row.prediction),
    landmarkError: numberOf(row.landmarkError),
    unit: row.unit!,
  }));
}

/** True for a case with a measurement. */
export function isComplete(one: MeasuredCase): one is CompleteCase {
  return one.predicted !== null && one.landmarkError !== null;
}

/** The cases of a model in a set, perhaps of one measurement only. */
export function casesOf(
  cases: readonly MeasuredCase[],
  model: string,
  set: LvhSet,
  measurement?: WallMeasurement,
): MeasuredCase[] {
  return cases.filter(
    (one) => one.model === model && one.set === set && (measurement === undefined || one.measurement === measurement),
  );
}

/** Error of a complete case. */
export function errorOf(one: CompleteCase, kind: ErrorKind): number {
  return kind === 'landmark error' ? one.landmarkError : Math.abs(one.predicted - one.truth);
}

/** Models in the order of the samples. */
export function modelsOf(cases: readonly MeasuredCase[]): string[] {
  return [...new Set(cases.map(({ model }) => model))];
}

/** Cases that both models measured, in one order. */
export function pairedCases(
  first: readonly MeasuredCase[],
  second: readonly MeasuredCase[],
): (readonly [CompleteCase, CompleteCase])[] {
  const key = ({ sample, measurement, phase }: MeasuredCase): string => `${sample}\0${phase}\0${measurement}`;
  const others = new Map(second.filter(isComplete).map((one) => [key(one), one]));
  return first.filter(isComplete).flatMap((one) => {
    const other = others.get(key(one));
    return other === undefined ? [] : [[one, other] as const];
  });
}
