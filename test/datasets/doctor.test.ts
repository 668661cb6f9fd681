import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { checkDataset } from '../../lib/datasets/doctor/check-dataset.js';
import { outlineContrast } from '../../lib/datasets/doctor/overlay.js';
import { writeDatasetReport } from '../../lib/datasets/doctor/write-report.js';
import { parseManifest, readManifest } from '../../lib/datasets/manifest.js';
import { openDataset, openDatasetOf } from '../../lib/datasets/open-dataset.js';
import { officialSplit, patientSplit } from '../../lib/datasets/split.js';
import { readSplitFile, writeSplitFile } from '../../lib/datasets/split-file.js';
import {
  temporaryFolder,
  writeMiniatureBiplanes,
  writeMiniatureCamus,
  writeMiniatureDynamic,
  writeMiniatureLvh,
  writeMiniaturePediatric,
  writeMiniaturePictures,
  writeMiniatureTmed2,
  writeMiniatureUnity,
  writeMiniatureViews,
  writeMiniatureVolumes,
} from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
let next = 0;
const fresh = (): string => join(folder.path, String(next++));

describe('checkDataset', () => {
  it.each([
    ['phantom-echonet-dynamic', writeMiniatureDynamic],
    ['phantom-echonet-pediatric', writeMiniaturePediatric],
    ['phantom-echonet-lvh', writeMiniatureLvh],
    ['phantom-camus', writeMiniatureCamus],
    ['phantom-unity', writeMiniatureUnity],
    ['phantom-tmed-2', writeMiniatureTmed2],
    ['phantom-views', writeMiniatureViews],
    ['phantom-volumes', writeMiniatureVolumes],
    ['phantom-vol-biplane', writeMiniatureBiplanes],
    ['phantom-generic', writeMiniaturePictures],
  ] as const)('finds nothing wrong with a clean %s', async (manifest, write) => {
    const root = fresh();
    await write(root);
    const report = await checkDataset(openDataset(manifest, root));
    expect(report.findings).toEqual([]);
    expect(report.healthy).toBe(true);
  });

  it('finds truncated and empty files, wrong sizes, late frames, swapped volumes and wrong EF', async () => {
    const root = fresh();
    await writeMiniatureDynamic(root, ({ list, tracings }) => {
      Object.assign(list[0]!, { EF: 60, FrameHeight: 110 });
      Object.assign(list[1]!, { EF: 61, ESV: 100, EDV: 40 });
      Object.assign(list[2]!, { EF: 30 });
      Object.assign(list[3]!, { NumberOfFrames: 13 });
      for (const row of tracings) if (row.FileName === '0X3A.avi' && row.Frame === 6) row.Frame = 12;
    });
    truncateSync(join(root, 'Videos/0X4A.avi'), 2000);
    writeFileSync(join(root, 'Videos/0X5A.avi'), '');
    const { findings, healthy } = await checkDataset(openDataset('phantom-echonet-dynamic', root));
    expect(healthy).toBe(false);
    const texts = findings.map(({ code, message }) => `${code}: ${message}`);
    const find = (part: RegExp): number => texts.filter((text) => part.test(text)).length;
    expect(find(/^damaged-file: openAvi: 0X4A\.avi is truncated/)).toBe(1);
    expect(find(/^damaged-file: openAvi: 0X5A\.avi has 0 bytes/)).toBe(1);
    expect(find(/^contradicts-file: 0X0A: height is 112 in the file, 110 in the table/)).toBe(1);
    expect(find(/^phases-swapped: ESV 100 is larger than EDV 40/)).toBe(1);
    expect(find(/^implausible-value: EF is 30 %, the volumes give 62\.0 %/)).toBe(1);
    expect(find(/^contradicts-file: 0X3A: frameCount is 12 in the file, 13/)).toBe(1);
    expect(find(/^frame-out-of-range: 0X3A.*got 12; one past the end/)).toBe(1);
  });

  it('finds swapped phases, wrong NbFrame and damaged masks in CAMUS', async () => {
    const root = fresh();
    writeMiniatureCamus(root, (files) => {
      const path = 'database_nifti/patient0001/Info_4CH.cfg';
      files.set(path, files.get(path)!.replace('NbFrame: 4', 'NbFrame: 5').replace('ES: 4', 'ES: 5'));
    });
    const base = join(root, 'database_nifti/patient0002/patient0002_4CH');
    const [diastole, systole] = [`${base}_ED_gt.nii.gz`, `${base}_ES_gt.nii.gz`].map((path) => readFileSync(path));
    writeFileSync(`${base}_ED_gt.nii.gz`, systole!);
    writeFileSync(`${base}_ES_gt.nii.gz`, diastole!);
    truncateSync(join(root, 'database_nifti/patient0003/patient0003_2CH_ED.nii.gz'), 40);
    const { findings } = await checkDataset(openDataset('phantom-camus', root));
    expect(findings.map(({ code }) => code).sort()).toEqual(
      ['contradicts-file', 'damaged-file', 'frame-out-of-range', 'phases-swapped'].sort(),
    );
  });

  it('holds counts and split sizes against the manifest', async () => {
    const root = fresh();
    await writeMiniatureDynamic(root);
    const real = readManifest('echonet-dynamic');
    const short = await checkDataset(openDatasetOf(real, root));
    const messages = short.findings.map(({ message }) => message);
    expect(messages).toContain('videos: expected 10030, got 6');
    expect(messages.some((text) => /split must be 7465\/1288\/1277 .* got 3\/1\/2/.test(text))).toBe(true);
    const fitting = parseManifest(
      {
        ...real,
        expectedCounts: { videos: 6, annotatedFrames: 12, testAnnotatedFrames: 4 },
        splits: { ...real.splits, expected: [{ train: 3, validation: 1, test: 2, source: 'made for this test' }] },
      },
      'test',
    );
    expect((await checkDataset(openDatasetOf(fitting, root))).findings).toEqual([]);
  });
});

