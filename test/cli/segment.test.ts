import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSegmenter } from '../../lib/experiments/segmentation/load-segmenter.js';
import { temporaryFolder } from '../datasets/miniature.js';
import { randomSegmenter } from '../interactive/random-segmenter.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const folder = temporaryFolder();
const env = { ...process.env, ECHOLAB_RESULTS: join(folder.path, 'results'), ECHOLAB_DATA: join(folder.path, 'data') };
const model = join(folder.path, 'model.safetensors');
const picture = join(folder.path, 'frame.png');

beforeAll(async () => {
  writeFileSync(model, encodeSegmenter(randomSegmenter()));
  await sharp(Buffer.alloc(40 * 30, 90), { raw: { width: 40, height: 30, channels: 1 } })
    .png()
    .toFile(picture);
});
afterAll(() => folder.remove());

function run(args: readonly string[]): Promise<{ code: number; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'segment', ...args], { env }, (error, _out, err) => {
      resolve({ code: error ? Number(error.code) : 0, err });
    });
  });
}

function untilAddress(child: ChildProcess): Promise<{ url: string; clips: number }> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (part: Buffer) => {
      out += part.toString();
      if (out.trimEnd().endsWith('}')) resolve(JSON.parse(out) as { url: string; clips: number });
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}

describe('echolab segment', () => {
  it('serves a file of one’s own until it is told to end', async () => {
    const child = spawn(process.execPath, [MAIN, 'segment', picture, '--model', model, '--json'], { env });
    const { url, clips } = await untilAddress(child);
    expect(clips).toBe(1);
    const start = await (await fetch(`${url}api/start`)).json();
    expect(start).toMatchObject({
      model: 'EchoApex-SAM-random, model.safetensors',
      texts: ['left ventricle', 'left atrium'],
    });
    const place = { group: 'files', clip: 'frame.png', frame: 0 };
    const response = await fetch(`${url}api/segment`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ place, steps: [{ kind: 'point', x: 20, y: 15, inside: true }] }),
    });
    expect(response.status).toBe(200);
    child.removeAllListeners('exit');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('says what is missing and how to get it', async () => {
    const results = await Promise.all([
      run([picture]),
      run([picture, '--model', join(folder.path, 'none')]),
      run(['--model', model]),
      run([picture, '--model', model, '--port', 'x']),
      run(['--model', model, '--dataset', 'camus']),
    ]);
    expect(results.map(({ code }) => code)).toEqual([1, 1, 1, 2, 2]);
    expect(results[0]?.err).toContain('reproduce -- --notebook 03');
    expect(results[1]?.err).toContain('there is no model at');
    expect(results[2]?.err).toContain('data make --scale smoke');
  });
});
