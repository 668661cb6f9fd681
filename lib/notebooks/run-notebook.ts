import { dirname, resolve } from 'node:path';
import { ArgumentError } from '../core/errors.js';
import { CellOutputs, type DisplaysById } from './cell-outputs.js';
import { type Execution, Kernel, type KernelOptions } from './kernel.js';
import type { CodeCell, ErrorOutput, Notebook } from './notebook.js';
import { readNotebook } from './notebook.js';
import { stripNotebook } from './strip.js';

export interface RunNotebookOptions extends KernelOptions {
  /** The longest that one cell may take, in seconds. Default: 3,600. */
  timeoutSeconds?: number;
  /** Go on with the next cell after one failed. Default: false. */
  allowErrors?: boolean;
  /** Told when a cell starts, prints, and ends. */
  onProgress?: (event: NotebookProgress) => void;
  /** Aborting kills the kernel and rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Where a run stands. */
export interface NotebookProgress {
  /** Position among the code cells that will run, from 1. */
  cell: number;
  /** How many code cells will run. */
  cells: number;
  state: 'started' | 'printed' | 'done' | 'failed';
  /** Since the cell started. */
  seconds: number;
  /** The last line that the cell printed or showed; empty at its start. */
  line: string;
}

/** Why a notebook failed. */
export interface CellFailure {
  /** Index in `notebook.cells`. */
  index: number;
  /** Position among the code cells that run, from 1. */
  cell: number;
  kind: 'error' | 'timeout' | 'kernel-died';
  error: ErrorOutput;
}

/** One executed cell. */
export interface CellRun {
  /** Index in `notebook.cells`. */
  index: number;
  status: 'ok' | CellFailure['kind'];
  seconds: number;
}

export interface NotebookRun {
  /** The executed copy; after a failure with everything up to and including the failed cell. */
  notebook: Notebook;
  cells: CellRun[];
  /** The first cell that failed; undefined when every cell passed. */
  failure: CellFailure | undefined;
  seconds: number;
}

/**
 * Executes a notebook on a tslab kernel of its own, without Python.
 *
 * A cell fails when it throws, does not compile, leaves a rejected promise or an exception that no one caught,
 * takes longer than `timeoutSeconds`, or ends the kernel. The result then holds `failure` and the notebook up to that
 * cell, error shown; nothing is thrown. Several runs may go on at once.
 *
 * @param source path of an `.ipynb`, or a notebook (which is not changed)
 * @param options.cwd default: the notebook's folder, or the current folder for a parsed notebook
 * @throws {EnvironmentError} if no kernel starts
 * @throws {FormatError} if the file is not a notebook
 * @throws the reason of `options.signal` once it is aborted; the kernel is gone by then
 */
export async function runNotebook(source: string | Notebook, options: RunNotebookOptions = {}): Promise<NotebookRun> {
  const timeout = options.timeoutSeconds ?? 3600;
  if (!(timeout > 0 && timeout <= 2_000_000)) {
    throw new ArgumentError(`runNotebook: timeoutSeconds must be in (0, 2000000], got ${timeout}`);
  }
  options.signal?.throwIfAborted();
  const start = performance.now();
  const notebook = stripNotebook(typeof source === 'string' ? readNotebook(source) : source);
  const cwd = options.cwd ?? (typeof source === 'string' ? dirname(resolve(source)) : process.cwd());
  const kernel = await abortable(Kernel.start({ cwd, env: options.env }), options.signal);
  const abort = (): void => kernel.kill();
  options.signal?.addEventListener('abort', abort);
  try {
    const result = await runCells(kernel, notebook, { ...options, timeoutSeconds: timeout });
    options.signal?.throwIfAborted();
    return { notebook, ...result, seconds: (performance.now() - start) / 1000 };
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await kernel.stop();
  }
}

/** Waits for a kernel; when aborted meanwhile, ends it as soon as it is there. */
async function abortable(starting: Promise<Kernel>, signal: AbortSignal | undefined): Promise<Kernel> {
  const kernel = await starting;
  if (signal?.aborted) {
    await kernel.stop();
    signal.throwIfAborted();
  }
  return kernel;
}

interface RunningCell {
  index: number;
  cell: CodeCell;
  outputs: CellOutputs;
  run: CellRun;
}

async function runCells(
  kernel: Kernel,
  notebook: Notebook,
  options: RunNotebookOptions & { timeoutSeconds: number },
): Promise<{ cells: CellRun[]; failure: CellFailure | undefined }> {
  const displays: DisplaysById = new Map();
  const due = [...notebook.cells.entries()].flatMap(([index, cell]) =>
    cell.cell_type === 'code' && cell.source.trim() !== '' ? [{ index, cell }] : [],
  );
  const done: RunningCell[] = [];
  const failures: CellFailure[] = [];
  const fail = (at: number, running: RunningCell, execution: Execution): void => {
    const failure = failureOf(kernel, execution, running.outputs, options.timeoutSeconds);
    running.run.status = failure.kind;
    failures.push({ index: running.index, cell: at + 1, ...failure });
  };

  for (const [at, { index, cell }] of due.entries()) {
    const outputs = new CellOutputs(displays);
    cell.outputs = outputs.outputs;
    const running: RunningCell = { index, cell, outputs, run: { index, status: 'ok', seconds: 0 } };
    done.push(running);
    const start = performance.now();
    let line = '';
    const tell = (state: NotebookProgress['state']): void => {
      const seconds = (performance.now() - start) / 1000;
      options.onProgress?.({ cell: at + 1, cells: due.length, state, seconds, line });
    };
    tell('started');
    const execution = await kernel.execute(cell.source, options.timeoutSeconds, (message) => {
      line = outputs.add(message) ?? line;
      tell('printed');
    });
    running.run.seconds = (performance.now() - start) / 1000;
    cell.execution_count = execution.executionCount;
    const failed = execution.status !== 'ok' || outputs.hasUncaught;
    if (failed) fail(at, running, execution);
    tell(failed ? 'failed' : 'done');
    if (execution.status === 'died' || execution.status === 'killed' || (failed && !options.allowErrors)) break;
  }

  // A promise may be rejected after its cell was done, while the next one ran.
  for (const [at, running] of done.entries()) {
    if (running.run.status !== 'ok' || !running.outputs.hasUncaught) continue;
    fail(at, running, { status: 'error', executionCount: null });
  }
  failures.sort((a, b) => a.cell - b.cell);
  return { cells: done.map(({ run }) => run), failure: failures[0] };
}

function failureOf(
  kernel: Kernel,
  execution: Execution,
  outputs: CellOutputs,
  timeoutSeconds: number,
): Pick<CellFailure, 'kind' | 'error'> {
  if (execution.status === 'died') {
    const [how = '', ...printed] = (kernel.end ?? '').split('\n');
    const evalue = `the kernel ended while the cell ran (${how})`;
    const traceback = [evalue, ...printed];
    return { kind: 'kernel-died', error: outputs.addError({ ename: 'KernelDied', evalue, traceback }) };
  }
  if (execution.status === 'timeout' || execution.status === 'killed') {
    outputs.dropInterruption();
    const how =
      execution.status === 'killed' ? 'did not stop when interrupted, so its kernel was killed' : 'was interrupted';
    const evalue = `the cell ran longer than ${timeoutSeconds} s and ${how}; raise the time limit or make the cell do less`;
    return { kind: 'timeout', error: outputs.addError({ ename: 'CellTimeout', evalue, traceback: [evalue] }) };
  }
  return { kind: 'error', error: outputs.liftError() };
}
