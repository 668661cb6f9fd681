import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import type { SweepWork } from '../../lib/sweeps/executor.js';
import { readSlurmConfig } from '../../lib/sweeps/slurm-config.js';
import { statesOf } from '../../lib/sweeps/slurm-programs.js';
import { arrayOptions, batchScript } from '../../lib/sweeps/slurm-submit.js';
import { judgeTask, type TaskFacts } from '../../lib/sweeps/slurm-verdict.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "echolab-o'slurm-")); // a quote that the script must not stumble over
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const work = (changes: Partial<SweepWork> = {}): SweepWork => ({
  name: 'squares',
  folder,
  cells: [],
  codeHash: 'test-code',
  resources: { memoryMiB: 1500.2, cores: 2 },
  retries: 1,
  command: ['/bin/echo', 'sweep-cell'],
  progress: silentProgress,
  say: () => undefined,
  ...changes,
});

describe('judgeTask', () => {
  const facts: TaskFacts = { hasResult: false, state: undefined, claimedBy: 'nobody', lateFor: 0 };

  it('lets a result decide, whatever Slurm says', () => {
    for (const state of ['RUNNING', 'TIMEOUT', 'COMPLETED', undefined]) {
      expect(judgeTask({ ...facts, state, hasResult: true })).toEqual({ is: 'closed' });
    }
  });

  it('leaves a task open while Slurm has it in hand', () => {
    for (const state of ['PENDING', 'CONFIGURING', 'RUNNING', 'SUSPENDED', 'COMPLETING', 'REQUEUED']) {
      expect(judgeTask({ ...facts, state })).toEqual({ is: 'open' });
    }
  });

  it('fails a task that ended without a result, with its state', () => {
    const ends = ['FAILED', 'TIMEOUT', 'OUT_OF_MEMORY', 'PREEMPTED', 'NODE_FAIL', 'CANCELLED', 'BOOT_FAIL', 'DEADLINE'];
    for (const state of ends) expect(judgeTask({ ...facts, state })).toEqual({ is: 'failed', reason: state });
  });

  it('gives a completed task a minute for its result to appear on a shared file system', () => {
    expect(judgeTask({ ...facts, state: 'COMPLETED' })).toEqual({ is: 'late' });
    expect(judgeTask({ ...facts, state: 'COMPLETED', lateFor: 60_000 })).toMatchObject({ is: 'failed' });
  });

  it('holds a forgotten task for running while its worker gives signs of life, else for lost', () => {
    expect(judgeTask({ ...facts, claimedBy: 'task' })).toEqual({ is: 'open' });
    expect(judgeTask(facts)).toEqual({ is: 'failed', reason: 'Slurm no longer knows the task' });
  });

  it('is no failure when someone else computes the cell', () => {
    expect(judgeTask({ ...facts, state: 'FAILED', claimedBy: 'other' })).toEqual({ is: 'closed' });
  });
});

describe('statesOf', () => {
  it('reads what sacct prints', () => {
    // Format of sacct 22.05 with -X -n -P (man sacct: JobID of array tasks, `CANCELLED by UID`).
    const states = statesOf('12_0|COMPLETED\n12_1|CANCELLED by 1000\n12_2|OUT_OF_MEMORY\n\n');
    expect([...states]).toEqual([
      ['12_0', 'COMPLETED'],
      ['12_1', 'CANCELLED'],
      ['12_2', 'OUT_OF_MEMORY'],
    ]);
  });
});

describe('submission', () => {
  it('asks for what the config says, and for what the sweep needs where it says nothing', () => {
    const plain = arrayOptions(work(), 'token', 5, {});
    expect(plain).toContain('--array=0-4');
    expect(plain).toContain('--mem=1501M');
    expect(plain).toContain('--cpus-per-task=2');
    expect(plain).toContain('--no-requeue');
    expect(plain.some((option) => /^--(partition|gres|time)/.test(option))).toBe(false);
    const config = { partition: 'gpu', gres: 'gpu:1', time: '02:00:00', memoryMiB: 8000, cores: 4, maxParallel: 3 };
    const options = arrayOptions(work(), 'token', 5, { ...config, options: ['--exclude=node7'] });
    for (const option of ['--partition=gpu', '--gres=gpu:1', '--time=02:00:00', '--mem=8000M', '--cpus-per-task=4']) {
      expect(options).toContain(option);
    }
    expect(options).toContain('--array=0-4%3');
    expect(options.at(-1)).toBe('--exclude=node7');
  });

  it('gives every task its own cell', () => {
    const submission = join(folder, 'slurm', 'token');
    mkdirSync(submission, { recursive: true });
    writeFileSync(join(submission, 'cells.txt'), 'first\nsecond\nthird\n');
    const script = batchScript(work(), submission, { setup: ['export GREETING=hello'] });
    const env = { ...process.env, SLURM_ARRAY_JOB_ID: '12', SLURM_ARRAY_TASK_ID: '1' };
    const printed = execFileSync('bash', ['-c', script], { env, encoding: 'utf8' });
    expect(printed.trim()).toBe(`sweep-cell ${folder} second --job 12_1 --cores 2`);
    expect(script.split('\n')[1]).toBe('export GREETING=hello');
  });
});

describe('readSlurmConfig', () => {
  it('reads what it knows and refuses the rest, by name', () => {
    const path = join(folder, 'slurm.json');
    writeFileSync(
      path,
      JSON.stringify({ partition: 'gpu', gres: 'gpu:1', memoryMiB: 8000, setup: ['module load node'] }),
    );
    expect(readSlurmConfig(path)).toMatchObject({ partition: 'gpu', memoryMiB: 8000 });
    writeFileSync(path, JSON.stringify({ partitoin: 'gpu' }));
    expect(() => readSlurmConfig(path)).toThrow(/slurm\.json.*partitoin/s);
    writeFileSync(path, JSON.stringify({ options: ['-x'] }));
    expect(() => readSlurmConfig(path)).toThrow(/options/);
    writeFileSync(path, '{');
    expect(() => readSlurmConfig(path)).toThrow(/JSON/);
  });
});
