import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeDataset, sampleRows } from '../../lib/datasets/describe-dataset.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import {
  temporaryFolder,
  writeMiniatureCamus,
  writeMiniatureDynamic,
  writeMiniatureLvh,
  writeMiniaturePediatric,
  writeMiniatureTmed2,
  writeMiniatureUnity,
  writeMiniatureViews,
  writeMiniatureVolumes,
} from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);

describe('describeDataset', () => {
  it('gives a typed table, a summary and overviews', async () => {
    const root = join(folder.path, 'pediatric');
    await writeMiniaturePediatric(root);
    const { table, summary, overviews, rows } = await describeDataset(openDataset('phantom-echonet-pediatric', root));
    expect(table.shape).toEqual([20, 10]);
    expect(table.columns).toContain('weightKilograms');
    expect(table.dtypes[table.columns.indexOf('age')]).toBe('float32');
    expect(table.dtypes[table.columns.indexOf('fold')]).toBe('string');
    expect(rows[3]!.weightKilograms).toBeNull();
    const weights = (summary.values as unknown[][]).find(([column]) => column === 'weightKilograms')!;
    // count, missing, mean, standard deviation, minimum, median, maximum: 18 weights of 20 kg, two missing
    expect(weights.slice(1)).toEqual([18, 2, 20, 0, 20, 20, 20]);
    const ef = (summary.values as unknown[][]).find(([column]) => column === 'ejectionFraction')!;
    expect(ef[3]).toBeCloseTo(59.5, 9); // 55 to 64, twice
    expect(ef[4]).toBeCloseTo(2.946898, 5); // numpy 1.24 std(ddof=1) of the same
    expect(new Set(overviews.map(({ title }) => title))).toEqual(
      new Set(['Fold', 'View', 'Sex', 'Ejection fraction (%)', 'Age (years)']),
    );
    expect(JSON.stringify(overviews[0]!.layout)).toContain('phantom data');
  });

  it('has rows for every layout', async () => {
    for (const [name, write, count] of [
      ['phantom-echonet-dynamic', writeMiniatureDynamic, 6],
      ['phantom-camus', writeMiniatureCamus, 6],
      ['phantom-echonet-lvh', writeMiniatureLvh, 4],
      ['phantom-unity', writeMiniatureUnity, 3],
      ['phantom-tmed-2', writeMiniatureTmed2, 4],
      ['phantom-views', writeMiniatureViews, 12],
      ['phantom-volumes', writeMiniatureVolumes, 2],
    ] as const) {
      const root = join(folder.path, name);
      await write(root);
      const rows = sampleRows(openDataset(name, root));
      expect(rows).toHaveLength(count);
      expect(rows[0]).toHaveProperty('patient');
    }
  });
});
