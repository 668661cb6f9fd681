import type { CsvRow } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { bootstrap } from '../../statistics/bootstrap.js';
import { pairedPermutationTest } from '../../statistics/paired-permutation.js';

/** Columns of samples.csv beyond those that every record has: which run, after how many steps, how many neighbours. */
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
  'k',
];

/** The comparison that notebook 01 fixes before the run: the last arm against the first one, at the headline k. */
export const PRIMARY_TEST = { better: 'Echo20M', worse: 'Echo3M', alpha: 0.01, draws: 9999, seed: 1 } as const;

/** The probe of one encoder: one row a test frame. */
export interface ProbeRows {
  readonly arm: string;
  readonly step: number;
  readonly k: number;
  readonly rows: readonly CsvRow[];
}

/** Rows by arm, step and k, in the order in which they stand. */
export function probesOf(samples: readonly CsvRow[]): ProbeRows[] {
  const groups = new Map<string, CsvRow[]>();
  for (const row of samples) {
    const key = `${row.arm}\0${row.step}\0${row.k}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map((rows) => ({
    arm: rows[0]!.arm!,
    step: Number(rows[0]!.step),
    k: Number(rows[0]!.k),
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
  for (const { k } of probes) counts.set(k, (counts.get(k) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** The last probe of an arm at a k. */
export function lastProbe(probes: readonly ProbeRows[], arm: string, k: number): ProbeRows {
  const found = probes.filter((probe) => probe.arm === arm && probe.k === k).sort((a, b) => b.step - a.step)[0];
  if (!found) throw new RangeError(`lastProbe: no probe of ${arm} at k = ${k} in the samples`);
  return found;
}

/** Every number of notebook 01, from samples.csv alone. Intervals and the test treat a patient, not a frame, as the unit. */
export function scalingMetrics(tables: TextTables): Metrics {
  const probes = probesOf(tables.samples ?? []);
  const k = headlineK(probes);
  const names = [...new Set(probes.map(({ arm }) => arm))];
  const finals = names.map((arm) => [arm, finalOf(probes, arm, k)] as const);
  const curve = probes
    .filter((probe) => probe.k === k)
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
    curve: Object.fromEntries(curve),
    primaryTest: test,
  };
}

interface Final {
  readonly [name: string]: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly frames: number;
  readonly patients: number;
}

function finalOf(probes: readonly ProbeRows[], arm: string, k: number): Final {
  const { rows } = lastProbe(probes, arm, k);
  const right = hits(rows);
  const share = (cases: Int32Array): number => cases.reduce((sum, index) => sum + right[index]!, 0) / cases.length;
  const patients = rows.map(({ patient }) => patient!);
  const estimate = bootstrap(rows.length, share, {
    stream: stream(PRIMARY_TEST.seed, `interval/${arm}`),
    clusters: patients,
  });
  return {
    accuracy: accuracy(rows),
    low: estimate.interval.low,
    high: estimate.interval.high,
    frames: rows.length,
    patients: new Set(patients).size,
  };
}

function byK(probes: readonly ProbeRows[], arm: string): Metrics {
  const ks = [...new Set(probes.filter((probe) => probe.arm === arm).map(({ k }) => k))].sort((a, b) => a - b);
  return Object.fromEntries(ks.map((k) => [`k = ${k}`, accuracy(lastProbe(probes, arm, k).rows)]));
}

function primaryTest(probes: readonly ProbeRows[], k: number): Metrics & { readonly p: number } {
  const better = lastProbe(probes, PRIMARY_TEST.better, k).rows;
  const worse = lastProbe(probes, PRIMARY_TEST.worse, k).rows;
  const bySample = new Map(worse.map((row) => [row.sample, row]));
  const paired = better.map((row) => bySample.get(row.sample!)!);
  const result = pairedPermutationTest(hits(better), hits(paired), {
    stream: stream(PRIMARY_TEST.seed, 'primary-test'),
    draws: PRIMARY_TEST.draws,
    alternative: 'greater',
    clusters: better.map(({ patient }) => patient!),
  });
  return {
    better: PRIMARY_TEST.better,
    worse: PRIMARY_TEST.worse,
    difference: result.estimate,
    p: result.p,
    patients: result.n,
    method: result.method,
  };
}
