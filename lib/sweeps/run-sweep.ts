import { resolve } from 'node:path';
import { ArgumentError } from '../core/errors.js';
import { writeJsonWhole } from '../core/files.js';
import { type ProgressFactory, terminalProgress } from '../core/progress.js';
import { codeVersion } from '../records/environment.js';
import type { CellRow } from './cell.js';
import { readResult, writeRowTable } from './cell-result.js';
import type { Executor } from './executor.js';
import { clearFailures, failuresOf } from './failures.js';
import { localExecutor } from './local-executor.js';
import type { CellOrder } from './run-cell.js';
import { type CellPoint, type PlannedCell, planCells, type Sweep } from './sweep.js';
import { cellFiles, sweepFolder } from './sweep-folder.js';
import { type SweepPlan, writePlan } from './sweep-plan.js';
import { workerCommand } from './worker-command.js';

/** How a sweep is run. */
export interface SweepOptions {
  /** Where the cells live; default {@link sweepFolder} of the sweep's name, which the command uses too. */
  readonly folder?: string;
  /** Default {@link localExecutor}. */
  readonly executor?: Executor;
  /** Further attempts of a cell that failed, by a crash, an error or a limit; default 1. */
  readonly retries?: number;
  /** Try cells again that have used up their attempts; default false. */
  readonly retryFailed?: boolean;
  /** Program and first arguments of a worker process; default `echolab sweep-cell`, which knows the registered cells. */
  readonly command?: readonly string[];
  /** Results made by other code are computed again; default the hash of the library. Must be what the worker says of itself. */
  readonly codeHash?: string;
  readonly progress?: ProgressFactory;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** A cell that has its result. */
export interface FinishedCell<Params extends object, Row> extends CellPoint<Params> {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly seconds: number;
}

/** A cell that has none. */
export interface MissingCell<Params extends object> extends CellPoint<Params> {
  readonly key: string;
  readonly label: string;
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly reason: string;
  /** Output of the last attempt; `null` when none was made. */
  readonly log: string | null;
}

/** What a sweep came to. */
export interface SweepOutcome<Params extends object, Row> {
  readonly folder: string;
  /** Finished cells, in the sweep's order. */
  readonly cells: readonly FinishedCell<Params, Row>[];
  /** Their rows, one after the other. */
  readonly rows: readonly Row[];
  /** Cells that used up their attempts. Nothing is ever left out without a word: cells and missing make up the sweep. */
  readonly missing: readonly MissingCell<Params>[];
  /** How many results were there before. */
  readonly kept: number;
}

/**
 * Runs a sweep: every cell in a process (or Slurm task) of its own, each with its own record.
 *
 * Cells whose record is whole and was made from the same config by the same code are kept; an interrupted sweep, started
 * again, computes what is missing and no more. Several may run on one folder at once.
 *
 * @returns the rows of finished cells and, by name and log, every cell that is missing; a failed cell is no exception
 * @throws {ArgumentError} on a sweep that cannot be (see {@link planCells})
 * @throws {EnvironmentError} if the library is built anew while the sweep runs, or Slurm refuses the jobs
 * @throws the signal's reason when stopped
 */
export async function runSweep<Params extends object, Row extends CellRow<Row>>(
  sweep: Sweep<Params, Row>,
  options: SweepOptions = {},
): Promise<SweepOutcome<Params, Row>> {
  const cells = planCells(sweep);
  const folder = resolve(options.folder ?? sweepFolder(sweep.name));
  const codeHash = options.codeHash ?? codeVersion().hash;
  const retries = checkRetries(options.retries ?? 1);
  const { cores } = sweep.resources;
  const plan: SweepPlan = { name: sweep.name, cell: sweep.cell.name, codeHash, retries, cells };
  writePlan(folder, plan);
  let kept = 0;
  for (const { key, configHash, point } of cells) {
    if (readResult(folder, { key, configHash }, codeHash)) {
      kept++;
      continue;
    }
    if (options.retryFailed) clearFailures(folder, key);
    const order: CellOrder = { sweep: sweep.name, cell: sweep.cell.name, ...point, configHash, codeHash, cores };
    writeJsonWhole(cellFiles(folder, key).config, order);
  }
  if (kept < cells.length) {
    const executor = options.executor ?? localExecutor();
    await executor.run({
      name: sweep.name,
      folder,
      cells,
      codeHash,
      resources: sweep.resources,
      retries,
      command: options.command ?? workerCommand(),
      progress: options.progress ?? terminalProgress(),
      say: options.say ?? ((text) => process.stderr.write(`${text}\n`)),
      ...(options.signal && { signal: options.signal }),
    });
  }
  return { ...collect(sweep, cells, { folder, codeHash }), kept };
}

/** Reads what a sweep has so far and writes `rows.csv`; computes nothing. */
function collect<Params extends object, Row extends CellRow<Row>>(
  sweep: Sweep<Params, Row>,
  cells: readonly PlannedCell[],
  { folder, codeHash }: { folder: string; codeHash: string },
): Omit<SweepOutcome<Params, Row>, 'kept'> {
  const finished: FinishedCell<Params, Row>[] = [];
  const missing: MissingCell<Params>[] = [];
  cells.forEach((cell, index) => {
    const point = sweep.cells[index] as CellPoint<Params>;
    const { key, label } = cell;
    const result = readResult(folder, cell, codeHash);
    if (result) {
      finished.push({ ...point, key, rows: result.rows as readonly Row[], seconds: result.seconds });
      return;
    }
    const failures = failuresOf(folder, key, codeHash);
    const last = failures.at(-1);
    missing.push({
      ...point,
      key,
      label,
      attempts: failures.length,
      reason: last?.reason ?? 'not run',
      log: last?.log ?? null,
    });
  });
  writeRowTable(folder, finished);
  return { folder, cells: finished, rows: finished.flatMap(({ rows }) => rows), missing };
}

function checkRetries(retries: number): number {
  if (!Number.isInteger(retries) || retries < 0) {
    throw new ArgumentError(`runSweep: retries must be an integer >= 0, got ${retries}`);
  }
  return retries;
}
