import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DataError, messageOf } from '../core/errors.js';
import { sweepPartials } from '../core/files.js';
import { lineProgress, type ProgressFactory, progressLine } from '../core/progress.js';
import { describeMachine } from '../records/environment.js';
import { StageClock } from '../records/stages.js';
import type { AnySweepCell } from './cell.js';
import { checkRows, readResult, writeResult } from './cell-result.js';
import { type Claim, dropClaim, renewClaim, takeClaim } from './claim.js';
import { cellFiles } from './sweep-folder.js';
import { WORKER_EXIT } from './worker-command.js';

/** Least time between two signs of life. */
const SIGN_MILLISECONDS = 1000;
/** A sign of life comes at least so often, unless the cell blocks its thread. */
const BEAT_MILLISECONDS = 15_000;

/** What a worker is told about its cell, in `cell.json`. */
export interface CellOrder {
  readonly sweep: string;
  readonly cell: string;
  readonly params: object;
  readonly seed: number;
  readonly configHash: string;
  readonly codeHash: string;
  readonly cores: number;
}

/** What a worker process knows from above. */
export interface WorkerOptions {
  /** The cell function of a name. */
  readonly find: (name: string) => Promise<AnySweepCell | undefined>;
  /** Hash of the code that runs here; the order must be of the same. */
  readonly codeHash: string;
  /** Slurm's name of this task, e.g. `12_3`. */
  readonly job?: string;
  /** Threads of the cell; default what the order says. */
  readonly cores?: number;
}

/**
 * The whole of a worker process: computes one cell and writes its result. The process ends with the returned code:
 * 0 done (or done before), 1 failed, 75 someone else is at it, 76 the order is of other code; 143 when it was told to stop.
 *
 * It also ends when the process that started it is gone, so that a killed sweep leaves nothing running.
 *
 * @param sweep folder of the sweep
 * @param key folder name of the cell
 */
export async function runCell(sweep: string, key: string, options: WorkerOptions): Promise<number> {
  const files = cellFiles(sweep, key);
  if (!existsSync(files.config)) {
    throw new DataError(`runCell: no ${files.config}; workers are started by \`echolab sweep\`, not by hand`);
  }
  const order = JSON.parse(readFileSync(files.config, 'utf8')) as CellOrder;
  if (order.codeHash !== options.codeHash) {
    say('the library was built anew after this sweep was started; start the sweep again');
    return WORKER_EXIT.otherCode;
  }
  const claim = takeClaim(files.claim, options.job ?? null);
  if (!claim) {
    say('another process computes this cell');
    return WORKER_EXIT.claimed;
  }
  if (readResult(sweep, { key, configHash: order.configHash }, order.codeHash)) {
    dropClaim(files.claim, claim);
    return 0;
  }
  const release = stopOnSignals(files.folder, files.claim, claim);
  volunteerForMemoryKill();
  try {
    sweepPartials(files.folder);
    mkdirSync(files.checkpoint, { recursive: true });
    await compute(sweep, key, order, claim, options);
    rmSync(files.checkpoint, { recursive: true, force: true });
    return 0;
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    say(error instanceof Error ? `${error.name}: ${error.message}`.replace(/\s*\n\s*/g, ' ') : messageOf(error));
    return 1;
  } finally {
    release();
    dropClaim(files.claim, claim);
  }
}

async function compute(
  sweep: string,
  key: string,
  order: CellOrder,
  claim: Claim,
  { find, cores = order.cores }: WorkerOptions,
): Promise<void> {
  const cell = await find(order.cell);
  if (!cell)
    throw new DataError(`runCell: no cell function "${order.cell}" is registered; register it, or mend its name`);
  process.env.ECHOLAB_THREADS = String(cores); // sessions that are told no number of threads, anywhere in this process
  const path = cellFiles(sweep, key).claim;
  let doing = 'started';
  const beat = setInterval(() => renewClaim(path, claim, doing), BEAT_MILLISECONDS);
  const started = new Date();
  const clock = new StageClock();
  try {
    const rows = await clock.measure(key, () =>
      cell.run(order.params, {
        seed: order.seed,
        checkpointFolder: cellFiles(sweep, key).checkpoint,
        cores,
        progress: signsOfLife((line) => {
          doing = line;
          renewClaim(path, claim, line);
        }),
        say,
      }),
    );
    const { seconds = 0, peakMemoryMiB = 0 } = clock.stages[0] ?? {};
    writeResult(sweep, key, {
      cell: order.cell,
      params: order.params,
      seed: order.seed,
      configHash: order.configHash,
      codeHash: order.codeHash,
      started: started.toISOString(),
      finished: new Date().toISOString(),
      seconds,
      peakMemoryMiB,
      machine: describeMachine(),
      rows: checkRows(order.cell, rows),
    });
  } finally {
    clearInterval(beat);
  }
}

/** Progress for the log, and for those who watch through the claim. */
function signsOfLife(show: (line: string) => void): ProgressFactory {
  const log = lineProgress(say);
  return (task, total, unit) => {
    const inLog = log(task, total, unit);
    const start = performance.now();
    let last = Number.NEGATIVE_INFINITY;
    return {
      update(done, note) {
        inLog.update(done, note);
        const now = performance.now();
        if (now - last < SIGN_MILLISECONDS) return;
        last = now;
        show(progressLine(task, done, total, unit, (now - start) / 1000, note));
      },
      finish(note) {
        inLog.finish(note);
        show(`${task} done`);
      },
    };
  };
}

/** Ends cleanly when told to, or when the process that started this one is gone. */
function stopOnSignals(folder: string, path: string, claim: Claim): () => void {
  const stop = (): void => {
    dropClaim(path, claim);
    say('stopped');
    process.exit(WORKER_EXIT.stopped);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  process.on('disconnect', stop);
  process.channel?.unref();
  if (process.send && !process.connected) stop();
  return () => {
    for (const signal of signals) process.off(signal, stop);
    process.off('disconnect', stop);
    sweepPartials(folder);
  };
}

/** Where memory runs out, Linux shall end a cell, which can be tried again, rather than the sweep that watches over it. */
function volunteerForMemoryKill(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500');
  } catch {
    // not Linux: the system chooses
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
