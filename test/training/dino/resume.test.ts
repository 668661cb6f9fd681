import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type ExpectStatic, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';

const SCRIPT = new URL('../../fixtures/pretrain/run.mjs', import.meta.url).pathname;

/** A folder of the test's own, removed when it ends. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'echolab-resume-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly output: string;
  readonly errors: string;
  readonly killed: boolean;
}

/** Runs the script; kills it with SIGKILL `delay` milliseconds after it has made `steps` steps. */
function run(checkpoints: string, stage: '1' | '2', kill?: { steps: number; delay: number }): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT, checkpoints, stage], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (kill && stepsIn(output) >= kill.steps) setTimeout(() => child.kill('SIGKILL'), kill.delay);
    });
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.on('close', (_code, signal) => resolve({ output, errors, killed: signal === 'SIGKILL' }));
  });
}

const hashOf = (output: string): string => /hash ([0-9a-f]{64})/.exec(output)?.[1] ?? output;
const stepsIn = (output: string): number => output.match(/step \d+\n/g)?.length ?? 0;

/** Kills a run again and again at random moments, lets it end, and compares it with one that was left alone. */
async function killedRunsEndAlike(
  expect: ExpectStatic,
  folder: string,
  stage: '1' | '2',
  { kills, least }: { kills: number; least: number },
): Promise<void> {
  const whole = await run(join(folder, 'whole'), stage);
  expect(hashOf(whole.output)).toMatch(/^[0-9a-f]{64}$/);
  const checkpoints = join(folder, 'killed');
  const random = stream(8, `kills/${stage}`);
  for (let kill = 0; kill < kills; kill++) {
    const moment = { steps: least + random.integer(4), delay: random.between(0, 15) };
    expect((await run(checkpoints, stage, moment)).killed).toBe(true);
  }
  const rest = await run(checkpoints, stage);
  expect(rest.output).toMatch(/resumed (?!0\b)\d+/);
  expect(hashOf(rest.output)).toBe(hashOf(whole.output));
}

/** About twenty processes, three seconds of processor time each; on a busy machine they wait for one another. */
const PATIENCE = 1_200_000;

// side by side: each test is a row of processes
describe.concurrent('pretraining that is killed', () => {
  it(
    'ends with the same weights, bit for bit, after ten kills at random moments',
    async ({ expect }) => {
      await inFolder((folder) => killedRunsEndAlike(expect, folder, '1', { kills: 10, least: 2 }));
    },
    PATIENCE,
  );

  it(
    'so does stage 2, with accumulation',
    async ({ expect }) => {
      await inFolder((folder) => killedRunsEndAlike(expect, folder, '2', { kills: 3, least: 3 }));
    },
    PATIENCE,
  );

  it(
    'names a damaged checkpoint and uses the one before',
    async ({ expect }) => {
      await inFolder(async (folder) => {
        const whole = await run(join(folder, 'whole'), '1');
        const checkpoints = join(folder, 'damaged');
        await run(checkpoints, '1', { steps: 10, delay: 0 });
        const newest = readdirSync(checkpoints)
          .filter((file) => file.endsWith('.safetensors'))
          .sort()
          .at(-1)!;
        writeFileSync(join(checkpoints, newest), 'not a checkpoint');
        const rest = await run(checkpoints, '1');
        expect(rest.output).toMatch(/resumed (?!0\b)\d+/);
        expect(rest.errors).toContain(`${newest} is damaged`);
        expect(hashOf(rest.output)).toBe(hashOf(whole.output));
      });
    },
    PATIENCE,
  );
});
