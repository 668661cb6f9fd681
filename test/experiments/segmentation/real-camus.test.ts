import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataError } from '../../../lib/core/errors.js';
import { readFrames } from '../../../lib/experiments/segmentation/annotated-frames.js';
import { findRealCamus } from '../../../lib/experiments/segmentation/camus-samples.js';
import { newSegmenter } from '../../../lib/experiments/segmentation/new-segmenter.js';
import { scoreRealCamus } from '../../../lib/experiments/segmentation/real-camus.js';
import { SEGMENTATION_CONFIGS } from '../../../lib/experiments/segmentation/segmentation-config.js';
import { STRUCTURES } from '../../../lib/experiments/segmentation/structures.js';
import { writeNifti } from '../../../lib/imaging/nifti/write-nifti.js';
import { writeMiniatureCamus } from '../../datasets/miniature.js';

const folder = mkdtempSync(join(tmpdir(), 'real-camus-'));
const [WIDTH, HEIGHT] = [48, 40];

/** A drawing in the form of a released patient: a cavity in its wall, an atrium under it. */
function writePatient(name: string): void {
  const grey = new Float32Array(WIDTH * HEIGHT);
  const labels = new Float32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const away = ((x - 24) / 9) ** 2 + ((y - 15) / 10) ** 2;
      const label = away <= 1 ? 1 : away <= 1.7 ? 2 : y >= 30 && y < 37 && x > 17 && x < 31 ? 3 : 0;
      labels[y * WIDTH + x] = label;
      grey[y * WIDTH + x] = label === 2 ? 200 : 40;
    }
  }
  const at = { shape: [WIDTH, HEIGHT, 1, 1], spacing: [0.5, 0.5, 1, 0] } as const;
  writeNifti(join(folder, `${name}.nii.gz`), { ...at, data: grey });
  writeNifti(join(folder, `${name}_gt.nii.gz`), { ...at, data: labels });
}

