import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepStatus } from '../../lib/sweeps/sweep-plan.js';
import { killCommands, startSweep, until } from '../sweeps/test-command.js';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'echolab-sweep-'));
});
afterEach(() => {
  killCommands();
  rmSync(work, { recursive: true, force: true });
});

const sweep = (args: readonly string[], params: object = {}) =>
  startSweep(args, { ECHOLAB_WORK: work, TEST_PARAMS: JSON.stringify(params) });

describe('echolab sweep', () => {
  it('ends with 2 on wrong use and says what is right', async () => {
    const config = join(work, 'slurm.json');
    writeFileSync(config, '{"partitoin": "gpu"}');
    const cases: [string[], RegExp][] = [
      [['cubes'], /there is no sweep "cubes"; known: squares/],
      [['squares', '--scale', 'huge'], /Allowed choices are smoke, mini, full, paper/],
      [['squares', '--max-parallel', '0'], /--max-parallel must be an integer >= 1/],
      [['squares', '--retries', 'x'], /--retries must be an integer >= 0/],
      [['squares', '--slurm-config', config], /--slurm-config needs --executor slurm/],
      [['squares', '--executor', 'slurm', '--slurm-config', config], /partitoin/],
    ];
    const ends = await Promise.all(cases.map(([args]) => sweep(args).ended));
    expect(ends.map(({ code }) => code)).toEqual(cases.map(() => 2));
    ends.forEach(({ err }, index) => {
      expect(err).toMatch(cases[index]?.[1] ?? '');
    });
  });

  it('lists, runs, says how it stands, and keeps standard output for one JSON value', async () => {
    expect((await sweep([]).ended).out).toBe('squares  squares of small numbers\n');
    const before = await sweep(['squares', '--scale', 'smoke', '--status']).ended;
    expect([before.code, before.out]).toEqual([0, 'squares-phantom-smoke was not started\n']);
    const run = await sweep(['squares', '--scale', 'smoke', '--json'], { value: 2, mishap: 'throw' }).ended;
    expect(run.code).toBe(1); // two equal cells: refused before anything runs
    expect(run.err).toMatch(/^ArgumentError: planCells: square .* stands twice/);
    const failed = await sweep(['squares', '--scale', 'full', '--retries', '0', '--json'], { mishap: 'throw' }).ended;
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject({ done: 0, kept: 0, missing: [{ attempts: 1 }] });
    const status = await sweep(['squares', '--scale', 'full', '--status']).ended;
    expect(status.code).toBe(0);
    expect(status.out).toMatch(/^squares-phantom-full: 0 done, 0 running, 0 waiting, 1 failed/);
    expect(status.out).toMatch(
      /failed {2}square value=1 mishap=throw seed=7: RangeError: no square of 1.*; log .*\.log/,
    );
    const done = await sweep(['squares', '--scale', 'smoke', '--json']).ended;
    expect([done.code, JSON.parse(done.out)]).toEqual([0, expect.objectContaining({ done: 2, missing: [] })]);
    const json = JSON.parse((await sweep(['squares', '--scale', 'smoke', '--status', '--json']).ended).out);
    expect(json.counts).toEqual({ done: 2, running: 0, waiting: 0, failed: 0 });
  });

  it('on Ctrl-C ends its workers, says how to go on, and ends with 130', async () => {
    const gate = join(work, 'gate');
    const { child, ended } = sweep(['squares', '--scale', 'smoke'], { gate });
    const folder = join(work, 'sweeps', 'squares-phantom-smoke');
    const claims = () => (sweepStatus(folder)?.cells ?? []).filter(({ state }) => state.is === 'running');
    await until('a cell runs', () => claims().length > 0);
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).toContain('interrupted; run the same command again to go on');
    expect(claims()).toEqual([]);
    writeFileSync(gate, '');
    const again = await sweep(['squares', '--scale', 'smoke'], { gate }).ended;
    expect(again.code).toBe(0);
    expect(readFileSync(join(folder, 'rows.csv'), 'utf8').trim().split('\n')).toHaveLength(3);
  });
});