describe('the report', () => {
  it('shows outlines over frames, the worst first', async () => {
    const root = fresh();
    await writeMiniatureDynamic(root, ({ tracings }) => {
      // one outline far off the cavity
      for (const row of tracings) {
        if (row.FileName === '0X2A.avi' && row.Frame === 6)
          Object.assign(row, { X1: Number(row.X1) - 36, X2: Number(row.X2) - 36 });
      }
    });
    const dataset = openDataset('phantom-echonet-dynamic', root);
    const path = join(root, 'report.html');
    await writeDatasetReport(path, dataset, await checkDataset(dataset), { frames: 12 });
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('phantom data');
    const worst = html.slice(html.indexOf('fits worst'));
    expect(worst.match(/<figcaption>(.*?)</)![1]).toBe('0X2A frame 6 ES');
    expect(html.match(/<img /g)).toHaveLength(24);
  });

  it('scores a mask on a dark cavity above one beside it', () => {
    const data = new Uint8Array(64 * 64).fill(150);
    const at = (x0: number): Uint8Array => {
      const mask = new Uint8Array(64 * 64);
      for (let y = 20; y < 40; y++) for (let x = x0; x < x0 + 20; x++) mask[y * 64 + x] = 1;
      return mask;
    };
    at(20).forEach((inside, i) => {
      if (inside === 1) data[i] = 10;
    });
    const image = { width: 64, height: 64, data };
    expect(outlineContrast({ image, mask: at(20), points: [] })).toBe(140);
    expect(outlineContrast({ image, mask: at(40), points: [] })).toBeLessThan(0);
  });
});

describe('split files', () => {
  it('come back onto samples, and notice a change by hand', async () => {
    const root = fresh();
    await writeMiniatureViews(root);
    const study = openDataset('phantom-views', root);
    if (study.layout !== 'view-study') throw new Error('layout');
    const path = join(root, 'split.json');
    const split = patientSplit(study.samples, 5, { train: 4, validation: 1, test: 1 });
    const hash = writeSplitFile(path, study.manifest.name, 'patientSplit seed 5, 4:1:1', split);
    const back = readSplitFile(path, study.samples);
    expect(back.test.map(({ id }) => id).sort()).toEqual(split.test.map(({ id }) => id).sort());
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(
        hash,
        hash.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    );
    expect(() => readSplitFile(path, study.samples)).toThrow('was changed');
    writeFileSync(path, text.replace('clips/V0/00.avi', 'clips/V9/00.avi'));
    expect(() => readSplitFile(path, study.samples)).toThrow(DataError);
    expect(officialSplit(study.samples).test).toHaveLength(2);
  });
});
