import { describe, expect, it } from 'vitest';
import { bestCases, leastPairedP, recoverView } from '../../lib/paper/recovered-counts.js';
import { viewCell } from '../../lib/paper/tables.js';
import { PAPER_VIEWS, VIEW_MODELS } from '../../lib/paper/tables-views.js';
import { logChoose } from '../../lib/statistics/log-binomial.js';

const binomial = (n: number, k: number): number => Math.exp(logChoose(n, k) - n * Math.LN2);

/** Exact p of sign flips on `hits` and `alarms` discordant cases of the given weights. */
function exactP(
  gained: number,
  extraHits: number,
  spared: number,
  extraAlarms: number,
  weights: [number, number],
): number {
  const hits = Math.abs(gained) + 2 * extraHits;
  const alarms = Math.abs(spared) + 2 * extraAlarms;
  const observed = weights[0] * gained + weights[1] * spared;
  let p = 0;
  for (let i = 0; i <= hits; i++) {
    for (let j = 0; j <= alarms; j++) {
      const sum = weights[0] * (2 * i - hits) + weights[1] * (2 * j - alarms);
      if (sum >= observed - 1e-12) p += binomial(hits, i) * binomial(alarms, j);
    }
  }
  return p;
}

describe('leastPairedP', () => {
  it('bounds the exact p whatever else the models disagree on', () => {
    for (const support of [17, 121, 500]) {
      const weights: [number, number] = [0.5 / support, 0.5 / (2100 - support)];
      for (let gained = -2; gained <= 5; gained++) {
        for (let spared = -3; spared <= 6; spared++) {
          for (const extraHits of [0, 1, 4]) {
            for (const extraAlarms of [0, 1, 2, 8]) {
              const p = exactP(gained, extraHits, spared, extraAlarms, weights);
              const name = `${gained} hits, ${spared} alarms, ${extraHits} and ${extraAlarms} more pairs of ${support}`;
              expect(p, name).toBeGreaterThanOrEqual(Math.min(0.48, leastPairedP(gained, spared) * (1 - 1e-9)));
            }
          }
        }
      }
    }
  });

  it('is reached without further disagreement', () => {
    expect(exactP(3, 0, 4, 0, [0.01, 0.0002])).toBeCloseTo(leastPairedP(3, 4), 12);
  });
});

describe('recoverView', () => {
  it('finds counts that give the printed cells', () => {
    for (const view of PAPER_VIEWS) {
      for (const { support, counts } of recoverView(view)) {
        for (const model of VIEW_MODELS) {
          for (const { hits } of counts[model]) {
            const recall = viewCell(model, view, 'Accuracy').value;
            expect(Math.abs(hits / support - recall)).toBeLessThanOrEqual(0.001);
          }
        }
      }
    }
  });

  it('pins some views down', () => {
    // by hand: of 77 sequences 68, 64, 68, 67 and 71 give the recalls .883, .831, .883, .870, .922
    const [view, ...others] = recoverView('PSAX:MV');
    expect(others).toHaveLength(0);
    expect(view!.support).toBe(77);
    expect(view!.counts['ResNet50-IN']).toEqual([{ hits: 68, falseAlarms: 12 }]);
    expect(view!.counts['EchoApex-S']).toEqual([{ hits: 68, falseAlarms: 5 }]);
  });

  it('agrees with about 2,100 test sequences', () => {
    // A.2 prints 2100; the smallest supports that fit already make 2,124, so it is rounded.
    const bounds = PAPER_VIEWS.map((view) => recoverView(view).map(({ support }) => support));
    expect(bounds.reduce((sum, all) => sum + Math.min(...all), 0)).toBe(2124);
    expect(bounds.reduce((sum, all) => sum + Math.max(...all), 0)).toBeGreaterThan(2150);
  });
});

describe('bestCases', () => {
  it('cannot reach the published counts of significant views', () => {
    const within = (first: Parameters<typeof bestCases>[0], second: Parameters<typeof bestCases>[1]): number =>
      bestCases(first, second).filter(({ p }) => p < 0.01).length;
    expect(within('EchoApex-S', 'ResNet50-IN')).toBeLessThan(14);
    expect(within('EchoApex-B', 'EchoApex-S')).toBeLessThan(8);
    expect(within('EchoApex-AdaB', 'EchoApex-AdaS')).toBeLessThan(11);
  });
});
