import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError } from '../../core/errors.js';
import { workbenchRoot } from '../../core/paths.js';
import { workerUrl } from '../../core/workers.js';
import type { Device } from '../devices.js';
import { BENCH_CASES } from './cases.js';
import { type BenchFailure, type BenchTimes, Contender } from './contender.js';

export type { BenchFailure, BenchTimes } from './contender.js';

export interface BenchOptions {
  /** Names of {@link BENCH_CASES}; default all. */
  readonly cases?: readonly string[];
  /** Timed runs of each contender; default 5. The first run of each is not timed. */
  readonly runs?: number;
  /** Default every core given to the process. */
  readonly threads?: number;
  readonly device?: Device;
  /** A python3 with torch, and scikit-learn for the neighbours; without it nothing is compared with PyTorch. */
  readonly python?: string;
  /** Also runs the cases that tfjs wasm can run, op by op, for a minute each. Default true. */
  readonly eager?: boolean;
  /** Told what runs now. */
  readonly onStart?: (message: string) => void;
  /** Told every case's result as soon as it is there. */
  readonly onRow?: (row: BenchRow) => void;
}

export interface BenchRow {
  readonly name: string;
  readonly title: string;
  readonly times: readonly BenchTimes[];
  /** Only tfjs wasm may fail; the others end the run. */
  readonly failures: readonly BenchFailure[];
  /** Products' GFLOP of one run; 0 where no graph was compiled. */
  readonly gigaflop: number;
  readonly compileMs: number;
  /** Engine's clock / PyTorch's; undefined without PyTorch. */
  readonly clockRatio?: number;
  /** Engine's processor time / PyTorch's. */
  readonly cpuRatio?: number;
  /** Engine's GFLOP per second of processor time / the best of the sgemm case of this run; undefined if that did not run. */
  readonly shareOfPeak?: number;
}

export interface BenchReport {
  readonly processor: string;
  readonly threads: number;
  readonly node: string;
  readonly onnxruntime: string;
  readonly pytorch?: string;
  readonly rows: readonly BenchRow[];
}

/**
 * Times the engine against PyTorch and against tfjs, run by run in alternation, each contender in a process of its own.
 *
 * @throws {ArgumentError} on an unknown case
 * @throws {EnvironmentError} if a contender fails, with what it said
 */
export async function benchEngine(options: BenchOptions = {}): Promise<BenchReport> {
  const threads = options.threads ?? availableParallelism();
  const names = options.cases ?? BENCH_CASES.map(({ name }) => name);
  const chosen = names.map((name) => {
    const found = BENCH_CASES.find((candidate) => candidate.name === name);
    if (found) return found;
    const known = BENCH_CASES.map((candidate) => candidate.name).join(', ');
    throw new ArgumentError(`benchEngine: no case '${name}'; the cases are ${known}`);
  });
  const rows: BenchRow[] = [];
  let pytorch: string | undefined;
  let peak: number | undefined; // GFLOP per second of processor time
  for (const { name, title, trains, eager } of chosen) {
    options.onStart?.(title);
    const contenders = contendersFor(name, threads, { ...options, trains, eager: eager && options.eager !== false });
    try {
      for (const contender of contenders) await contender.start();
      for (let run = 0; run < (options.runs ?? 5); run++) for (const contender of contenders) await contender.time();
      const finished = await Promise.all(contenders.map((contender) => contender.finish()));
      const times = finished.filter((result) => 'ms' in result);
      const first = contenders[0]!.ready;
      const torch = times.find(({ contender }) => contender === 'pytorch');
      if (torch) pytorch = contenders.at(-1)!.ready.version;
      const gigaflop = (first.flops ?? 0) / 1e9;
      if (name === 'sgemm') peak = gigaflop / (contenders[0]!.bestCpuMs / 1000);
      const row: BenchRow = {
        name,
        title,
        times,
        failures: finished.filter((result) => 'reason' in result),
        gigaflop,
        compileMs: first.compileMs ?? 0,
        ...(torch && { clockRatio: times[0]!.ms / torch.ms, cpuRatio: times[0]!.cpuMs / torch.cpuMs }),
        ...(peak !== undefined && { shareOfPeak: gigaflop / (times[0]!.cpuMs / 1000) / peak }),
      };
      rows.push(row);
      options.onRow?.(row);
    } finally {
      for (const contender of contenders) contender.kill();
    }
  }
  const { env } = (await import('onnxruntime-node')).default;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads,
    node: process.version,
    onnxruntime: env.versions.node ?? 'unknown',
    ...(pytorch !== undefined && { pytorch }),
    rows,
  };
}

/** Seconds that a contender which may fail gets for its first answer, and after it for all runs together. */
const PATIENCE = 60;

function contendersFor(
  name: string,
  threads: number,
  options: BenchOptions & { readonly trains: boolean; readonly eager: boolean },
): Contender[] {
  const worker = fileURLToPath(workerUrl(import.meta.url, './worker.js'));
  const script = join(workbenchRoot(), 'lib', 'engine', 'bench', 'pytorch.py');
  const engine = (place: Device, copies: string): string[] => [worker, name, place, String(threads), copies];
  const device = options.device ?? 'cpu';
  const node = process.execPath;
  const contenders = [new Contender('engine', node, engine(device, 'zero-copy'))];
  if (options.trains) contenders.push(new Contender('engine, plain path', node, engine(device, 'plain')));
  if (options.eager) contenders.push(new Contender('tfjs wasm', node, engine('wasm', 'plain'), PATIENCE));
  if (options.python) contenders.push(new Contender('pytorch', options.python, [script, name, String(threads)]));
  return contenders;
}

/** A report as lines of text. */
export function formatBench(report: BenchReport): string[] {
  const versions = `Node ${report.node}, onnxruntime-node ${report.onnxruntime}${report.pytorch ? `, PyTorch ${report.pytorch}` : ''}`;
  const lines = [`${report.processor}, ${report.threads} threads; ${versions}`];
  for (const row of report.rows) lines.push('', ...formatBenchRow(row));
  return lines;
}

/** One case as lines of text. */
export function formatBenchRow(row: BenchRow): string[] {
  const share = (value: number): string => value.toFixed(2);
  const facts = [
    row.shareOfPeak !== undefined && row.gigaflop > 0 && `${share(row.shareOfPeak)} of the sgemm peak`,
    row.clockRatio !== undefined && `${share(row.clockRatio)} of PyTorch's clock time`,
    row.cpuRatio !== undefined && `${share(row.cpuRatio)} of its processor time`,
    row.compileMs > 0 && `compiled in ${(row.compileMs / 1000).toFixed(1)} s`,
  ].filter((fact) => fact !== false);
  const lines = [row.title, `  ${facts.join(', ')}`];
  for (const { contender, ms, cpuMs, peakMiB } of row.times) {
    const clock = `${ms.toFixed(ms < 100 ? 1 : 0)} ms`.padStart(10);
    lines.push(`  ${contender.padEnd(20)}${clock}  processor ${cpuMs.toFixed(0)} ms, peak ${peakMiB.toFixed(0)} MiB`);
  }
  for (const { contender, reason } of row.failures) lines.push(`  ${contender.padEnd(20)}gave no time: ${reason}`);
  return lines;
}
