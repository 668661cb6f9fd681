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
  /** Also runs the cases that tfjs wasm can run, op by op, for a minute each. Default true. */
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

/** A contender that gave no time. */
export interface BenchFailure {
  readonly contender: BenchTimes['contender'];
  readonly reason: string;
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
  readonly #patience: number | undefined;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #times: { ms: number; cpuMs: number }[] = [];
  #noise = '';
  #failure: string | undefined;
  ready: Line = {};

  /** @param patience seconds; with it the contender may fail, and is timed at least once and only that long */
  constructor(name: BenchTimes['contender'], program: string, parameters: readonly string[], patience?: number) {
    this.#name = name;
    this.#patience = patience;
    this.#child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#noise = (this.#noise + chunk.toString()).slice(-2000);
    });
    this.#child.on('error', (error) => {
      this.#noise += error.message;
    });
    this.#child.stdin?.on('error', () => {}); // a contender that ended is noticed when it does not answer
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  get bestCpuMs(): number {
    return Math.min(...this.#times.map(({ cpuMs }) => cpuMs));
  }

  async start(): Promise<void> {
    this.ready = await this.#read();
  }

  async time(): Promise<void> {
    const used = this.#times.reduce((sum, { ms }) => sum + ms / 1000, 0);
    if (this.#failure !== undefined || (this.#patience !== undefined && used >= this.#patience)) return;
    this.#child.stdin?.write('\n');
    const { ms, cpuMs } = await this.#read();
    if (ms !== undefined && cpuMs !== undefined) this.#times.push({ ms, cpuMs });
  }

  async finish(): Promise<BenchTimes | BenchFailure> {
    if (this.#failure === undefined) this.#child.stdin?.end();
    const { peakMiB = Number.NaN } = this.#failure === undefined ? await this.#read() : {};
    if (this.#failure !== undefined) return { contender: this.#name, reason: this.#failure };
    return {
      contender: this.#name,
      ms: median(this.#times.map(({ ms }) => ms)),
      cpuMs: median(this.#times.map(({ cpuMs }) => cpuMs)),
      peakMiB,
    };
  }

  kill(): void {
    this.#reader.close();
    this.#child.kill('SIGKILL');
  }

  async #read(): Promise<Line> {
    let timer: NodeJS.Timeout | undefined;
    const limit = this.#patience;
    const late = new Promise<string>((resolve) => {
      if (limit !== undefined) timer = setTimeout(() => resolve(`no answer in ${limit} s`), limit * 1000);
    });
    const answer = await Promise.race([this.#lines.next(), late]);
    clearTimeout(timer);
    if (typeof answer === 'string') return this.#fail(answer);
    if (answer.done) return this.#fail(this.#noise.trim().split('\n').at(-1) ?? '');
    const line = JSON.parse(answer.value) as Line;
    return line.error === undefined ? line : this.#fail(line.error);
  }

  #fail(reason: string): Line {
    if (this.#patience === undefined) throw new EnvironmentError(`benchEngine: ${this.#name} failed: ${reason}`);
    this.#failure = reason.slice(0, 300);
    this.#child.kill('SIGKILL');
    return {};
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
  for (const { contender, reason } of row.failures) lines.push(`  ${contender.padEnd(20)}gave no time: ${reason}`);
  return lines;
}
