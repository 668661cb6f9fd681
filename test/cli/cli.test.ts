import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ECHOLAB_DATA: folder, ECHOLAB_RESULTS: join(folder, 'results'), ...env } };
    execFile(process.execPath, [MAIN, ...args], options, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('echolab', () => {
  it('lists its commands', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['reproduce', 'data', 'doctor', 'verify', 'weights', 'curate', 'compare', 'claims', 'lab']) {
      expect(out).toContain(command);
    }
  });

  it('ends with 2 on wrong use and says what is right', async () => {
    const cases = [
      ['bogus'],
      ['reproduce', '--scale', 'huge'],
      ['reproduce', '--notebook', '77'],
      ['bench', 'nothing'],
      ['weights', 'import', 'x.pth'],
    ];
    const results = await Promise.all(cases.map((args) => run(args)));
    expect(results.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(results[1]?.err).toContain('Allowed choices are smoke, mini, full, paper');
    expect(results[2]?.err).toContain('no notebook in notebooks/ starts with "77"');
  });

  it('ends with 1 on a failure, named and without a stack', async () => {
    const { code, err } = await run(['data', 'check', '--dataset', 'nothing-such', '--root', folder]);
    expect(code).toBe(1);
    expect(err).toMatch(/^DataError: readManifest: there is no manifest "nothing-such"/);
    expect(err).not.toContain('    at ');
  });

  it('prints one JSON value with --json and nothing else', async () => {
    const estimate = await run(['data', 'make', '--scale', 'smoke', '--estimate', '--json']);
    expect(JSON.parse(estimate.out).estimate.clips).toBeGreaterThan(100);
    expect(readdirSync(folder)).toEqual([]);
    const list = JSON.parse((await run(['data', 'list', '--json'])).out);
    expect(list.manifests.map(({ name }: { name: string }) => name)).toContain('echonet-dynamic');
  });

  it('the doctor finds Node and the CPU and says how to get what is missing', async () => {
    const { code, out } = await run(['doctor', '--json']);
    const findings = JSON.parse(out) as { name: string; state: string; remedy: string }[];
    const byName = new Map(findings.map((finding) => [finding.name, finding]));
    expect(code).toBe(0);
    expect(byName.get('Node.js')?.state).toBe('ok');
    expect(byName.get('device cpu')?.state).toBe('ok');
    for (const { state, remedy } of findings) expect(remedy === '').toBe(state === 'ok');
  });
});
