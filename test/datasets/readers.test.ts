import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ArgumentError, DataError, LeakError } from '../../lib/core/errors.js';
import { readCamus } from '../../lib/datasets/camus.js';
import { readEchonetLvh } from '../../lib/datasets/echonet-lvh.js';
import { foldSplit, readEchonetPediatric } from '../../lib/datasets/echonet-pediatric.js';
import type { Finding } from '../../lib/datasets/finding.js';
import { readManifest } from '../../lib/datasets/manifest.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { readPictureSet } from '../../lib/datasets/picture-set.js';
import { officialSplit } from '../../lib/datasets/split.js';
import { readTmed2 } from '../../lib/datasets/tmed-2.js';
import { readUnity } from '../../lib/datasets/unity.js';
import { readVolBiplane } from '../../lib/datasets/vol-biplane.js';
import { readVolumeSet } from '../../lib/datasets/volume-set.js';
import {
  temporaryFolder,
  unityCode,
  writeMiniatureBiplanes,
  writeMiniatureCamus,
  writeMiniatureLvh,
  writeMiniaturePediatric,
  writeMiniaturePictures,
  writeMiniatureTmed2,
  writeMiniatureUnity,
  writeMiniatureVolumes,
} from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
let next = 0;
const fresh = (): string => join(folder.path, String(next++));
const codes = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code).sort();

describe('readEchonetPediatric', () => {
  const manifest = readManifest('echonet-pediatric');

  it('reads both views, folds and missing weights', async () => {
    const root = fresh();
    await writeMiniaturePediatric(root);
    const { samples, findings } = readEchonetPediatric(root, manifest);
    expect(findings).toEqual([]);
    expect(samples).toHaveLength(20);
    expect(samples[3]).toMatchObject({
      id: 'A4C/CR3-A4C-0001',
      patient: 'CR3',
      fold: 3,
      view: 'A4C',
      weightKilograms: null,
      heightCentimetres: 110,
    });
    const [diastole, systole] = samples[0]!.tracings;
    expect([diastole!.frame, systole!.frame]).toEqual([0, 4]); // listed systole first
    expect(diastole!.outline).toHaveLength(24); // no point dropped
    expect((await samples[19]!.readClip()).frameCount).toBe(8);
  });

  it('splits by fold: k test, k + 1 validation', async () => {
    const root = fresh();
    await writeMiniaturePediatric(root);
    const { samples } = readEchonetPediatric(root, manifest);
    const split = foldSplit(samples, 9);
    expect(new Set(split.test.map(({ fold }) => fold))).toEqual(new Set([9]));
    expect(new Set(split.validation.map(({ fold }) => fold))).toEqual(new Set([0]));
    expect(split.train).toHaveLength(16);
    expect(() => foldSplit(samples, 10)).toThrow(ArgumentError);
    // Law: over the ten folds every clip is tested once.
    const tested = Array.from({ length: 10 }, (_, k) => foldSplit(samples, k).test).flat();
    expect(new Set(tested.map(({ id }) => id)).size).toBe(20);
    expect(() => foldSplit([samples[0]!, { ...samples[1]!, patient: 'CR0' }], 0)).toThrow(LeakError);
  });

  it('takes "No Systolic" as untraced and finds faults', async () => {
    const root = fresh();
    await writeMiniaturePediatric(root, ({ view, list, tracings }) => {
      if (view === 'PSAX') return;
      for (const row of tracings) {
        if (row.FileName === 'CR1-A4C-0001.avi' && row.Frame === 4)
          Object.assign(row, { Frame: 'No Systolic', X: '', Y: '' });
      }
      list[2]!.Split = 11;
      list[4]!.FileName = 'CR4-absent.avi';
      list[5]!.FileName = '../../../CR5.avi';
      tracings.find((row) => row.FileName === 'CR6-A4C-0001.avi' && row.Frame === 0)!.X = 130;
    });
    const { samples, findings } = readEchonetPediatric(root, manifest);
    expect(codes(findings)).toEqual(
      [
        'extra-file',
        'extra-file',
        'missing-file',
        'missing-value',
        'path-outside',
        'point-out-of-picture',
        'too-few-traced-frames',
      ].sort(),
    );
    expect(samples).toHaveLength(17);
    expect(samples[1]!.tracings).toEqual([]);
  });
});

