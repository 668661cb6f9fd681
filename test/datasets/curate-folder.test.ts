import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { curateFolder } from '../../lib/datasets/curation/curate-folder.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { writeAvi } from '../../lib/imaging/avi/write-avi.js';
import { temporaryFolder } from './miniature.js';

const fixtures = new URL('../fixtures/dicom/', import.meta.url).pathname;
const folder = temporaryFolder();
afterAll(folder.remove);
const input = join(folder.path, 'Doe^Jane');
const salt = 'a salt of sixteen characters';

beforeAll(async () => {
  mkdirSync(join(input, 'study'), { recursive: true });
  copyFileSync(`${fixtures}examples_ybr_color.dcm`, join(input, 'study', 'Doe^Jane 1961-02-03.dcm'));
  for (const name of ['gdcm-US-ALOKA-16.dcm', 'color-pl.dcm']) {
    writeFileSync(join(input, 'study', name), gunzipSync(readFileSync(`${fixtures}${name}.gz`)));
  }
  const whole = readFileSync(join(input, 'study', 'Doe^Jane 1961-02-03.dcm'));
  writeFileSync(join(input, 'study', 'cut Doe^Jane.dcm'), whole.subarray(0, 90_000));
  writeFileSync(join(input, 'notes.txt'), 'Doe^Jane');
  const still = { width: 64, height: 64, frameCount: 6, framesPerSecond: 30, data: new Uint8Array(6 * 4096).fill(90) };
  await writeAvi(join(input, 'still.avi'), still);
});

describe('curateFolder', () => {
  const output = join(folder.path, 'curated');

  it('writes what is safe, counts the rest, and says why', async () => {
    const views = new Map([['study/Doe^Jane 1961-02-03.dcm', 'A4C']]);
    const keyFile = join(folder.path, 'key.csv');
    const report = await curateFolder(input, output, { salt, workers: 0, views, keyFile });
    expect(report).toMatchObject({
      files: 6,
      written: 1,
      skipped: { 'not-a-clip': 1 },
      quarantined: { 'several-pictures': 1, 'still-picture': 1, damaged: 1, 'cone-not-found': 1 },
      withoutSpacing: 1,
      doneInThisRun: 6,
    });
    expect(report.identifyingAttributes["Patient's Name"]).toBe(1);
    expect(readFileSync(keyFile, 'utf8')).toContain('Doe^Jane 1961-02-03.dcm');
    const study = openDataset(join(output, 'manifest.json'), output);
    if (study.layout !== 'view-study') throw new Error('layout');
    expect(study.findings).toEqual([]);
    const [sample] = study.samples;
    expect(sample).toMatchObject({ view: 'A4C', vendor: 'SonoSite, Inc.' });
    expect(sample!.extra).toEqual({ frames: '30', fps: '30.00030000300003', mm_per_pixel: '' }); // 1000 / 33.333 ms; calibration refused
    expect(await sample!.readClip()).toMatchObject({ width: 112, height: 112, frameCount: 30 });
  });

  it('lets no name, date or attribute value through', () => {
    // In examples_ybr_color.dcm: Patient's Name PLA, Patient ID 204, Study Date 20160503, Station Name "Not connected".
    const names = readdirSync(output, { recursive: true, encoding: 'utf8' });
    for (const name of names) {
      expect(name).not.toMatch(/Doe|Jane|1961|20160503/);
      const path = join(output, name);
      if (!/\.(csv|json|jsonl|avi)$/.test(name)) continue;
      const text = readFileSync(path, 'latin1');
      expect(text).not.toMatch(/Doe|Jane|1961-02|20160503|Not connected|114340/);
    }
  });

  it('goes on where it stopped, and starts anew under other options', async () => {
    const again = await curateFolder(input, output, { salt, workers: 0 });
    expect([again.doneInThisRun, again.written]).toEqual([0, 1]);
    expect(readFileSync(join(output, 'clips.csv'), 'utf8')).not.toContain('A4C'); // views are those of this call
    appendFileSync(join(output, 'curation-journal.jsonl'), '{"key":"half a li');
    expect((await curateFolder(input, output, { salt, workers: 0 })).doneInThisRun).toBe(0);
    writeFileSync(join(input, 'new.txt'), 'x');
    expect((await curateFolder(input, output, { salt, workers: 0 })).doneInThisRun).toBe(1);
  });

  it('gives other names under another salt, the same under the same', async () => {
    const small = join(folder.path, 'small');
    mkdirSync(join(small, 'study'), { recursive: true });
    copyFileSync(`${fixtures}examples_ybr_color.dcm`, join(small, 'study', 'Doe^Jane 1961-02-03.dcm'));
    const clips = async (name: string, secret: string): Promise<string[]> => {
      const target = join(folder.path, name);
      await curateFolder(small, target, { salt: secret, workers: 0 });
      return readdirSync(join(target, 'clips'), { recursive: true, encoding: 'utf8' }).sort();
    };
    const first = readdirSync(join(output, 'clips'), { recursive: true, encoding: 'utf8' }).sort();
    expect(await clips('same', salt)).toEqual(first);
    expect(await clips('other', 'another salt of many characters')).not.toEqual(first);
  });

  it.runIf(existsSync(new URL('../../lib/dist/datasets/curation/curate-worker.js', import.meta.url)))(
    'does the same on worker threads',
    async () => {
      const target = join(folder.path, 'threads');
      const report = await curateFolder(input, target, { salt, workers: 2 });
      expect(report).toMatchObject({ written: 1, quarantined: { damaged: 1 } });
      const [clip] = readdirSync(join(output, 'clips'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.avi'),
      );
      expect(readFileSync(join(target, 'clips', clip!)).equals(readFileSync(join(output, 'clips', clip!)))).toBe(true);
    },
  );

  it('refuses a short salt and an output inside the input', async () => {
    await expect(curateFolder(input, output, { salt: 'short' })).rejects.toThrow(ArgumentError);
    await expect(curateFolder(input, join(input, 'out'), { salt })).rejects.toThrow('must not lie inside');
  });
});
