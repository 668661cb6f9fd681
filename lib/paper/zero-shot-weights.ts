import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { TABLE_8 } from './tables-segmentation.js';

/** Numbers of Vol-biplane images with which three averages make the stated one. */
export interface ImpliedCount {
  /** From the printed digits as they stand. */
  readonly likely: number;
  /** Bounds that rounding of the four printed averages leaves. */
  readonly low: number;
  readonly high: number;
}

/**
 * Solves the zero-shot average of section 2.3.2 for the number of Vol-biplane images, with the left-ventricle images of CAMUS
 * and EchoNet-Pediatric from Table 8.
 *
 * @param id sentence that states the averages: `zero-shot-ours` or `zero-shot-specialist`
 */
export function impliedBiplaneCount(id: string): ImpliedCount {
  const counts = (rows: readonly string[]): number =>
    rows.reduce((sum, row) => sum + cellOf(TABLE_8, row, 'Evaluation').value, 0);
  const camusImages = counts(['CAMUS LV A4C', 'CAMUS LV A2C']);
  const pediatricImages = counts(['EchoNet-Pediatric LV A4C', 'EchoNet-Pediatric LV PSAX']);
  const [mean, biplane, camus, pediatric] = ['mean', 'biplane', 'camus', 'pediatric'].map(
    (name) => statedFigure(id, name).value,
  ) as [number, number, number, number];
  const half = statedFigure(id, 'mean').step / 2;
  const solve = (m: number, b: number, c: number, p: number): number =>
    (camusImages * (c - m) + pediatricImages * (p - m)) / (m - b);
  return {
    likely: Math.round(solve(mean, biplane, camus, pediatric)),
    low: Math.ceil(solve(mean + half, biplane - half, camus - half, pediatric - half)),
    high: Math.floor(solve(mean - half, biplane + half, camus + half, pediatric + half)),
  };
}
