import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { bootstrap } from '../../statistics/bootstrap.js';
import { pairedPermutationTest } from '../../statistics/paired-permutation.js';
import { oneSampleTTest } from '../../statistics/paired-t.js';

/** Columns of samples.csv beyond those that every record has: which run, after how many steps, what probe (`knn` or `linear`), how many neighbours. */
export const SCALING_COLUMNS = [
  'sample',
  'patient',
  'split',
  'label',
  'prediction',
  'score',
  'seed',
  'arm',
  'step',
  'probe',
  'k',
];

/** The comparison that notebook 01 fixes before the run: the last arm against the first one, at the headline k. */
export const PRIMARY_TEST = { better: 'Echo20M', worse: 'Echo3M', alpha: 0.01, draws: 9999, seed: 1 } as const;

/** The probe of one encoder: one row a test frame. */
export interface ProbeRows {
  readonly arm: string;
  readonly seed: number;
  readonly step: number;
  /** Neighbours; `null` for the linear probe. */
  readonly k: number | null;
  readonly rows: readonly CsvRow[];
}

/** Rows by arm, seed, step and probe, in the order in which they stand. */
export function probesOf(samples: readonly CsvRow[]): ProbeRows[] {
  const groups = new Map<string, CsvRow[]>();
  for (const row of samples) {
    const key = [row.arm, row.seed, row.step, row.probe, row.k].join('\0');
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map((rows) => ({
    arm: rows[0]!.arm!,
    seed: Number(rows[0]!.seed),
    step: Number(rows[0]!.step),
    k: rows[0]!.probe === 'linear' ? null : Number(rows[0]!.k),
    rows,
  }));
}

/** 1 where the vote is right, 0 where it is not. */
export function hits(rows: readonly CsvRow[]): number[] {
  return rows.map(({ label, prediction }) => (label === prediction ? 1 : 0));
}

/** Share of right votes. */
export function accuracy(rows: readonly CsvRow[]): number {
  return hits(rows).reduce((sum, hit) => sum + hit, 0) / rows.length;
}

/** The neighbours of the curve: the k that was probed most often. */
export function headlineK(probes: readonly ProbeRows[]): number {
  const counts = new Map<number, number>();
  for (const { k } of probes) if (k !== null) counts.set(k, (counts.get(k) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** The last probe of an arm with each seed, by `k` neighbours or, with `null`, by a linear classifier. */
export function lastProbes(probes: readonly ProbeRows[], arm: string, k: number | null): ProbeRows[] {
  const found = new Map<number, ProbeRows>();
  for (const probe of probes) {
    if (probe.arm !== arm || probe.k !== k) continue;
    const known = found.get(probe.seed);
    if (!known || probe.step > known.step) found.set(probe.seed, probe);
  }
  if (found.size === 0) throw new RangeError(`lastProbes: no probe of ${arm} at k = ${k} in the samples`);
  return [...found.values()];
}

/** Every number of notebook 01, from samples.csv alone. Intervals and the test treat a patient, not a frame, as the unit. */
export function scalingMetrics(tables: TextTables): Metrics {
  const probes = probesOf(tables.samples ?? []);
  const k = headlineK(probes);
  const names = [...new Set(probes.map(({ arm }) => arm))];
  const finals = names.map((arm) => [arm, finalOf(probes, arm, k)] as const);
  const firstSeed = probes[0]?.seed;
  const curve = probes
    .filter((probe) => probe.k === k && probe.seed === firstSeed)
    .map(({ arm, step, rows }) => [`${arm} after ${step} steps`, accuracy(rows)] as const);
  const test = primaryTest(probes, k);
  const untrained = probes.find((probe) => probe.step === 0 && probe.k === k);
  return {
    headline: {
      ...Object.fromEntries(finals.map(([arm, { accuracy: value }]) => [`KNN accuracy, ${arm}`, value])),
      ...(untrained && { 'KNN accuracy, untrained': accuracy(untrained.rows) }),
      [`p, ${PRIMARY_TEST.better} > ${PRIMARY_TEST.worse}`]: test.p,
    },
    k,
    final: Object.fromEntries(finals),
    byK: Object.fromEntries(names.map((arm) => [arm, byK(probes, arm)])),
    linear: Object.fromEntries(
      names.map((arm) => [arm, mean(lastProbes(probes, arm, null).map(({ rows }) => accuracy(rows)))]),
    ),
    curve: Object.fromEntries(curve),
    primaryTest: test,
    ...(tables.paperTrial && { paperTrial: paperTrialMetrics(tables.paperTrial) }),
  };
}

/** Time and memory of the trial at paper size. */
function paperTrialMetrics(rows: readonly CsvRow[]): Metrics {
  const numbers = (column: string): number[] => rows.map((row) => Number(row[column]));
  return {
    updates: rows.length,
    imagesPerUpdate: numbers('images')[0] ?? null,
    parameters: numbers('parameters')[0] ?? null,
    secondsPerUpdate: mean(numbers('seconds')),
    processorSecondsPerUpdate: mean(numbers('processorSeconds')),
    peakMebibytes: Math.max(...numbers('peakMebibytes')),
    estimatedMebibytes: numbers('estimatedMebibytes')[0] ?? null,
    gigaflopsPerRun: (numbers('flopsPerRun')[0] ?? Number.NaN) / 1e9,
    firstLoss: numbers('loss')[0] ?? null,
    lastLoss: numbers('loss').at(-1) ?? null,
  };
}

/** The end of an arm: mean over its seeds. */
interface Final {
  readonly [name: string]: number | null;
  readonly accuracy: number;
  /** 95 % bootstrap interval over patients, of the mean over seeds. */
  readonly low: number;
  readonly high: number;
  readonly frames: number;
  readonly patients: number;
  readonly seeds: number;
  /** 95 % interval over seeds (Student's t); `null` with one seed. */
  readonly seedLow: number | null;
  readonly seedHigh: number | null;
}

function finalOf(probes: readonly ProbeRows[], arm: string, k: number): Final {
  const runs = lastProbes(probes, arm, k);
  const { rows, right } = meanHits(runs);
  const share = (cases: Int32Array): number => cases.reduce((sum, index) => sum + right[index]!, 0) / cases.length;
  const patients = rows.map(({ patient }) => patient!);
  const estimate = bootstrap(rows.length, share, {
    stream: stream(PRIMARY_TEST.seed, `interval/${arm}`),
    clusters: patients,
  });
  const bySeed = runs.map((run) => accuracy(run.rows));
  const spread = bySeed.length > 1 ? oneSampleTTest(bySeed, 0).interval : null;
  return {
    accuracy: mean(right),
    low: estimate.interval.low,
    high: estimate.interval.high,
    frames: rows.length,
    patients: new Set(patients).size,
    seeds: runs.length,
    seedLow: spread?.low ?? null,
    seedHigh: spread?.high ?? null,
  };
}

/** For each test frame the share of seeds whose vote is right, in the order of the first seed's rows. */
function meanHits(runs: readonly ProbeRows[]): { rows: readonly CsvRow[]; right: number[] } {
  const { rows } = runs[0]!;
  const others = runs.map((run) => new Map(run.rows.map((row) => [row.sample, row])));
  const right = rows.map(({ sample }) => mean(others.map((run) => hits([run.get(sample!)!])[0]!)));
  return { rows, right };
}

function byK(probes: readonly ProbeRows[], arm: string): Metrics {
  const ks = new Set(probes.filter((probe) => probe.arm === arm).map(({ k }) => k));
  const sorted = [...ks].filter((k): k is number => k !== null).sort((a, b) => a - b);
  return Object.fromEntries(
    sorted.map((k) => [`k = ${k}`, mean(lastProbes(probes, arm, k).map(({ rows }) => accuracy(rows)))]),
  );
}

function primaryTest(probes: readonly ProbeRows[], k: number): Metrics & { readonly p: number } {
  const better = meanHits(lastProbes(probes, PRIMARY_TEST.better, k));
  const worse = meanHits(lastProbes(probes, PRIMARY_TEST.worse, k));
  const bySample = new Map(worse.rows.map(({ sample }, index) => [sample, worse.right[index]!]));
  const result = pairedPermutationTest(
    better.right,
    better.rows.map(({ sample }) => bySample.get(sample!)!),
    {
      stream: stream(PRIMARY_TEST.seed, 'primary-test'),
      draws: PRIMARY_TEST.draws,
      alternative: 'greater',
      clusters: better.rows.map(({ patient }) => patient!),
    },
  );
  return {
    better: PRIMARY_TEST.better,
    worse: PRIMARY_TEST.worse,
    difference: result.estimate,
    p: result.p,
    patients: result.n,
    method: result.method,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