describe('readEchonetLvh', () => {
  const manifest = readManifest('echonet-lvh');

  it('reads calipers and their scale', async () => {
    const root = fresh();
    await writeMiniatureLvh(root);
    const { samples, findings } = readEchonetLvh(root, manifest);
    expect(findings).toEqual([]);
    expect(samples.map(({ split }) => split)).toEqual(['train', 'train', 'validation', 'test']);
    expect(samples[0]!.measurements).toHaveLength(6);
    expect(samples[0]!.millimetresPerPixel).toBeCloseTo(0.5, 12); // 10 x CalcValue / distance
    expect((await samples[0]!.readFrame(0)).width).toBe(160);
  });

  it('finds every known quirk', async () => {
    const root = fresh();
    await writeMiniatureLvh(root, (rows) => {
      const of = (n: number) => rows.filter((row) => row.HashedFileName === `0XL${n}`);
      for (const row of of(0)) Object.assign(row, { Width: 50, FPS: 10 }); // Width holds FPS, FPS the frame count
      of(1)[0]!.CalcValue = 5; // 2.5 mm a pixel
      of(1)[1]!.Frame = 10;
      of(1)[2]!.X1 = 400;
      of(2)[0]!.Calc = 'LVOT';
      Object.assign(of(2)[1]!, { Y2: of(2)[1]!.Y1! });
      rows.push({ ...of(2)[3]! });
      of(3)[5]!.split = 'train';
    });
    rmSync(join(root, 'Batch1', '0XL0.avi'));
    const missing = readEchonetLvh(root, manifest);
    expect(codes(missing.findings)).toContain('missing-file');
    await writeMiniatureLvh(join(folder.path, 'donor'));
    const { cpSync } = await import('node:fs');
    cpSync(join(folder.path, 'donor', 'Batch1', '0XL0.avi'), join(root, 'Batch1', '0XL0.avi'));
    cpSync(join(folder.path, 'donor', 'Batch1', '0XL0.avi'), join(root, 'Batch2', '0XSTRAY.avi'));
    const { samples, findings } = readEchonetLvh(root, manifest);
    expect(codes(findings)).toEqual(
      [
        'duplicate-row',
        'extra-file',
        'frame-out-of-range',
        'implausible-value',
        'implausible-value',
        'patient-leak',
        'point-out-of-picture',
        'shifted-columns',
        'unknown-label',
      ].sort(),
    );
    expect(samples.map(({ id }) => id)).toEqual(['0XL0', '0XL1', '0XL2']);
    expect(samples[0]).toMatchObject({ width: null, framesPerSecond: null });
    expect(samples[1]!.measurements).toHaveLength(4);
  });
});

