import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { EnvironmentError } from '../../core/errors.js';

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

/** What a contender says. */
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
export class Contender {
  readonly #name: BenchTimes['contender'];
  readonly #patience: number | undefined;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #times: { ms: number; cpuMs: number }[] = [];
  #noise = '';
  #failure: string | undefined;
  /** What it said when it had prepared the case. */
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

  /** Processor time of the fastest run. */
  get bestCpuMs(): number {
    return Math.min(...this.#times.map(({ cpuMs }) => cpuMs));
  }

  /** Waits until the case is prepared and has run once. */
  async start(): Promise<void> {
    this.ready = await this.#read();
  }

  /** Runs the case once more. */
  async time(): Promise<void> {
    const used = this.#times.reduce((sum, { ms }) => sum + ms / 1000, 0);
    if (this.#failure !== undefined || (this.#patience !== undefined && used >= this.#patience)) return;
    this.#child.stdin?.write('\n');
    const { ms, cpuMs } = await this.#read();
    if (ms !== undefined && cpuMs !== undefined) this.#times.push({ ms, cpuMs });
  }

  /** Ends the contender and sums up. */
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
