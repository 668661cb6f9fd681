import { stream } from '../../core/random.js';
import { WALL_MEASUREMENTS, type WallMeasurement } from '../../evaluation/wall-measurements.js';
import type { Metrics } from '../../records/record.js';
import { pairedPermutationTest } from '../../statistics/paired-permutation.js';
import { pairedTTest } from '../../statistics/paired-t.js';
import { LVH_SETS, type LvhSet } from './landmark-frames.js';
import {
  type CompleteCase,
  casesOf,
  ERROR_KINDS,
  type ErrorKind,
  errorOf,
  type MeasuredCase,
  pairedCases,
} from './measured-cases.js';

/** Two models of which the first is claimed to err less. */
export interface Comparison {
  readonly better: string;
  readonly worse: string;
  /** What the pair asks. */
  readonly asks: string;
}

/** The paper's comparisons (2.4), and its question of the start of the encoder, which it answers for other tasks. */
export const COMPARISONS: readonly Comparison[] = [
  { better: 'EchoApex-S', worse: 'DeepLabV3', asks: 'fine-tuned encoder against the baseline' },
  { better: 'EchoApex-AdaS', worse: 'DeepLabV3', asks: 'frozen encoder with adapters against the baseline' },
  { better: 'EchoApex-S', worse: 'EchoApex-AdaS', asks: 'fine-tuning against adapters' },
  { better: 'EchoApex-S', worse: 'Generic-S', asks: 'pretrained in the domain against the generic start' },
];

/** Draws of the permutation tests. */
const DRAWS = 9999;

/** One comparison of one error. */
export interface ErrorComparison {
  /** Worse minus better: positive if the claim holds. `null` if no frame was measured by both. */
  readonly gain: number | null;
  /** As published: one-sided paired t-test, each frame a unit. `null` where it is undefined. */
  readonly publishedP: number | null;
  /** One-sided paired permutation test, each patient a unit. */
  readonly patientP: number | null;
  /** Frames that both models measured. */
  readonly frames: number;
  readonly patients: number;
}

/** Compares an error of two models over the frames that both measured. */
export function compareErrors(
  pairs: readonly (readonly [CompleteCase, CompleteCase])[],
  kind: ErrorKind,
  seed: string,
): ErrorComparison {
  const better = pairs.map(([first]) => errorOf(first, kind));
  const worse = pairs.map(([, second]) => errorOf(second, kind));
  return compareValues(
    better,
    worse,
    pairs.map(([first]) => first.patient),
    seed,
  );
}

/** Tests that `better` is less than `worse`, pair by pair. */
export function compareValues(
  better: readonly number[],
  worse: readonly number[],
  patients: readonly string[],
  seed: string,
): ErrorComparison {
  const counts = { frames: better.length, patients: new Set(patients).size };
  if (better.length === 0) return { gain: null, publishedP: null, patientP: null, ...counts };
  const valid = pairedPermutationTest(worse, better, {
    stream: stream(1, `lvh/${seed}`),
    draws: DRAWS,
    alternative: 'greater',
    clusters: patients,
  });
  const varies = worse.some((value, i) => value - better[i]! !== worse[0]! - better[0]!);
  const published = varies ? pairedTTest(worse, better, { alternative: 'greater' }).p : null;
  return { gain: valid.estimate, publishedP: published, patientP: valid.p, ...counts };
}

/** Every comparison whose models were run: by pair, set, error and measurement. */
export function comparisonMetrics(cases: readonly MeasuredCase[]): Metrics {
  const models = new Set(cases.map(({ model }) => model));
  return Object.fromEntries(
    COMPARISONS.filter(({ better, worse }) => models.has(better) && models.has(worse)).map(({ better, worse }) => [
      `${better} < ${worse}`,
      Object.fromEntries(
        LVH_SETS.map((set) => [
          set,
          Object.fromEntries(
            ERROR_KINDS.map((kind) => [
              kind,
              Object.fromEntries(
                WALL_MEASUREMENTS.map((name) => [name, { ...compareIn(cases, { better, worse }, set, kind, name) }]),
              ),
            ]),
          ),
        ]),
      ),
    ]),
  );
}

/** One comparison of one measurement in one set. */
export function compareIn(
  cases: readonly MeasuredCase[],
  { better, worse }: Pick<Comparison, 'better' | 'worse'>,
  set: LvhSet,
  kind: ErrorKind,
  measurement: WallMeasurement,
): ErrorComparison {
  const pairs = pairedCases(casesOf(cases, better, set, measurement), casesOf(cases, worse, set, measurement));
  return compareErrors(pairs, kind, `${better}/${worse}/${set}/${kind}/${measurement}`);
}

/**
 * Mean landmark error over the measurements of a frame, of frames in which both models have every one of them.
 *
 * @returns values frame by frame, in one order
 */
export function frameErrors(
  cases: readonly MeasuredCase[],
  { better, worse }: Pick<Comparison, 'better' | 'worse'>,
  set: LvhSet,
): { readonly better: number[]; readonly worse: number[]; readonly patients: string[]; readonly left: number } {
  const annotated = casesOf(cases, better, set);
  const pairs = pairedCases(annotated, casesOf(cases, worse, set));
  const frameOf = ({ sample, phase }: MeasuredCase): string => `${sample}\0${phase}`;
  const groups = new Map<string, (readonly [CompleteCase, CompleteCase])[]>();
  for (const pair of pairs) groups.set(frameOf(pair[0]), [...(groups.get(frameOf(pair[0])) ?? []), pair]);
  const wanted = new Map<string, number>();
  for (const one of annotated) wanted.set(frameOf(one), (wanted.get(frameOf(one)) ?? 0) + 1);
  const whole = [...groups].filter(([frame, group]) => group.length === wanted.get(frame)).map(([, group]) => group);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    better: whole.map((group) => mean(group.map(([first]) => first.landmarkError))),
    worse: whole.map((group) => mean(group.map(([, second]) => second.landmarkError))),
    patients: whole.map((group) => group[0]![0].patient),
    left: wanted.size - whole.length,
  };
}
