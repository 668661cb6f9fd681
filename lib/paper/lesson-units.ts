import { ArgumentError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import { pairedPermutationTest } from '../statistics/paired-permutation.js';
import { oneSampleTTest } from '../statistics/paired-t.js';
import type { Estimate } from '../statistics/result.js';
import { wilsonInterval } from '../statistics/wilson-interval.js';

/** False-positive rates of one design, by what counts as an observation. */
export interface UnitsRow {
  readonly framesPerPatient: number;
  readonly patients: number;
  /** Paired t-test on all frames, as published. */
  readonly frames: Estimate;
  /** Paired t-test on the mean of each patient. */
  readonly patientMeans: Estimate;
  /** Paired permutation test that swaps whole patients. */
  readonly clustered: Estimate;
  readonly alpha: number;
}

/** How the studies of {@link unitRates} are simulated. */
export interface UnitOptions {
  readonly stream: RandomStream;
  /** Default [1, 2, 5, 20]. */
  readonly framesPerPatient?: readonly number[];
  /** Default 40. */
  readonly patients?: number;
  /** Correlation between the differences of two frames of one patient, in [0, 1]; default 0.5. */
  readonly patientCorrelation?: number;
  /** Mean difference of the two models in standard deviations of a frame; default 0: they differ by nothing. */
  readonly advantage?: number;
  /** Default 1000. */
  readonly studies?: number;
  /** Default 199. */
  readonly permutations?: number;
  /** Default 0.01. */
  readonly alpha?: number;
  readonly progress?: (done: number) => void;
}

/**
 * Frames against patients as the unit: how often two models that differ by nothing are called different, one-sided, when
 * each patient has more and more frames.
 *
 * A frame's difference between the models is the sum of a patient's part and its own, both normal.
 *
 * @throws {ArgumentError} if the correlation is outside [0, 1], or p cannot reach alpha
 */
export function unitRates(options: UnitOptions): UnitsRow[] {
  const {
    stream,
    framesPerPatient = [1, 2, 5, 20],
    patients = 40,
    patientCorrelation = 0.5,
    advantage = 0,
    studies = 1000,
    permutations = 199,
    alpha = 0.01,
  } = options;
  if (!(patientCorrelation >= 0 && patientCorrelation <= 1) || 1 / (permutations + 1) > alpha) {
    throw new ArgumentError(
      `unitRates: needs a correlation in [0, 1] and 1 / (permutations + 1) <= alpha, got ${patientCorrelation} and ${permutations}`,
    );
  }
  let done = 0;
  return framesPerPatient.map((frames) => {
    const random = stream.child(`frames/${frames}`);
    const clusters = Array.from({ length: patients * frames }, (_, i) => Math.floor(i / frames));
    const zeros = new Float64Array(clusters.length);
    const found = { frames: 0, patientMeans: 0, clustered: 0 };
    for (let study = 0; study < studies; study++) {
      const ofPatient = Array.from({ length: patients }, () => Math.sqrt(patientCorrelation) * random.normal());
      const differences = clusters.map(
        (patient) => advantage + ofPatient[patient]! + Math.sqrt(1 - patientCorrelation) * random.normal(),
      );
      const means = ofPatient.map((_, patient) => {
        let sum = 0;
        for (let k = 0; k < frames; k++) sum += differences[patient * frames + k]!;
        return sum / frames;
      });
      const alternative = 'greater';
      if (oneSampleTTest(differences, 0, { alternative }).p <= alpha) found.frames++;
      if (oneSampleTTest(means, 0, { alternative }).p <= alpha) found.patientMeans++;
      const test = { stream: random, draws: permutations, alternative, clusters } as const;
      if (pairedPermutationTest(differences, zeros, test).p <= alpha) found.clustered++;
      options.progress?.(++done);
    }
    return {
      framesPerPatient: frames,
      patients,
      frames: wilsonInterval(found.frames, studies),
      patientMeans: wilsonInterval(found.patientMeans, studies),
      clustered: wilsonInterval(found.clustered, studies),
      alpha,
    };
  });
}
