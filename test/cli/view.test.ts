import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { startingEncoder } from '../../lib/experiments/encoders/starting-encoder.js';
import { encodeClassifier } from '../../lib/experiments/view-classification/classifier-file.js';
import { linearHeadParams } from '../../lib/models/linear-head.js';
import { prefixParams } from '../../lib/models/parameters.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const CINE = new URL('../../data-manifests/samples/a4c-cine.dcm', import.meta.url).pathname;

let folder: string;
let model: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-view-'));
  model = join(folder, 'untrained.safetensors');
  const { config, params } = startingEncoder('random', 'small', 'phantom', 1);
  const random = stream(1, 'novelty');
  writeFileSync(
    model,
    encodeClassifier({
      classifier: {
        network: { kind: 'vit', config },
        params: {
          ...prefixParams(params, 'encoder.'),
          ...prefixParams(linearHeadParams(config.width, 2, stream(1, 'head')), 'head.'),
        },
        classes: ['A2C', 'A4C'],
        imageSize: 32,
      },
      novelty: {
        features: {
          count: 8,
          width: config.width,
          data: Float32Array.from({ length: 8 * config.width }, () => random.normal()),
        },
        k: 2,
        distances: Float64Array.from({ length: 99 }, (_, i) => i / 1e5),
      },
      origin: 'phantom',
      model: 'untrained',
    }),
  );
  const pixels = Buffer.from(Uint8Array.from({ length: 96 * 128 }, (_, i) => 60 + ((i * 7) % 150)));
  writeFileSync(
    join(folder, 'texture.png'),
    await sharp(pixels, { raw: { width: 128, height: 96, channels: 1 } })
      .png()
      .toBuffer(),
  );
  writeFileSync(join(folder, 'broken.avi'), 'not a clip');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function view(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ECHOLAB_RESULTS: join(folder, 'results') };
    execFile(process.execPath, [MAIN, 'view', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('echolab view', () => {
  it('names the view of the real cine, frame by frame, and says that the classifier knows phantoms only', async () => {
    const { code, out } = await view(CINE, '--model', model, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result.trainedOn).toBe('phantom');
    expect(result.warning).toContain('trained on phantoms');
    const [file] = result.files;
    expect(['A2C', 'A4C']).toContain(file.view);
    expect(file.region).toBe('sector');
    expect(file.frames.map(({ frame }: { frame: number }) => frame)).toEqual([0, 7, 15, 22, 29]); // of 30: 0, N/4, N/2, 3N/4, N - 1
    expect(file.noveltyP).toBe(0.01); // farther out than all 99 known distances: 1 / 100
    expect(file.reasons.join()).toContain('unlike what it was trained on');
  });

  it('goes through a folder, doubts a picture that is no ultrasound, and reports a file that it cannot read', async () => {
    const { code, out } = await view(folder, '--model', model);
    expect(code).toBe(0);
    expect(out).toMatch(/texture\.png: A[24]C, probability 0\.\d\d/);
    expect(out).toContain('do not trust: the picture is no sector');
    expect(out).toMatch(/broken\.avi: not read: /);
  });

  it('ends with 2 without a file or a classifier, and with 1 when nothing could be read', async () => {
    const results = await Promise.all([
      view(join(folder, 'nothing.dcm'), '--model', model),
      view(CINE),
      view(join(folder, 'broken.avi'), '--model', model),
    ]);
    expect(results.map(({ code }) => code)).toEqual([2, 2, 1]);
    expect(results[1]!.err).toContain('there is no classifier');
  });
});
