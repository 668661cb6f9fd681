import { execFileSync } from 'node:child_process';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { stream } from '../core/random.js';
import { bootstrapClassMetrics } from './bootstrap-classes.js';

/** Times of the bootstrap behind the paper's Fig. 3c, in milliseconds, the best of some rounds. */
export interface BootstrapBench {
  readonly draws: number;
  readonly cases: number;
  readonly classes: number;
  readonly ours: number;
  /** numpy, vectorised over all draws; absent if no Python was given. */
  readonly numpy?: number;
  /** ours / numpy. */
  readonly ratio?: number;
}

/** Options of {@link benchBootstrap}. */
export interface BenchOptions {
  readonly draws?: number;
  readonly cases?: number;
  readonly classes?: number;
  /** Rounds on each side; the best counts. Default 5. */
  readonly rounds?: number;
  /** A Python with numpy, e.g. `python3`. Default: numpy is not timed. */
  readonly python?: string;
}

/**
 * Times 1000 bootstraps of the balanced accuracy of 2,100 sequences in 18 classes against numpy.
 *
 * The numpy side draws all resamples as one matrix and counts all confusion matrices with one bincount: the fastest plain
 * numpy known to us.
 *
 * @throws {EnvironmentError} if the given Python does not run or lacks numpy
 */
export function benchBootstrap(options: BenchOptions = {}): BootstrapBench {
  const { draws = 1000, cases = 2100, classes = 18, rounds = 5 } = options;
  const random = stream(7, 'bench/bootstrap');
  const truth = Int32Array.from({ length: cases }, () => random.integer(classes));
  const predicted = truth.map((label) => (random.chance(0.94) ? label : random.integer(classes)));
  let ours = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    bootstrapClassMetrics(truth, predicted, classes, { draws, stream: random });
    ours = Math.min(ours, performance.now() - start);
  }
  const size = { draws, cases, classes, ours };
  if (options.python === undefined) return size;
  const numpy = numpyMilliseconds(options.python, { draws, cases, classes, rounds });
  return { ...size, numpy, ratio: ours / numpy };
}

const NUMPY_PROGRAM = `
import sys, time
import numpy as np
draws, cases, classes, rounds = map(int, sys.argv[1:])
rng = np.random.default_rng(7)
truth = rng.integers(0, classes, cases)
predicted = np.where(rng.random(cases) < 0.94, truth, rng.integers(0, classes, cases))
cells = truth * classes + predicted
best = float("inf")
for _ in range(rounds):
    start = time.perf_counter()
    chosen = cells[rng.integers(0, cases, (draws, cases))] + (np.arange(draws) * classes * classes)[:, None]
    counts = np.bincount(chosen.ravel(), minlength=draws * classes * classes).reshape(draws, classes, classes)
    hits = np.diagonal(counts, axis1=1, axis2=2)
    support = counts.sum(2)
    called = counts.sum(1)
    with np.errstate(invalid="ignore"):
        bacc = (hits / support + 1 - (called - hits) / (cases - support)) / 2
        f1 = 2 * hits / (support + called)
    np.nanmean(bacc, axis=1)
    best = min(best, time.perf_counter() - start)
print(best * 1000)
`;

function numpyMilliseconds(
  python: string,
  size: { draws: number; cases: number; classes: number; rounds: number },
): number {
  const numbers = [size.draws, size.cases, size.classes, size.rounds].map(String);
  try {
    return Number(execFileSync(python, ['-c', NUMPY_PROGRAM, ...numbers], { encoding: 'utf8' }));
  } catch (error) {
    throw new EnvironmentError(`benchBootstrap: ${python} must run numpy, got ${messageOf(error)}; leave python out`);
  }
}
