import { describe, expect, it } from 'vitest';
import {
  PHANTOM_FULL,
  PHANTOM_SCALES,
  type PhantomDataConfig,
  splitOf,
  VIEW_SHARES,
} from '../../lib/phantom/data-config.js';
import { planViewStudy } from '../../lib/phantom/plan-view-study.js';

const RARE = ['Cont:A2C', 'Cont:A3C', 'Cont:A4C', 'Cont:SAX', 'PLAX:ID', 'PLAX:RVN', 'PLAX:RVT', 'PLAX:VAL'];

/** Rows of `views/clips.csv`, before a pixel is drawn. */
function rowsOf(config: PhantomDataConfig): readonly Readonly<Record<string, unknown>>[] {
  const [table] = planViewStudy(config, config.views!).tables();
  return 'rows' in table! ? table.rows : [];
}

describe('the view study', () => {
  const full = rowsOf(PHANTOM_FULL);

  it('is as unbalanced as the paper: apical classes one to two orders above contrast and rare parasternal ones', () => {
    const count = (view: string): number => full.filter((row) => row.view === view).length;
    for (const apical of ['A2C', 'A3C', 'A4C']) {
      for (const rare of RARE) {
        const ratio = count(apical) / count(rare);
        // EchoApex Fig. 7: one to two orders of magnitude
        expect(ratio, `${apical} / ${rare}`).toBeGreaterThan(10);
        expect(ratio, `${apical} / ${rare}`).toBeLessThan(100);
      }
    }
  });

  it('follows the shares, which sum to 1', () => {
    expect(Object.values(VIEW_SHARES).reduce((sum, share) => sum + share)).toBeCloseTo(1, 10);
    const largest = Math.max(
      ...Object.entries(VIEW_SHARES).map(([view, share]) =>
        Math.abs(full.filter((row) => row.view === view).length / full.length - share),
      ),
    );
    // 3 standard errors of the largest share at 7,800 clips: 3 * sqrt(0.26 * 0.74 / 7800) = 0.015
    expect(largest).toBeLessThan(0.015);
  });

  it('may hold two clips of one view of a patient', () => {
    const seen = new Set(full.map((row) => `${row.patient}/${row.view}`));
    expect(seen.size).toBeLessThan(full.length);
    expect(new Set(full.map((row) => row.path)).size).toBe(full.length);
  });

  it.each(Object.entries(PHANTOM_SCALES))('has every view in every part at scale %s', (_name, config) => {
    const rows = rowsOf(config);
    for (const part of ['train', 'val', 'test']) {
      const views = new Set(rows.filter((row) => row.split === part).map((row) => row.view));
      expect([...views].sort()).toEqual([...config.views!.views].sort());
    }
  });

  it('puts each patient into one part', () => {
    const counts = { train: 2, val: 1, test: 1 };
    expect([0, 1, 2, 3].map((index) => splitOf(counts, index))).toEqual(['train', 'train', 'val', 'test']);
  });
});
