import type { PowerAssumptions } from '../../paper/power.js';
import type { Scale } from '../../records/record.js';
import type { ExperimentConfig } from '../experiment.js';

/** Two simulated classifiers: how much more often the first is right. */
export interface ClassifierPair {
  readonly name: string;
  readonly advantage: number;
}

/** Everything that decides the result of notebook 06. The claims and the power need no setting but the last group. */
export interface PaperAuditConfig extends ExperimentConfig {
  /** The first pair differs by nothing: its rates are false-positive rates. */
  readonly pairs: readonly ClassifierPair[];
  /** A simulated study: test cases, classes of equal frequency, chance of being right of the second classifier. */
  readonly study: { readonly cases: number; readonly classes: number; readonly accuracy: number };
  /** One study of each pair, tested on more and more bootstrap draws. */
  readonly lesson: { readonly draws: readonly number[]; readonly permutations: number };
  /** Many studies of each pair: how often p <= alpha. */
  readonly rates: {
    readonly studies: number;
    readonly draws: readonly number[];
    readonly permutations: number;
    readonly alpha: number;
  };
  /** Many studies of two models that differ by nothing, with more and more frames a patient. */
  readonly units: {
    readonly studies: number;
    readonly framesPerPatient: readonly number[];
    readonly patients: number;
    readonly patientCorrelation: number;
    readonly permutations: number;
    readonly alpha: number;
  };
  /** Studies of one block; a block is the unit of work and has its own random stream. */
  readonly blockSize: number;
  /** What a sample size needs and the paper's tables leave open. */
  readonly power: Required<PowerAssumptions>;
}

const PAIRS: readonly ClassifierPair[] = [
  { name: 'nothing', advantage: 0 },
  { name: 'next to nothing', advantage: 0.005 },
  { name: 'a clear difference', advantage: 0.08 },
];

const POWER: Required<PowerAssumptions> = {
  alpha: 0.01, // A.6
  power: 0.8,
  oneSided: true, // A.6
  modelCorrelation: 0.5,
  patientCorrelation: 0.5,
  diceDeviation: 0.04, // what the printed interval of the average Dice implies
  cardiomyopathyShare: 0.25,
};

/** Settings shared by the scales. */
const COMMON: Pick<PaperAuditConfig, 'seeds' | 'pairs' | 'power'> = { seeds: [6], pairs: PAIRS, power: POWER };

const MINI: PaperAuditConfig = {
  ...COMMON,
  study: { cases: 200, classes: 5, accuracy: 0.9 },
  lesson: { draws: [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000], permutations: 999 },
  rates: { studies: 1000, draws: [10, 100, 1000], permutations: 199, alpha: 0.01 }, // A.6: 1000 draws, 0.01
  units: {
    studies: 1000,
    framesPerPatient: [1, 2, 5, 10, 20],
    patients: 40,
    patientCorrelation: 0.5,
    permutations: 199,
    alpha: 0.01,
  },
  blockSize: 25,
};

/** A study as large as the paper's view test: about 2,100 sequences of 18 views (A.2). */
const FULL: PaperAuditConfig = {
  ...MINI,
  study: { cases: 2100, classes: 18, accuracy: 0.95 },
  pairs: PAIRS.map((pair) => (pair.advantage > 0.01 ? { ...pair, advantage: 0.03 } : pair)),
  lesson: { draws: [...MINI.lesson.draws, 20_000, 50_000, 100_000], permutations: 999 },
  rates: { ...MINI.rates, draws: [10, 100, 1000, 10_000] },
  units: { ...MINI.units, studies: 10_000, permutations: 999 },
  blockSize: 10,
};

/** The four scales. `paper` is `full`: the paper's own tables are typed in, and its predictions are not public. */
export const AUDIT_CONFIGS: Readonly<Record<Scale, PaperAuditConfig>> = Object.freeze({
  smoke: {
    ...MINI,
    study: { cases: 100, classes: 4, accuracy: 0.9 },
    lesson: { draws: [10, 100, 1000, 5000], permutations: 199 },
    rates: { studies: 120, draws: [10, 100, 1000], permutations: 99, alpha: 0.01 },
    units: { ...MINI.units, studies: 120, framesPerPatient: [1, 5, 20], permutations: 99 },
    blockSize: 20,
  },
  mini: MINI,
  full: FULL,
  paper: FULL,
});
