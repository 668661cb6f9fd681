import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import { checkDataset } from '../../lib/datasets/doctor/check-dataset.js';
import type { FindingCode } from '../../lib/datasets/finding.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { PHANTOM_SMOKE } from '../../lib/phantom/data-config.js';
import { makePhantomData } from '../../lib/phantom/make-phantom-data.js';
import { temporaryFolder } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const made = join(folder.path, 'made');
const sets = ['camus', 'echonet-lvh', 'unity', 'tmed-2', 'vol-biplane'] as const;

beforeAll(async () => {
  await makePhantomData(made, PHANTOM_SMOKE, silentProgress, { sets, workers: 0 });
}, 180_000);

const codesOf = async (set: string, root: string): Promise<FindingCode[]> => {
  const { findings } = await checkDataset(openDataset(`phantom-${set}`, root));
  return [...new Set(findings.map(({ code }) => code))].sort();
};

describe('phantom sets under the same readers as real ones', () => {
  it.each(sets)('%s: nothing is found', async (set) => {
    expect(await codesOf(set, join(made, set))).toEqual([]);
  });

  /** Changes one table of a copy. */
  const planted = (set: string, plant: (root: string) => void): string => {
    const root = join(folder.path, `planted-${set}`);
    rmSync(root, { recursive: true, force: true });
    cpSync(join(made, set), root, { recursive: true });
    plant(root);
    return root;
  };
  const edit = (path: string, change: (rows: string[][]) => void): void => {
    const rows = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    change(rows);
    writeFileSync(path, `${rows.map((row) => row.join(',')).join('\n')}\n`);
  };

  it('echonet-lvh: shifted columns, a late frame, a repeated row, a cut file', async () => {
    const root = planted('echonet-lvh', (copy) => {
      edit(join(copy, 'MeasurementsList.csv'), (rows) => {
        const header = rows[0]!;
        const column = (name: string): number => header.indexOf(name);
        const hashes = [...new Set(rows.slice(1).map((row) => row[column('HashedFileName')]!))];
        for (const row of rows) if (row[column('HashedFileName')] === hashes[0]) row[column('Width')] = '30';
        rows.find((row) => row[column('HashedFileName')] === hashes[1])![column('Frame')] = '500';
        rows.push([...rows.find((row) => row[column('HashedFileName')] === hashes[2])!]);
      });
      const sample = openDataset('phantom-echonet-lvh', copy).samples[3] as { path: string };
      truncateSync(sample.path, 900);
    });
    expect(await codesOf('echonet-lvh', root)).toEqual([
      'damaged-file',
      'duplicate-row',
      'frame-out-of-range',
      'shifted-columns',
    ]);
  });

  it('camus: a patient in two splits, swapped masks', async () => {
    const root = planted('camus', (copy) => {
      const training = readFileSync(join(copy, 'database_split/subgroup_training.txt'), 'utf8').trim().split(/\s+/);
      const testing = join(copy, 'database_split/subgroup_testing.txt');
      writeFileSync(testing, `${readFileSync(testing, 'utf8').trim()}\n${training[0]}\n`);
      const base = join(copy, 'database_nifti', training[0]!, `${training[0]}_4CH`);
      const diastole = readFileSync(`${base}_ED_gt.nii.gz`);
      cpSync(`${base}_ES_gt.nii.gz`, `${base}_ED_gt.nii.gz`);
      writeFileSync(`${base}_ES_gt.nii.gz`, diastole);
    });
    expect(await codesOf('camus', root)).toEqual(['patient-leak', 'phases-swapped']);
  });
});
