import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCsv } from '../../lib/core/csv.js';
import { silentProgress } from '../../lib/core/progress.js';
import { localExecutor } from '../../lib/sweeps/local-executor.js';
import { runSweep, type SweepOptions } from '../../lib/sweeps/run-sweep.js';
import type { Sweep } from '../../lib/sweeps/sweep.js';
import { cellFiles } from '../../lib/sweeps/sweep-folder.js';
import { sweepStatus } from '../../lib/sweeps/sweep-plan.js';
import { type SquareParams, type SquareRow, squareCell } from './test-command/cells.mjs';
import { killCommands, startSweep, startsIn, TEST_WORKER, until } from './test-command.js';

/** Cells that a sweep of these tests runs at once. */
const SLOTS = Math.min(2, availableParallelism());

let work: string;
let starts: string;
let gate: string;
let said: string[];
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'echolab-sweep-'));
  starts = join(work, 'starts');
  gate = join(work, 'gate');
  said = [];
});
afterEach(() => {
  killCommands();
  rmSync(work, { recursive: true, force: true });
});

const squares = (params: readonly Omit<SquareParams, 'starts'>[]): Sweep<SquareParams, SquareRow> => ({
  name: 'squares',
  cell: squareCell,
  cells: params.map((each) => ({ params: { ...each, starts }, seed: 3 })),
  resources: { memoryMiB: 64, cores: 1 },
});

const options = (changes: SweepOptions = {}): SweepOptions => ({
  folder: join(work, 'squares'),
  command: TEST_WORKER,
  codeHash: 'test-code',
  progress: silentProgress,
  say: (text) => said.push(text),
  ...changes,
});

const values = (): number[] => startsIn(starts).map(({ value }) => value);

