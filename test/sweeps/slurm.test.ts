import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SlurmState } from '../../lib/sweeps/slurm-state.js';
import { type SweepStatus, sweepStatus } from '../../lib/sweeps/sweep-plan.js';
import { missingPrograms, OneNodeSlurm } from './one-node-slurm.js';
import { killCommands, startSweep, startsIn, until } from './test-command.js';

vi.setConfig({ hookTimeout: 120_000 });

const missing = missingPrograms();
const required = process.env.ECHOLAB_REQUIRE_SLURM === '1';
if (missing.length > 0 && !required) {
  console.warn(
    `the Slurm tests are skipped: ${missing.join(', ')} not found; apt-get install slurm-wlm munge runs them`,
  );
}

describe.skipIf(missing.length > 0 && !required)('sweeps on a real Slurm of one node', { timeout: 240_000 }, () => {
  let slurm: OneNodeSlurm;
  let work: string;
  let starts: string;
  let gate: string;
  let config: string;

  beforeAll(async () => {
    expect(missing, 'ECHOLAB_REQUIRE_SLURM=1, but Slurm is not installed').toEqual([]);
    slurm = new OneNodeSlurm();
    await slurm.start();
  });

  afterAll(async () => {
    await slurm?.stop();
  });

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'echolab-sweep-'));
    starts = join(work, 'starts');
    gate = join(work, 'gate');
    config = join(work, 'slurm.json');
    writeFileSync(config, JSON.stringify({ partition: 'main', time: '00:10:00', memoryMiB: 100, pollSeconds: 0.3 }));
    return async () => {
      killCommands();
      await slurm.cancelJobs();
      rmSync(work, { recursive: true, force: true });
    };
  });

  const sweep = (args: readonly string[], params: object) =>
    startSweep([...args, '--executor', 'slurm', '--slurm-config', config], {
      SLURM_CONF: slurm.environment.SLURM_CONF,
      ECHOLAB_WORK: work,
      TEST_PARAMS: JSON.stringify({ starts, ...params }),
    });
  const folder = (scale = 'mini'): string => join(work, 'sweeps', `squares-phantom-${scale}`);
  const status = (scale = 'mini'): SweepStatus['cells'] => sweepStatus(folder(scale))?.cells ?? [];
  const openGate = (): void => writeFileSync(gate, '');
  /** Cells that wait at the gate, past their checkpoint. */
  const running = (scale = 'mini') =>
    status(scale).flatMap(({ key, label, state }) =>
      state.is === 'running' && state.claim.doing.includes('1/2') ? [{ key, label, claim: state.claim }] : [],
    );
  const squaredIn = (label: string): number => Number(/value=(\d+)/.exec(label)?.[1]);
  const rows = (): string[] =>
    readFileSync(join(folder(), 'rows.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(1, 4).join());

  it('ends complete though a task, the watcher and the controller are killed, and computes nothing twice', async () => {
    const params = { gate };
    const first = sweep(['squares'], params);
    await until('two cells run', () => running().length === 2);
    const [killed, cancelled] = running();
    if (!killed || !cancelled) throw new Error('no two cells run');
    first.child.kill('SIGKILL');
    await first.ended;
    process.kill(killed.claim.pid, 'SIGKILL');
    slurm.run('scancel', [cancelled.claim.job ?? '']);
    await until('the third runs in their place', () => startsIn(starts).length === 3 && running().length === 1);
    await slurm.saveState();
    await slurm.killController();
    // As if the watcher had died between sbatch and noting the job's number: it is found by its name.
    const path = join(folder(), 'slurm', 'state.json');
    const state = JSON.parse(readFileSync(path, 'utf8')) as SlurmState;
    expect(state.submissions).toHaveLength(1);
    writeFileSync(path, JSON.stringify({ submissions: state.submissions.map((each) => ({ ...each, job: null })) }));
    await slurm.startController();
    openGate();

    const ends = await Promise.all([sweep(['squares'], params).ended, sweep(['squares'], params).ended]);

    expect(ends.map(({ code, err }) => [code, err])).toEqual(ends.map(({ err }) => [0, err]));
    expect(rows()).toEqual(['1,7,1', '2,7,4', '3,7,9']);
    const begun = startsIn(starts);
    const restarted = [killed, cancelled].map(({ label }) => squaredIn(label));
    for (const value of [1, 2, 3]) {
      const own = begun.filter((start) => start.value === value);
      expect(own).toHaveLength(restarted.includes(value) ? 2 : 1);
      if (own[1]) expect(own[1].resumedAt).toBeGreaterThan(0); // went on from its checkpoint
    }
    const said = ends.map(({ out }) => out).join('');
    expect(said.match(/ failed: /g)).toHaveLength(2);
    expect(said).toMatch(/failed: CANCELLED \(job \d+_\d\)/);
    expect(said).toMatch(/failed: FAILED \(job \d+_\d\)/);
  });

  it('waits for a controller that is gone, and for results that come meanwhile', async () => {
    const watcher = sweep(['squares', '--scale', 'smoke'], { gate });
    await until('two cells run', () => running('smoke').length === 2);
    await slurm.saveState();
    let said = '';
    // listens before the controller goes: the watcher says it once
    watcher.child.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    await slurm.killController();
    await until('the watcher notices', () => said.includes('Slurm does not answer'));
    openGate();
    await until('the results are there', () => status('smoke').every(({ state }) => state.is === 'done'));
    await slurm.startController();
    const { code, out } = await watcher.ended;
    expect(code).toBe(0);
    expect(out).toContain('2 of 2 cells done');
    expect(startsIn(starts)).toHaveLength(2);
  });

  it('tries again what was preempted and what went down with its node, also for a watcher that was started later', async () => {
    const stopped = sweep(['squares', '--retries', '2'], { gate });
    await until('two cells run', () => running().length === 2);
    stopped.child.kill('SIGINT');
    const end = await stopped.ended;
    expect(end.code).toBe(130);
    expect(end.out).toMatch(/jobs that go on: \d+ .*interrupted; jobs in Slurm go on; run the same command again/s);
    const watcher = sweep(['squares', '--retries', '2'], { gate });
    slurm.run('sbatch', [
      '--partition=urgent',
      '--cpus-per-task=2',
      '--mem=100M',
      '--output=/dev/null',
      '--wrap=sleep 0.5',
    ]);
    await until('the preempted start again', () => startsIn(starts).length >= 4);
    await until('two cells run', () => running().length === 2);
    await slurm.failNode();
    await until('they start again', () => startsIn(starts).length >= 6);
    openGate();
    const { code, out } = await watcher.ended;
    expect(code, out).toBe(0);
    expect(rows()).toEqual(['1,7,1', '2,7,4', '3,7,9']);
    expect(out).toContain('failed: PREEMPTED');
    expect(out).toContain('failed: NODE_FAIL');
  });

  it('lists a cell that used up its attempts, with its log, and tries it again when asked', async () => {
    const params = { mishap: 'exit', mishaps: 2 };
    const failed = await sweep(['squares', '--scale', 'full', '--json'], params).ended;
    expect(failed.code).toBe(1);
    const { missing: listed } = JSON.parse(failed.out) as {
      missing: { attempts: number; reason: string; log: string }[];
    };
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ attempts: 2, reason: expect.stringMatching(/^FAILED \(job \d+_0\)/) });
    expect(listed[0]?.log).toContain(join(work, 'sweeps', 'squares-phantom-full', 'slurm'));
    const again = await sweep(['squares', '--scale', 'full'], params).ended;
    expect(again.code).toBe(1);
    expect(startsIn(starts)).toHaveLength(2);
    const retried = await sweep(['squares', '--scale', 'full', '--retry-failed'], params).ended;
    expect(retried.code, retried.out).toBe(0);
    expect(startsIn(starts)).toHaveLength(3);
  });

  it("passes on what Slurm refuses, in Slurm's words", async () => {
    writeFileSync(config, JSON.stringify({ partition: 'nowhere' }));
    const { code, err } = await sweep(['squares'], {}).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/EnvironmentError: .*Invalid partition/);
    expect(startsIn(starts)).toEqual([]);
  });
});
