import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';

const SCRIPT = new URL('../../fixtures/pretrain/run.mjs', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-resume-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script; kills it with SIGKILL once it has printed `step <killAt>`. */
function run(checkpoints: string, killAt?: number): Promise<{ output: string; errors: string; killed: boolean }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT, checkpoints], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (killAt !== undefined && output.includes(`step ${killAt}\n`)) child.kill('SIGKILL');
    });
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.on('close', (_code, signal) => resolve({ output, errors, killed: signal === 'SIGKILL' }));
  });
}

const hashOf = (output: string): string => /hash ([0-9a-f]{64})/.exec(output)?.[1] ?? output;

describe('pretraining that is killed', () => {
  it('ends with the same weights, bit for bit, wherever it was killed', async () => {
    const whole = await run(join(folder, 'whole'));
    expect(hashOf(whole.output)).toMatch(/^[0-9a-f]{64}$/);
    const checkpoints = join(folder, 'killed');
    const random = stream(8, 'kills');
    let from = 0;
    for (let kill = 0; kill < 3; kill++) {
      const at = from + 1 + random.integer(7);
      const { killed } = await run(checkpoints, at);
      expect(killed).toBe(true);
      from = at - (at % 3);
    }
    const rest = await run(checkpoints);
    expect(rest.output).toMatch(/resumed (?!0\b)\d+/);
    expect(hashOf(rest.output)).toBe(hashOf(whole.output));
  });

  it('names a damaged checkpoint and uses the one before', async () => {
    const whole = await run(join(folder, 'whole'));
    const checkpoints = join(folder, 'damaged');
    await run(checkpoints, 10);
    const newest = readdirSync(checkpoints)
      .filter((file) => file.endsWith('.safetensors'))
      .sort()
      .at(-1)!;
    writeFileSync(join(checkpoints, newest), 'not a checkpoint');
    const rest = await run(checkpoints);
    expect(rest.errors).toContain(`${newest} is damaged`);
    expect(hashOf(rest.output)).toBe(hashOf(whole.output));
  });
});
