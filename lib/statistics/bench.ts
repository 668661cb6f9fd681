import { execFileSync } from 'node:child_process';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { stream } from '../core/random.js';
import { bootstrapClassMetrics } from './bootstrap-classes.js';

/** CPU times of the bootstrap behind the paper's Fig. 3c, in milliseconds, the best of some rounds. */
export interface BootstrapBench {
  readonly draws: number;
  readonly cases: number;
  readonly classes: number;
  readonly ours: number;
  /** numpy, all draws at once, one class after the other by comparison; absent if no Python was given. */
  readonly numpyByClass?: number;
  /** numpy, all draws and classes at once by one bincount over confusion cells; absent if no Python was given. */
  readonly numpyByCounting?: number;
  /** ours / numpyByClass. */
  readonly ratio?: number;
}

/** Options of {@link benchBootstrap}. */
export interface BenchOptions {
  /** Default 1000. */
  readonly draws?: number;
  /** Default 2100, the paper's test sequences. */
  readonly cases?: number;
  /** Default 18. */
  readonly classes?: number;
  /** Rounds on each side; the best counts. Default 8. */
  readonly rounds?: number;
  /** A Python with numpy, e.g. `python3`. Default: numpy is not timed. */
  readonly python?: string;
}

/**
 * Times 1000 bootstraps of the balanced accuracy of 2,100 sequences in 18 classes, against numpy written two ways.
 *
 * CPU time, not wall time, so that other work on the machine disturbs less. Numpy computes the balanced accuracy only; we
 * compute F1 and the mean as well.
 *
 * @throws {EnvironmentError} if the given Python does not run or lacks numpy
 */
export function benchBootstrap(options: BenchOptions = {}): BootstrapBench {
  const { draws = 1000, cases = 2100, classes = 18, rounds = 8 } = options;
  const random = stream(7, 'bench/bootstrap');
  const truth = Int32Array.from({ length: cases }, () => random.integer(classes));
  const predicted = truth.map((label) => (random.chance(0.94) ? label : random.integer(classes)));
  let ours = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    bootstrapClassMetrics(truth, predicted, classes, { draws, stream: random });
    const used = process.cpuUsage(start);
    ours = Math.min(ours, (used.user + used.system) / 1000);
  }
  const size = { draws, cases, classes, ours };
  if (options.python === undefined) return size;
  const [numpyByClass, numpyByCounting] = numpyMilliseconds(options.python, [draws, cases, classes, rounds]);
  return { ...size, numpyByClass, numpyByCounting, ratio: ours / numpyByClass };
}

const NUMPY_PROGRAM = `
import sys, time
import numpy as np
draws, cases, classes, rounds = map(int, sys.argv[1:])
rng = np.random.default_rng(7)
truth = rng.integers(0, classes, cases)
predicted = np.where(rng.random(cases) < 0.94, truth, rng.integers(0, classes, cases))
cells = truth * classes + predicted

def by_class():
    chosen = rng.integers(0, cases, (draws, cases))
    t, p = truth[chosen], predicted[chosen]
    bacc = np.empty((draws, classes))
    for c in range(classes):
        is_true, is_called = t == c, p == c
        recall = (is_true & is_called).sum(1) / is_true.sum(1)
        specificity = (~is_true & ~is_called).sum(1) / (~is_true).sum(1)
        bacc[:, c] = (recall + specificity) / 2
    return bacc

def by_counting():
    chosen = cells[rng.integers(0, cases, (draws, cases))] + (np.arange(draws) * classes * classes)[:, None]
    counts = np.bincount(chosen.ravel(), minlength=draws * classes * classes).reshape(draws, classes, classes)
    hits, support, called = np.diagonal(counts, axis1=1, axis2=2), counts.sum(2), counts.sum(1)
    return (hits / support + 1 - (called - hits) / (cases - support)) / 2

np.seterr(invalid="ignore")
for run in (by_class, by_counting):
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(best * 1000)
`;

function numpyMilliseconds(python: string, size: readonly number[]): [number, number] {
  try {
    const output = execFileSync(python, ['-c', NUMPY_PROGRAM, ...size.map(String)], { encoding: 'utf8' });
    const [byClass, byCounting] = output.trim().split('\n').map(Number);
    return [byClass!, byCounting!];
  } catch (error) {
    throw new EnvironmentError(`benchBootstrap: ${python} must run numpy, got ${messageOf(error)}; leave python out`);
  }
}
