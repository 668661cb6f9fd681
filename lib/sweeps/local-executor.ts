import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../core/errors.js';
import { readResult } from './cell-result.js';
import { type CellState, cellState } from './cell-state.js';
import type { Executor, SweepWork } from './executor.js';
import { lastLine, noteFailure } from './failures.js';
import { machineRoom, slotsFor } from './slots.js';
import type { PlannedCell } from './sweep.js';
import { cellFiles } from './sweep-folder.js';
import { WORKER_EXIT } from './worker-command.js';

/** Time between two looks at cells that others compute, and at how far the own ones are. */
const LOOK_MILLISECONDS = 500;
/** Time that a worker has to end after it was told to. */
const GRACE_MILLISECONDS = 5000;

/** How the local executor runs. */
export interface LocalOptions {
  /** Most cells at once; default as many as memory and cores allow. */
  readonly maxParallel?: number;
}

/**
 * Runs cells on this machine, each in a process of its own: the crash of one, or its end for lack of memory, costs that cell its
 * attempt and nothing else.
 *
 * Another sweep over the same folder is respected: cells that it computes are waited for, not computed twice.
 */
export function localExecutor(options: LocalOptions = {}): Executor {
  return { name: 'local', run: (work) => runLocally(work, options) };
}

interface Worker {
  readonly cell: PlannedCell;
  readonly child: ChildProcess;
  readonly log: string;
  readonly attempt: string;
}

async function runLocally(work: SweepWork, { maxParallel }: LocalOptions): Promise<void> {
  const slots = slotsFor(work.resources, machineRoom(), maxParallel);
  const workers = new Map<string, Worker>();
  const ended: { worker: Worker; code: number | null; signal: NodeJS.Signals | null }[] = [];
  const nap = makeNap();
  work.signal?.addEventListener('abort', nap.end);
  const bar = work.progress(work.name, work.cells.length, 'cells');
  let unfinished = work.cells;
  try {
    for (;;) {
      work.signal?.throwIfAborted();
      for (const end of ended.splice(0)) {
        workers.delete(end.worker.cell.key);
        judge(work, end.worker, end.code, end.signal);
      }
      const looked = unfinished.map((cell) => ({ cell, state: cellState(cell, work) }));
      const states = looked.filter(({ state }) => state.is !== 'done');
      unfinished = states.map(({ cell }) => cell);
      const open = states.filter(({ state }) => state.is === 'running' || state.is === 'waiting');
      for (const { cell, state } of open) {
        if (state.is !== 'waiting' || workers.has(cell.key) || !hasRoom(workers.size, slots, work)) continue;
        const worker = startWorkerProcess(work, cell);
        workers.set(cell.key, worker);
        worker.child.once('close', (code, signal) => {
          ended.push({ worker, code, signal });
          nap.end();
        });
      }
      bar.update(work.cells.length - unfinished.length, summaryOf(states));
      if (open.length === 0 && workers.size === 0) break;
      await nap.sleep(LOOK_MILLISECONDS);
    }
    bar.finish();
  } catch (error) {
    await stopAll([...workers.values()]);
    bar.finish('stopped');
    throw error;
  } finally {
    work.signal?.removeEventListener('abort', nap.end);
  }
}

/** Another process may have taken memory since the sweep began: beyond the first, a cell starts only where it fits now. */
function hasRoom(running: number, slots: number, work: SweepWork): boolean {
  return running === 0 || (running < slots && machineRoom().memoryMiB >= work.resources.memoryMiB);
}

function startWorkerProcess(work: SweepWork, cell: PlannedCell): Worker {
  const attempt = `local-${process.pid}-${randomBytes(4).toString('hex')}`;
  const { logs } = cellFiles(work.folder, cell.key);
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${attempt}.log`);
  const output = openSync(log, 'a');
  try {
    const [program = process.execPath, ...args] = work.command;
    const child = spawn(program, [...args, work.folder, cell.key], { stdio: ['ignore', output, output, 'ipc'] });
    // A program that cannot be started still closes; its log says why.
    child.once('error', (error) => work.say(`${cell.label}: ${error.message}`));
    return { cell, child, log, attempt };
  } finally {
    closeSync(output);
  }
}

/** What the end of a worker means. Only an end without a result that nobody asked for is a failure. */
function judge(work: SweepWork, worker: Worker, code: number | null, signal: NodeJS.Signals | null): void {
  const { cell, log, attempt } = worker;
  if (code === WORKER_EXIT.claimed || readResult(work.folder, cell, work.codeHash)) return;
  if (code === WORKER_EXIT.otherCode) throw new EnvironmentError(`runSweep: ${lastLine(log)}`);
  const words = lastLine(log);
  const end = code === 1 ? [] : [`ended by ${signal ?? `exit code ${code}`}`];
  const reason = [...end, ...(words === '' ? [] : [words])].join(': ');
  noteFailure(work.folder, cell.key, attempt, { reason, log, codeHash: work.codeHash });
  work.say(`${cell.label} failed: ${reason}; log ${log}`);
}

function summaryOf(states: readonly { state: CellState }[]): string {
  const running = states.flatMap(({ state }) => (state.is === 'running' ? [state.claim.doing] : []));
  const failed = states.filter(({ state }) => state.is === 'failed').length;
  return [
    `${running.length} running`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...running.filter((doing) => doing !== '').slice(0, 1),
  ].join(', ');
}

/** A sleep that can be ended early. */
function makeNap(): { sleep(milliseconds: number): Promise<void>; end(): void } {
  let end = (): void => undefined;
  return {
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    end: () => end(),
  };
}

/** Tells workers to end, ends those that do not, and waits until all have. */
async function stopAll(workers: readonly Worker[]): Promise<void> {
  const alive = workers.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  const ends = alive.map(({ child }) => new Promise<void>((resolve) => child.once('close', () => resolve())));
  for (const { child } of alive) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const { child } of alive) child.kill('SIGKILL');
  }, GRACE_MILLISECONDS);
  await Promise.all(ends);
  clearTimeout(timer);
}
