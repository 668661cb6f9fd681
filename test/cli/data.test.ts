import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder, writeMiniaturePictures } from '../datasets/miniature.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const folder = temporaryFolder();
const root = join(folder.path, 'pictures');
afterAll(folder.remove);

function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

beforeAll(() => writeMiniaturePictures(root), 60_000);

describe('echolab data describe', () => {
  it('summarises the tables and writes a page that needs nothing else', async () => {
    const page = join(folder.path, 'overview.html');
    const args = ['data', 'describe', '--dataset', 'phantom-generic', '--root', root, '--out', page, '--json'];
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'phantom-generic', summary: [] });
    expect(JSON.parse(out).samples).toBeGreaterThan(1);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('Counts of samples by kind.');
    expect(html).toContain('Phantom data');
    expect(html).not.toMatch(/<(script|img|link)[^>]+(src|href)="https?:/);
  }, 240_000);
});

describe('echolab fuzz', () => {
  it('counts what came of damaged files, the same for a seed', async () => {
    const args = ['fuzz', '--format', 'nifti', '--mutations', '300', '--seed', '3', '--json'];
    const [a, b] = await Promise.all([run(args), run(args)]);
    expect([a.code, b.code]).toEqual([0, 0]);
    const counts = ({ out }: { out: string }): number[] => {
      const { read, refused, failures } = JSON.parse(out).reports.nifti;
      return [read, refused, failures.length];
    };
    expect(counts(a)).toEqual(counts(b));
    expect(counts(a)[0]! + counts(a)[1]!).toBe(300);
    expect((await run(['fuzz', '--mutations', '0'])).code).toBe(2);
  }, 240_000);
});
