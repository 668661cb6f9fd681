import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ArgumentError, EnvironmentError } from '../../core/errors.js';
import { workbenchRoot } from '../../core/paths.js';
import { workerUrl } from '../../core/workers.js';
import type { Device } from '../devices.js';
import { BENCH_CASES } from './cases.js';

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
  /** Also runs the cases that fit into minutes eagerly on tfjs wasm: sgemm and knn. Default false. */
  readonly eager?: boolean;
  /** Told what runs now. */
  readonly onStart?: (message: string) => void;
  /** Told every case's result as soon as it is there. */
  readonly onRow?: (row: BenchRow) => void;
}

/** What one contender took for one case. */
export interface BenchTimes {
  readonly contender: 'engine' | 'engine, plain path' | 'tfjs wasm' | 'pytorch';
  /** Median of the wall clock, ms. */
  readonly ms: number;
  /** Median of the processor time of all threads, ms: steadier than the clock where others share the machine. */
  readonly cpuMs: number;
  readonly peakMiB: number;
}

export interface BenchRow {
  readonly name: string;
  readonly title: string;
  readonly times: readonly BenchTimes[];
  /** Products' GFLOP of one run; 0 where no graph was compiled. */
  readonly gigaflop: number;
  readonly compileMs: number;
  /** Engine's clock / PyTorch's; undefined without PyTorch. */
  readonly clockRatio?: number;
  /** Engine's processor time / PyTorch's. */
  readonly cpuRatio?: number;
  /** Engine's GFLOP per second of processor time / those of the sgemm case of this run; undefined if that did not run. */
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
  for (const { name, title } of chosen) {
    options.onStart?.(title);
    const contenders = await startContenders(name, threads, options);
    try {
      for (let run = 0; run < (options.runs ?? 5); run++) for (const contender of contenders) await contender.time();
      const times: BenchTimes[] = [];
      for (const contender of contenders) times.push(await contender.finish());
      const first = contenders[0]!.ready;
      pytorch ??= contenders.at(-1)!.ready.version;
      const gigaflop = (first.flops ?? 0) / 1e9;
      const speed = gigaflop / (times[0]!.cpuMs / 1000);
      if (name === 'sgemm') peak = speed;
      const torch = times.find(({ contender }) => contender === 'pytorch');
      const row: BenchRow = {
        name,
        title,
        times,
        gigaflop,
        compileMs: first.compileMs ?? 0,
        ...(torch && { clockRatio: times[0]!.ms / torch.ms, cpuRatio: times[0]!.cpuMs / torch.cpuMs }),
        ...(peak !== undefined && { shareOfPeak: speed / peak }),
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

async function startContenders(name: string, threads: number, options: BenchOptions): Promise<Contender[]> {
  const worker = fileURLToPath(workerUrl(import.meta.url, './worker.js'));
  const script = join(workbenchRoot(), 'lib', 'engine', 'bench', 'pytorch.py');
  const device = options.device ?? 'cpu';
  const engine = (place: Device, copies: string): string[] => [worker, name, place, String(threads), copies];
  const hasState = !['sgemm', 'features', 'knn'].includes(name);
  const contenders = [new Contender('engine', process.execPath, engine(device, 'zero-copy'))];
  if (hasState) contenders.push(new Contender('engine, plain path', process.execPath, engine(device, 'plain')));
  if (options.eager && (name === 'sgemm' || name === 'knn')) {
    contenders.push(new Contender('tfjs wasm', process.execPath, engine('wasm', 'plain')));
  }
  if (options.python) contenders.push(new Contender('pytorch', options.python, [script, name, String(threads)]));
  for (const contender of contenders) await contender.start();
  return contenders;
}

interface Line {
  readonly ready?: boolean;
  readonly ms?: number;
  readonly cpuMs?: number;
  readonly peakMiB?: number;
  readonly flops?: number;
  readonly compileMs?: number;
  readonly version?: string;
  readonly error?: string;
}

/** A child process that runs one case, a run for each line it is sent. */
class Contender {
  readonly #name: BenchTimes['contender'];
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #times: { ms: number; cpuMs: number }[] = [];
  #noise = '';
  ready: Line = {};

  constructor(name: BenchTimes['contender'], program: string, parameters: readonly string[]) {
    this.#name = name;
    this.#child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#noise = (this.#noise + chunk.toString()).slice(-2000);
    });
    this.#child.on('error', (error) => {
      this.#noise += error.message;
    });
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async start(): Promise<void> {
    this.ready = await this.#read();
  }

  async time(): Promise<void> {
    this.#child.stdin?.write('\n');
    const { ms = Number.NaN, cpuMs = Number.NaN } = await this.#read();
    this.#times.push({ ms, cpuMs });
  }

  async finish(): Promise<BenchTimes> {
    this.#child.stdin?.end();
    const { peakMiB = Number.NaN } = await this.#read();
    return {
      contender: this.#name,
      ms: median(this.#times.map(({ ms }) => ms)),
      cpuMs: median(this.#times.map(({ cpuMs }) => cpuMs)),
      peakMiB,
    };
  }

  kill(): void {
    this.#reader.close();
    this.#child.kill();
  }

  async #read(): Promise<Line> {
    const { value, done } = await this.#lines.next();
    const line = done ? {} : (JSON.parse(value) as Line);
    if (!done && line.error === undefined) return line;
    throw new EnvironmentError(`benchEngine: ${this.#name} failed: ${line.error ?? this.#noise.trim()}`);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
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
  return lines;
}
