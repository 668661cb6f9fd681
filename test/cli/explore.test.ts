import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../datasets/miniature.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
const env = { ...process.env, ECHOLAB_RESULTS: at('results'), ECHOLAB_DATA: at('data') };
afterAll(() => folder.remove());

function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'explore', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

beforeAll(async () => {
  mkdirSync(at('own'));
  for (let n = 0; n < 9; n++) {
    const data = Buffer.alloc(32 * 32, 20 * n);
    await sharp(data, { raw: { width: 32, height: 32, channels: 1 } })
      .png()
      .toFile(at('own', `${n}.png`));
  }
  mkdirSync(at('results', 'e01-scaling-study', 'phantom-mini', 'assets'), { recursive: true });
  writeFileSync(at('results', 'e01-scaling-study', 'phantom-mini', 'run.json'), '{}');
  writeFileSync(at('results', 'e01-scaling-study', 'phantom-mini', 'assets', 'explorer.html'), '<html>record</html>');
  mkdirSync(at('results', 'e06', 'x'), { recursive: true });
  writeFileSync(at('results', 'e06', 'x', 'run.json'), '{}');
});

describe('echolab explore', () => {
  it('makes a page of a folder of pictures', async () => {
    const args = [at('own'), '--encoder', 'random-small', '--maps', 'pca', '--out', at('page.html'), '--json'];
    const { code, out } = await run(args);
    expect([code, JSON.parse(out)]).toEqual([0, { file: at('page.html') }]);
    expect(readFileSync(at('page.html'), 'utf8')).toContain('9 frames of 9 patients or files');
  });

  it('opens the page of a record, the best there is if none is named', async () => {
    const named = [[], ['e01-scaling-study/phantom-mini'], [at('results', 'e01-scaling-study', 'phantom-mini')]];
    const runs = await Promise.all(named.map((args, n) => run([...args, '--out', at(`record${n}.html`)])));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    for (const n of [0, 1, 2]) expect(readFileSync(at(`record${n}.html`), 'utf8')).toBe('<html>record</html>');
  });

  it('says what is wrong', async () => {
    const results = await Promise.all([
      run([at('own'), '--maps', 'isomap']),
      run(['e06/x']),
      run([at('nowhere')]),
      run([at('own'), '--encoder', 'nothing']),
    ]);
    expect(results.map(({ code }) => code)).toEqual([2, 1, 1, 1]);
    expect(results[0]?.err).toContain('t-SNE, UMAP, PCA');
    expect(results[1]?.err).toContain('has no map of embeddings');
  });
});
