import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { type EfModel, efModelFiles } from '../../lib/experiments/ejection-fraction/ef-model.js';
import { initialSegmenter } from '../../lib/experiments/ejection-fraction/segmenter.js';
import { startingEncoder } from '../../lib/experiments/encoders/starting-encoder.js';
import { efDecoderConfig, efDecoderParams } from '../../lib/models/ef-decoder.js';
import { tinyUnet } from '../../lib/models/unet.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const CINE = new URL('../../data-manifests/samples/a4c-cine.dcm', import.meta.url).pathname;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-ef-cli-'));
  const { config, params, normalisation } = startingEncoder('random', 'small', 'phantom', 1);
  const network = { kind: 'unet', unet: tinyUnet(1, 1) } as const;
  const random = stream(1, 'known');
  const sequence = efDecoderConfig(config.width, config.heads);
  const model: EfModel = {
    format: 'echolab-ef-1',
    origin: 'phantom',
    encoder: config,
    normalisation,
    segmenter: { network, imageSize: 48 },
    sequence,
    imageSize: 32,
    calibration: {
      patients: 4,
      absoluteErrors: [2, 4, 6, 8],
      disagreements: [1, 2, 3, 4],
      lowestCertainty: 0.5,
      slenderness: [1, 3],
    },
    encoderParams: params,
    segmenterParams: initialSegmenter(network, params, stream(1, 'segmenter')),
    sequenceParams: efDecoderParams(sequence, stream(1, 'sequence')),
    known: {
      count: 8,
      width: config.width,
      data: Float32Array.from({ length: 8 * config.width }, () => random.normal()),
    },
  };
  for (const [name, bytes] of Object.entries(efModelFiles(model, 'model'))) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  mkdirSync(join(folder, 'clips'));
  writeFileSync(join(folder, 'clips', 'broken.avi'), 'not a clip');
  writeFileSync(join(folder, 'clips', 'cine.dcm'), readFileSync(CINE));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ef(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ECHOLAB_RESULTS: join(folder, 'results') };
    execFile(process.execPath, [MAIN, 'ef', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

describe('echolab ef', () => {
  it('measures a folder: each clip with interval, beats, curve and reasons, and what cannot be read', async () => {
    const { code, out } = await ef(join(folder, 'clips'), '--model', join(folder, 'model'), '--json');
    expect(code).toBe(1); // one file is broken
    const [broken, cine] = JSON.parse(out);
    expect(broken.failed).toContain('broken.avi');
    expect(cine.ejectionFractionPercent).toBeGreaterThan(0);
    expect(cine.interval.high - cine.interval.low).toBeCloseTo(16, 6); // the fourth of 2, 4, 6, 8, both ways
    expect(cine.volumes).toHaveLength(30); // frames of the cine, as its README says
    expect(cine.beats[0].frames).toHaveLength(8);
    expect(cine.reasons[0].code).toBe('phantom-model');
  }, 300_000);

  it('prints for people and writes a page', async () => {
    const page = join(folder, 'page.html');
    const { code, out } = await ef(CINE, '--model', join(folder, 'model'), '--out', page);
    expect(code).toBe(0);
    expect(out).toMatch(/ejection fraction \d+ % \(\d+ to \d+, 80 % interval\)/);
    expect(out).toContain('the model has seen phantoms only');
    expect(readFileSync(page, 'utf8')).toContain('beat');
  }, 300_000);

  it('refuses wrong use and names a missing model', async () => {
    expect((await ef(join(folder, 'nowhere.avi'))).code).toBe(2);
    const missing = await ef(CINE);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('reproduce -- --notebook 05');
  }, 300_000);
});
