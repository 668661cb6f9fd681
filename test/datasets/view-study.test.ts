import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, LeakError } from '../../lib/core/errors.js';
import { readManifest } from '../../lib/datasets/manifest.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { officialSplit, patientSplit } from '../../lib/datasets/split.js';
import { readViewStudy } from '../../lib/datasets/view-study.js';
import { temporaryFolder, writeMiniatureViews } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const manifest = readManifest('view-study');

describe('readViewStudy', () => {
  const clean = `${folder.path}/clean`;
  beforeAll(() => writeMiniatureViews(clean));

  it('gives typed samples that open when asked', async () => {
    const study = openDataset('view-study', clean);
    if (study.layout !== 'view-study') throw new Error('layout');
    expect(study.findings).toEqual([]);
    expect(study.samples).toHaveLength(12);
    const sample = study.samples[1]!;
    expect(sample).toMatchObject({ view: 'PLAX:LV', patient: 'V0', vendor: 'Acme', site: 'site-1', split: 'train' });
    const clip = await sample.readClip();
    expect(clip).toMatchObject({ width: 48, frameCount: 5, framesPerSecond: 50 });
    expect(await sample.readFrame(4)).toMatchObject({ width: 48, height: 48 });
    expect(officialSplit(study.samples).train).toHaveLength(8);
    expect(patientSplit(study.samples, 0, { train: 1, validation: 1, test: 1 }).test).toHaveLength(4);
  });

  it('tells phantom from real by the manifest alone', () => {
    expect(openDataset('phantom-views', clean).manifest.origin).toBe('phantom');
  });

  it('reports each fault and leaves the row out', async () => {
    const root = `${folder.path}/faults`;
    await writeMiniatureViews(root, (rows) => {
      rows[0]!.path = '../../etc/passwd';
      rows[1]!.path = 'clips/absent.avi';
      rows[2]!.view = 'A6C';
      rows[3]!.patient = '';
      rows.push({ ...rows[4]! });
      rows.push({ ...rows[5]!, vendor: 'Other' });
      rows[11]!.split = 'train';
    });
    const study = readViewStudy(root, manifest);
    expect(study.findings.map(({ code }) => code).sort()).toEqual(
      [
        'conflicting-rows',
        'duplicate-row',
        'missing-file',
        'missing-value',
        'path-outside',
        'patient-leak',
        'unknown-label',
      ].sort(),
    );
    expect(study.samples).toHaveLength(7);
    expect(() => officialSplit(study.samples)).toThrow(LeakError);
  });

  it('wants one table', () => {
    expect(() => readViewStudy(folder.path, manifest)).toThrow(DataError);
    expect(() => readViewStudy('/nowhere', manifest)).toThrow('must hold clips.csv');
  });
});