beforeAll(() => {
  vi.stubEnv('ECHOLAB_CAMUS_SAMPLES', folder);
  vi.stubEnv('ECHOLAB_DATA', join(folder, 'data'));
  writePatient('patient9001_4CH_ED');
  writePatient('patient9001_4CH_ES');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('findRealCamus', () => {
  afterEach(() => void vi.stubEnv('ECHOLAB_DATA', join(folder, 'data')));

  it('takes the test patients of a whole CAMUS, at end-diastole and end-systole, rather than single patients', async () => {
    vi.stubEnv('ECHOLAB_DATA', join(folder, 'whole'));
    writeMiniatureCamus(join(folder, 'whole', 'real', 'camus'));
    const found = findRealCamus()!;
    expect(found.kind).toBe('test split');
    // the third of its three patients is in subgroup_testing.txt
    expect(found.frames.map(({ id }) => id)).toEqual([
      'camus/patient0003_4CH#ED',
      'camus/patient0003_4CH#ES',
      'camus/patient0003_2CH#ED',
      'camus/patient0003_2CH#ES',
    ]);
    const [diastole, systole] = (await readFrames(found.frames)).map(
      ({ labels }) => labels.filter((label) => label === 1).length,
    );
    // discs of radius 15 and 10 pixels; a disc on a grid is off by less than its circumference
    expect(Math.abs(diastole! - Math.PI * 15 ** 2)).toBeLessThan(2 * Math.PI * 15);
    expect(Math.abs(systole! - Math.PI * 10 ** 2)).toBeLessThan(2 * Math.PI * 10);
  });

  it('names another set of test patients by another hash', () => {
    vi.stubEnv('ECHOLAB_DATA', join(folder, 'other'));
    writeMiniatureCamus(join(folder, 'other', 'real', 'camus'), (files) => {
      files.set('database_split/subgroup_validation.txt', 'patient0003\n');
      files.set('database_split/subgroup_testing.txt', 'patient0002\n');
    });
    const other = findRealCamus()!;
    expect(new Set(other.frames.map(({ patient }) => patient))).toEqual(new Set(['camus/patient0002']));
    vi.stubEnv('ECHOLAB_DATA', join(folder, 'whole'));
    expect(findRealCamus()!.hash).not.toBe(other.hash);
  });

  it('refuses a whole CAMUS without its split files: which patients are for testing cannot be told', () => {
    vi.stubEnv('ECHOLAB_DATA', join(folder, 'unsplit'));
    writeMiniatureCamus(join(folder, 'unsplit', 'real', 'camus'), (files) => {
      for (const file of files.keys()) if (file.startsWith('database_split/')) files.set(file, '');
    });
    expect(() => findRealCamus()).toThrow(DataError);
    expect(() => findRealCamus()).toThrow(/patient0001_4CH carries no split/);
  });

  it('takes single patients where there is no whole CAMUS', () => {
    const found = findRealCamus()!;
    expect([found.kind, found.frames.map(({ id }) => id)]).toEqual([
      'patients',
      ['camus/patient9001_4CH#ED', 'camus/patient9001_4CH#ES'],
    ]);
  });
});

describe('scoreRealCamus', () => {
  const fresh = (name: string, slots: { points: number; box: boolean; text: boolean }) => ({
    ...newSegmenter({
      name,
      start: 'random',
      size: 'small',
      slots,
      imageSize: 16,
      textWidth: slots.text ? 4 : 0,
      data: 'phantom',
      seed: 1,
    }),
    embeddings: new Map(Object.values(STRUCTURES).map(({ text, value }) => [text, Float32Array.of(value, -1, 2, 0)])),
  });

  it('gives boxes alone and with the text to the model that takes both, and shows text beside the jittered box with it', async () => {
    const notes: string[] = [];
    const { rows } = await scoreRealCamus(
      {
        segmenter: fresh('EchoApex-SAM-S', { points: 1, box: true, text: true }),
        boxModels: [fresh('EchoApex-SAM-B', { points: 0, box: true, text: false })],
        unet: null,
        config: { ...SEGMENTATION_CONFIGS.smoke, testBatch: 6 },
        trainedOn: 'nothing',
      },
      {
        scale: 'smoke',
        data: 'phantom',
        progress: () => ({ update() {}, finish() {} }),
        workFolder: folder,
        stage: async (_name, work) => work(),
        note: (text) => notes.push(text),
        say: () => undefined,
      },
    );
    const promptsOf = (model: string): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const row of rows.filter((each) => each.model === model)) {
        counts[String(row.prompt)] = (counts[String(row.prompt)] ?? 0) + 1;
      }
      return counts;
    };
    // two frames of three structures; the models that take boxes alone get no wall
    const everyPrompt = {
      'exact box': 6,
      'box jittered 15 %': 6,
      'exact box and text': 6,
      'box jittered 15 % and text': 6,
      text: 6,
    };
    expect(promptsOf('EchoApex-SAM-S')).toEqual(everyPrompt);
    expect(promptsOf('control: black picture')).toEqual(everyPrompt);
    expect(promptsOf('EchoApex-SAM-B')).toEqual({ 'exact box': 4, 'box jittered 15 %': 4 });
    expect(promptsOf('control: ellipse in the box')).toEqual({ 'exact box': 6, 'box jittered 15 %': 6 });
    expect(notes.join()).toContain('real-overlays/camus-phantom-smoke.html');
    const page = readFileSync(join(folder, 'data', 'real-overlays', 'camus-phantom-smoke.html'), 'utf8');
    for (const prompt of ['text', 'box jittered 15 %', 'box jittered 15 % and text']) {
      for (const structure of ['LV', 'wall', 'LA']) {
        for (const phase of ['ED', 'ES']) expect(page).toContain(`patient9001 ${phase}, ${prompt}, ${structure} Dice`);
      }
    }
    expect(page).not.toContain('exact box');
  });
});
