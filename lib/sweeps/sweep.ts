import { isDeepStrictEqual } from 'node:util';
import type { CsvCell } from '../core/csv.js';
import { ArgumentError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import type { ProgressFactory } from '../core/progress.js';
import type { DataKind, Scale } from '../records/record.js';
import type { AnySweepCell, CellRow, SweepCell } from './cell.js';

/** One point of a grid: what a cell is computed from. */
export interface CellPoint<Params extends object> {
  /** Plain JSON: what is written to disk must read back equal. */
  readonly params: Params;
  readonly seed: number;
}

/** What one cell needs of a machine. */
export interface CellResources {
  /** Peak resident memory of one cell, in MiB; decides how many run at once, and is asked of Slurm. */
  readonly memoryMiB: number;
  /** Threads of one cell. */
  readonly cores: number;
}

/** A grid of cells, all of one function. */
export interface Sweep<Params extends object, Row extends CellRow<Row>> {
  /** Kebab-case; names the folder of the cells. A registered sweep takes it from {@link sweepName}. */
  readonly name: string;
  readonly cell: SweepCell<Params, Row>;
  /** In the order of their rows in the result; started in this order too. */
  readonly cells: readonly CellPoint<Params>[];
  readonly resources: CellResources;
}

/** What the machinery needs of a sweep, whatever its parameters and rows. */
export interface AnySweep {
  readonly name: string;
  readonly cell: AnySweepCell;
  readonly cells: readonly CellPoint<object>[];
  readonly resources: CellResources;
}

/** On what a registered sweep works. */
export interface SweepSetting {
  readonly scale: Scale;
  readonly data: DataKind;
}

/** The name of a registered sweep at a scale, e.g. `few-shot-phantom-mini`. */
export function sweepName(registered: string, { scale, data }: SweepSetting): string {
  return `${registered}-${data}-${scale}`;
}

/** What planning a registered sweep may use. */
export interface PlanContext extends SweepSetting {
  readonly progress: ProgressFactory;
  say(text: string): void;
}

/** A sweep that `echolab sweep` and its worker processes know. Its code is loaded when it is asked for. */
export interface RegisteredSweep {
  /** What the command calls it, e.g. `few-shot`. */
  readonly name: string;
  /** Name of its cell function. */
  readonly cell: string;
  /** One line for `echolab sweep --help`. */
  readonly does: string;
  load(): Promise<{
    readonly cell: AnySweepCell;
    /** The grid at a scale, under its {@link sweepName}; makes the data that the cells read, if they are not there. */
    plan(context: PlanContext): Promise<AnySweep>;
  }>;
}

/** A cell of a sweep with the name of its folder. */
export interface PlannedCell {
  /** Folder name: function, seed and the start of the config's hash. */
  readonly key: string;
  /** For people: `few-shot-segmentation frames=50 start=generic seed=3`. */
  readonly label: string;
  /** Hash over function name, parameters and seed. */
  readonly configHash: string;
  readonly point: CellPoint<object>;
}

/**
 * Every combination of the values of some axes, for every seed; seeds vary fastest, the last axis next.
 *
 * @example gridOf({ frames: [50, 100], start: ['generic', 'in-domain'] }, [1, 2]) // 8 points
 */
export function gridOf<Params extends object>(
  axes: { readonly [Axis in keyof Params]: readonly Params[Axis][] },
  seeds: readonly number[],
): CellPoint<Params>[] {
  let combinations: Partial<Params>[] = [{}];
  for (const axis of Object.keys(axes) as (keyof Params)[]) {
    combinations = combinations.flatMap((begun) => axes[axis].map((value) => ({ ...begun, [axis]: value })));
  }
  return combinations.flatMap((params) => seeds.map((seed) => ({ params: params as Params, seed })));
}

/**
 * Names the cells of a sweep.
 *
 * @throws {ArgumentError} if a name is not kebab-case, parameters are not plain JSON, a seed is no integer or two cells are equal
 */
export function planCells(sweep: AnySweep): PlannedCell[] {
  for (const name of [sweep.name, sweep.cell.name]) {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
      throw new ArgumentError(`planCells: sweeps and cells have kebab-case names, got ${JSON.stringify(name)}`);
    }
  }
  const { memoryMiB, cores } = sweep.resources;
  if (!(memoryMiB > 0) || !Number.isInteger(cores) || cores < 1) {
    throw new ArgumentError(
      `planCells: a cell of ${sweep.name} must need > 0 MiB and >= 1 core, got ${memoryMiB} and ${cores}`,
    );
  }
  const planned = sweep.cells.map((point) => plan(sweep, point));
  const seen = new Set<string>();
  for (const { key, label } of planned) {
    if (seen.has(key)) throw new ArgumentError(`planCells: ${label} stands twice in ${sweep.name}; leave one out`);
    seen.add(key);
  }
  return planned;
}

function plan(sweep: AnySweep, { params, seed }: CellPoint<object>): PlannedCell {
  const label = [sweep.cell.name, ...settingsOf(params), `seed=${seed}`].join(' ');
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`planCells: the seed of ${label} must be an integer`);
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(params)), params)) {
    throw new ArgumentError(
      `planCells: parameters of ${label} must be plain JSON (no undefined, functions, classes, typed arrays, NaN)`,
    );
  }
  const configHash = hashOf({ cell: sweep.cell.name, params, seed });
  return {
    key: `${sweep.cell.name}-s${seed}-${configHash.slice(0, 12)}`,
    label,
    configHash,
    point: { params, seed },
  };
}

/** `name=value` of the parameters that are short words or numbers. */
function settingsOf(params: object): string[] {
  return Object.entries(params as Record<string, CsvCell>)
    .filter(([, value]) => typeof value !== 'object' && String(value).length <= 24)
    .map(([name, value]) => `${name}=${value}`);
}