describe('runSweep on this machine', () => {
  it('loses one cell to each mishap, and no other', async () => {
    const sweep = squares([
      { value: 1 },
      { value: 2, mishap: 'kill' },
      { value: 3, mishap: 'exit' },
      { value: 4, mishap: 'throw' },
      { value: 5, mishap: 'nan' },
      { value: 6 },
      { value: 7, mishap: 'reject' },
      { value: 8, mishap: 'memory' },
    ]);
    const [node = '', ...rest] = TEST_WORKER;
    const command = [node, '--max-old-space-size=64', ...rest];
    const { cells, rows, missing, kept } = await runSweep(sweep, options({ retries: 0, command }));
    expect(kept).toBe(0);
    expect(cells.map(({ params }) => params.value)).toEqual([1, 6]);
    expect(rows.map(({ square }) => square)).toEqual([1, 36]);
    expect(missing.map(({ params, attempts, reason }) => [params.value, attempts, reason])).toEqual([
      [2, 1, 'ended by SIGKILL'],
      [3, 1, 'ended by exit code 9'],
      [4, 1, 'RangeError: no square of 4 for want of trying'],
      [5, 1, 'ArgumentError: square: square of row 0 must be text, a finite number, a boolean or null, got NaN'],
      [7, 1, 'TypeError: nobody waited'],
      [8, 1, expect.stringMatching(/^ended by SIGABRT: FATAL ERROR: .*heap out of memory/)],
    ]);
    expect(readFileSync(missing[2]?.log ?? '', 'utf8')).toContain('cells.mjs'); // the whole stack is in the log
    expect(said).toHaveLength(6);
    expect(readCsv(join(work, 'squares', 'rows.csv')).map(({ square }) => square)).toEqual(['1', '36']);
  });

  it('tries again, from the checkpoint, and only as often as it may', async () => {
    const sweep = squares([
      { value: 2, mishap: 'kill', mishaps: 1 },
      { value: 3, mishap: 'exit', mishaps: 2 },
    ]);
    const once = await runSweep(sweep, options());
    expect(once.rows).toEqual([expect.objectContaining({ value: 2, square: 4, attempt: 2 })]);
    expect(once.missing).toEqual([expect.objectContaining({ attempts: 2, reason: 'ended by exit code 9' })]);

    const again = await runSweep(sweep, options());
    expect([again.kept, again.missing.length]).toEqual([1, 1]);
    expect(values().filter((value) => value === 3)).toHaveLength(2);

    const retried = await runSweep(sweep, options({ retryFailed: true }));
    expect(retried.rows.map(({ square, attempt }) => [square, attempt])).toEqual([
      [4, 2],
      [9, 3],
    ]);
    expect(readdirSync(cellFiles(join(work, 'squares'), retried.cells[1]?.key ?? '').folder).sort()).toEqual([
      'cell.json',
      'logs',
      'result.json',
    ]);
  });

  it('computes again what other code made, or what is damaged, and keeps the rest', async () => {
    const sweep = squares([{ value: 1 }, { value: 2 }]);
    const first = await runSweep(sweep, options());
    writeFileSync(cellFiles(first.folder, first.cells[1]?.key ?? '').result, '{"rows": [{"squ');
    const second = await runSweep(sweep, options());
    expect(second.kept).toBe(1);
    expect(second.rows).toEqual(first.rows);
    expect(values().sort()).toEqual([1, 2, 2]);
    // The tests' worker says that it is "test-code": an order of other code is refused, not computed.
    await expect(runSweep(sweep, options({ codeHash: 'newer' }))).rejects.toThrow(/was built anew/);
    expect(values()).toHaveLength(3);
  });

  it('grows with its grid', async () => {
    await runSweep(squares([{ value: 1 }]), options());
    const { kept, rows } = await runSweep(squares([{ value: 2 }, { value: 1 }]), options());
    expect(kept).toBe(1);
    expect(rows.map(({ square }) => square)).toEqual([4, 1]);
  });

  it('runs as many at once as it may', async () => {
    const executor = localExecutor({ maxParallel: 1 });
    const run = runSweep(squares([{ value: 1, gate }, { value: 2 }]), options({ executor }));
    await until('the first waits', () => values().length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(values()).toEqual([1]);
    writeFileSync(gate, '');
    expect((await run).rows).toHaveLength(2);
  });

  it('stops on a signal, leaves no process and nothing half-written, and goes on from checkpoints', async () => {
    const sweep = squares([
      { value: 1, gate },
      { value: 2, gate },
    ]);
    const stop = new AbortController();
    const run = runSweep(sweep, options({ signal: stop.signal, executor: localExecutor({ maxParallel: 2 }) }));
    const stopped = expect(run).rejects.toThrow('enough');
    await until('a cell waits', () => running().length >= 1);
    stop.abort(new Error('enough'));
    await stopped;
    expect(running()).toEqual([]);
    expect(leftovers()).toEqual([]);
    writeFileSync(gate, '');
    const { rows, missing } = await runSweep(sweep, options());
    expect(missing).toEqual([]); // being stopped is no failed attempt
    expect(rows.map(({ square }) => square)).toEqual([1, 4]);
    expect(Math.max(...rows.map(({ resumedAt }) => resumedAt))).toBe(1);
  });
});

describe('sweeps that are killed, and sweeps at once', () => {
  const command = (params: object = {}, args: readonly string[] = []) =>
    startSweep(['squares', '--max-parallel', '2', ...args], {
      ECHOLAB_WORK: work,
      TEST_PARAMS: JSON.stringify({ starts, gate, ...params }),
    });

  it('kill -9 of a sweep takes its workers along; started again it computes what is missing', async () => {
    const killed = command();
    const folder = join(work, 'sweeps', 'squares-phantom-mini');
    await until('as many cells as may wait', () => running(folder).length === SLOTS);
    const pids = running(folder).map(({ pid }) => pid);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await until('the workers are gone', () => !pids.some(isRunning));
    writeFileSync(gate, '');
    const { code, out } = await command().ended;
    expect(code).toBe(0);
    expect(out).toContain('3 of 3 cells done, 0 of them before');
    const begun = startsIn(starts);
    expect(
      begun
        .filter(({ resumedAt }) => resumedAt === 0)
        .map(({ value }) => value)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(begun.filter(({ resumedAt }) => resumedAt === 1)).toHaveLength(SLOTS); // went on from their checkpoints
    const third = await command().ended;
    expect(third.out).toContain('3 of 3 cells done, 3 of them before');
    expect(startsIn(starts)).toHaveLength(3 + SLOTS);
  });

  it('two at once share the work and both end complete', async () => {
    const both = [command(), command()];
    const folder = join(work, 'sweeps', 'squares-phantom-mini');
    await until('both are at work', () => running(folder).length === Math.min(3, 2 * SLOTS));
    writeFileSync(gate, '');
    const ends = await Promise.all(both.map(({ ended }) => ended));
    for (const { code, out } of ends) {
      expect(code).toBe(0);
      expect(out).toContain('3 of 3 cells done');
    }
    expect(values().sort()).toEqual([1, 2, 3]);
  });
});

function running(folder = join(work, 'squares')): { pid: number }[] {
  const cells = sweepStatus(folder)?.cells ?? [];
  return cells.flatMap(({ state }) =>
    state.is === 'running' && state.claim.doing.includes('1/2') ? [state.claim] : [],
  );
}

function leftovers(): string[] {
  if (!existsSync(work)) return [];
  return readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tmp-|result\.json|claim/.test(file),
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