describe('readCamus', () => {
  const manifest = readManifest('camus');

  it('reads pictures, labels, sequence and information', async () => {
    const root = fresh();
    writeMiniatureCamus(root);
    const { samples, findings } = readCamus(root, manifest);
    expect(findings).toEqual([]);
    expect(samples.map(({ id, split }) => `${id} ${split}`)).toEqual([
      'patient0001_4CH train',
      'patient0001_2CH train',
      'patient0002_4CH validation',
      'patient0002_2CH validation',
      'patient0003_4CH test',
      'patient0003_2CH test',
    ]);
    const sample = samples[0]!;
    expect(sample).toMatchObject({
      view: 'A4C',
      imageQuality: 'Good',
      ejectionFraction: 55,
      diastolicFrame: 0,
      systolicFrame: 3,
      framesPerSecond: 48.2,
    });
    const systole = await sample.readPhase('ES');
    expect(systole.image).toMatchObject({ width: 40, height: 60 });
    expect(systole.spacing).toEqual({ xMillimetres: 0.5, yMillimetres: 0.5 });
    expect(systole.labels.filter((label) => label === 1)).toHaveLength(305); // lattice points nearer than 10
    const clip = await sample.readClip();
    expect(clip.frameCount).toBe(4);
    expect((await sample.readFrame(3)).data).toEqual(systole.image.data);
    expect((await sample.readClipLabels()).subarray(3 * 2400)).toEqual(systole.labels);
  });

  it('finds faults in splits, information and files', () => {
    const root = fresh();
    writeMiniatureCamus(root, (files) => {
      files.set('database_split/subgroup_testing.txt', 'patient0001\npatient0099\n');
      files.set('database_nifti/patient0002/Info_4CH.cfg', '');
    });
    rmSync(join(root, 'database_nifti/patient0003/patient0003_2CH_ES_gt.nii.gz'));
    const { samples, findings } = readCamus(root, manifest);
    expect(codes(findings)).toEqual(['missing-file', 'missing-file', 'missing-file', 'missing-value', 'patient-leak']);
    expect(samples).toHaveLength(5);
    expect(samples.find(({ id }) => id === 'patient0002_4CH')!.ejectionFraction).toBeNull();
    expect(() => officialSplit(samples)).toThrow(DataError);
  });
});

describe('readUnity', () => {
  const manifest = readManifest('unity');

  it('reads points, curves, absent and blurred labels, wrapped or not', async () => {
    const root = fresh();
    await writeMiniatureUnity(root);
    const { samples, findings } = readUnity(root, manifest);
    expect(findings).toEqual([]);
    expect(samples.map(({ split }) => split)).toEqual(['train', 'train', 'validation']);
    const { labels, frame, patient } = samples[0]!;
    expect([frame, patient]).toEqual([7, unityCode(1)]);
    expect(labels.get('lv-ivs-top')).toEqual({ kind: 'point', point: { x: 20.5, y: 30 } });
    expect(labels.get('lv-endo')).toMatchObject({ kind: 'curve', knots: [{ x: 10, y: 5 }, {}, {}] });
    expect([labels.get('lv-pw-top')!.kind, labels.get('lv-pw-bottom')!.kind]).toEqual(['off', 'blurred']);
    expect((await samples[0]!.readFrame(0)).width).toBe(64);
  });

  it('finds pairs, broken numbers, traversal, missing pictures and a clip on both sides', async () => {
    const root = fresh();
    await writeMiniatureUnity(root, ({ train, val }) => {
      const name = `${unityCode(1)}-0007.png`;
      (train[name] as { labels: Record<string, unknown> }).labels = {
        pair: { type: '', x: '1 2', y: '3 4' },
        broken: { type: '', x: '1', y: 'one' },
        uneven: { type: '', x: '1 2 3', y: '3 4' },
      };
      train['../../../../etc/passwd-0001.png'] = { labels: {} };
      train[`${unityCode(9)}-0001.png`] = { labels: {} };
      val[`${unityCode(2)}-0007.png`] = train[`${unityCode(2)}-0007.png`];
    });
    const { samples, findings } = readUnity(root, manifest);
    expect(codes(findings)).toEqual(
      [
        'implausible-value',
        'implausible-value',
        'implausible-value',
        'missing-file',
        'path-outside',
        'patient-leak',
      ].sort(),
    );
    expect(samples[0]!.labels.size).toBe(0);
    expect(() => readUnity(folder.path, manifest)).toThrow(DataError);
  });
});

describe('readTmed2', () => {
  const manifest = readManifest('tmed-2');

  it('reads views and patients from names', async () => {
    const root = fresh();
    await writeMiniatureTmed2(root);
    const { samples, findings } = readTmed2(root, manifest);
    expect(findings).toEqual([]);
    expect(samples.map(({ patient, study, view }) => [patient, study, view])).toEqual([
      ['1', 1, 'PLAX'],
      ['1', 2, 'A4C'],
      ['2', 1, 'PSAX'],
      ['3', 1, null],
    ]);
    expect((await samples[0]!.readFrame(0)).height).toBe(64);
    await expect(samples[0]!.readFrame(1)).rejects.toThrow('one picture');
  });

  it('finds bad names, labels and paths', async () => {
    const root = fresh();
    await writeMiniatureTmed2(root, (rows) => {
      rows[0]!.query_key = 'x.png';
      rows[1]!.view_label = 'PLEX';
      rows[2]!.SourceFolder = '../..';
    });
    const { samples, findings } = readTmed2(root, manifest);
    expect(codes(findings)).toEqual(['missing-file', 'unknown-label', 'unknown-label']);
    expect(samples).toHaveLength(1);
  });
});

describe('readVolumeSet', () => {
  it('reads volumes and masks', async () => {
    const root = fresh();
    writeMiniatureVolumes(root);
    const set = openDataset('volume-set', root);
    if (set.layout !== 'volume-set') throw new Error('layout');
    expect(set.findings).toEqual([]);
    expect((await set.samples[0]!.readVolume()).shape).toEqual([12, 10, 8, 1]);
    expect((await set.samples[0]!.readMask())!.data[1]).toBe(1);
    expect(await set.samples[1]!.readMask()).toBeNull();
  });

  it('finds paths that lead outside', () => {
    const root = fresh();
    writeMiniatureVolumes(root, (rows) => {
      rows[0]!.path = '../x.nii.gz';
      rows[1]!.path = 'volumes/none.nii.gz';
    });
    expect(codes(readVolumeSet(root, readManifest('volume-set')).findings)).toEqual(['missing-file', 'path-outside']);
  });
});

describe('readVolBiplane', () => {
  const manifest = readManifest('vol-biplane');

  it('reads pictures with the labels that labels.json names', async () => {
    const root = fresh();
    await writeMiniatureBiplanes(root);
    const { samples, findings, labels } = readVolBiplane(root, manifest);
    expect(findings).toEqual([]);
    expect(labels).toEqual({ leftVentricle: 1 });
    expect(samples.map(({ view, plane, phase }) => [view, plane, phase]).slice(0, 3)).toEqual([
      ['A4C', 0, 'ED'],
      ['A4C', 0, 'ES'],
      ['A2C', 90, 'ED'],
    ]);
    const { image, labels: mask, spacing } = await samples[0]!.readPicture();
    expect(image.data[30]).toBe(30);
    expect(mask.filter((label) => label === 1)).toHaveLength(24 * 11); // columns 13 to 23
    expect(spacing.xMillimetres).toBe(1.5);
  });

  it('finds faults', async () => {
    const root = fresh();
    await writeMiniatureBiplanes(root, (rows) => {
      rows[0]!.mask = '../x.png';
      rows[1]!.mask = 'masks/none.png';
      rows[2]!.view = 'A3C';
      rows[3]!.spacing = 0;
    });
    expect(codes(readVolBiplane(root, manifest).findings)).toEqual([
      'missing-file',
      'missing-value',
      'path-outside',
      'unknown-label',
    ]);
  });
});

describe('readPictureSet', () => {
  it('reads pictures as luma, each its own unit', async () => {
    const root = fresh();
    await writeMiniaturePictures(root, (rows) =>
      rows.push({ path: 'images/9.png', kind: 'flat' }, { path: '../9.png', kind: 'flat' }),
    );
    const { samples, findings } = readPictureSet(root, readManifest('picture-set'));
    expect(codes(findings)).toEqual(['missing-file', 'path-outside']);
    expect(new Set(samples.map(({ patient }) => patient)).size).toBe(3);
    expect((await samples[2]!.readFrame(0)).data[5]).toBe(80);
  });
});
