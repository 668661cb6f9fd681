import { describe, expect, it } from 'vitest';
import { adapterDegradations } from '../../lib/paper/adapter-degradation.js';
import {
  adapterParameters,
  adapterShare,
  encoderParameters,
  VIT_B,
  VIT_S,
} from '../../lib/paper/adapter-parameters.js';
import { CLAIMS, claimsLedger, verdictCounts } from '../../lib/paper/claims.js';
import { weightedDice } from '../../lib/paper/claims-segmentation.js';
import { printedNumber } from '../../lib/paper/printed-number.js';
import { STATEMENTS } from '../../lib/paper/statements.js';
import { compareNumber } from '../../lib/paper/verdict.js';
import { compareViews, significanceCounts } from '../../lib/paper/view-comparison.js';
import { impliedBiplaneCount } from '../../lib/paper/zero-shot-weights.js';

describe('compareNumber', () => {
  const claimed = printedNumber('0.976');
  it.each([
    [0.9756, 0, 'holds'],
    [0.9765, 0, 'holds'],
    [0.97683, 0, 'holds when rounded down'],
    [0.9771, 0, 'does not follow'],
    [0.9771, 0.0007, 'holds'],
    [0.97705, 0.0002, 'holds when rounded down'],
    [0.9753, 0, 'does not follow'],
  ] as const)('0.976 against %d ± %d: %s', (value, slack, verdict) => {
    expect(compareNumber(claimed, value, slack)).toBe(verdict);
  });
});

describe('claims ledger', () => {
  const rows = claimsLedger();
  const row = (id: string): (typeof rows)[number] => rows.find((candidate) => candidate.id === id)!;

  it('has a row for every quantitative sentence, and unique ids', () => {
    expect(new Set(CLAIMS.map(({ id }) => id)).size).toBe(CLAIMS.length);
    for (const { id } of STATEMENTS)
      expect(
        CLAIMS.some((claim) => claim.statement === id),
        id,
      ).toBe(true);
    for (const { verdict, rests, why } of rows) {
      expect(why.length).toBeGreaterThan(0);
      if (verdict !== 'cannot be checked without their data') expect(rests.length).toBeGreaterThan(0);
    }
    const counts = verdictCounts(rows);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(rows.length);
  });

  it.each([
    // [claim, verdict, start of the recomputation]: hand-solved from the printed tables
    ['bacc-abstract', 'holds when rounded down', '0.97683'],
    ['table-3-ResNet50-IN-BACC', 'holds when rounded down', '0.95956'],
    ['table-3-EchoApex-AdaB-F1-score', 'holds', '0.95461'],
    ['table-3-EchoApex-AdaS-F1-score', 'holds when rounded down', '0.94278'],
    ['increment-b', 'holds', '0.0173'],
    ['increment-s', 'does not follow', '0.0131'],
    ['one-model', 'does not follow', 'EchoApex-S: 0.972'],
    ['text-14-of-18', 'holds', '14 higher in print, 2 beyond'],
    ['improvement-first', 'does not follow', '0.0570'],
    ['improvement-second', 'does not follow', '0.0230'],
    ['dice-abstract', 'holds', '0.92680'],
    ['dice-abstract-specialist', 'holds', '0.90375'],
    ['dice-abstract-medsam', 'holds', '0.86982'],
    ['dice-discussion-medsam', 'does not follow', '0.86982'],
    ['zero-shot-ours', 'does not follow', '0.8436'],
    ['zero-shot-specialist', 'does not follow', '0.8097'],
    ['annotated-74k', 'holds', '73,958'],
    ['frames-74k', 'does not follow', '54,730'],
    ['videos-over-26k', 'does not follow', '25,750'],
    ['lvh-mae-ours', 'does not follow', '2.75'],
    ['lvh-landmark-baseline-ivs', 'does not follow', '4.68'],
    ['unity-mae-ivs', 'does not follow', '2.68'],
    ['lvh-adapters-r2-r2', 'does not follow', '0.96'],
    ['adapters-lvid', 'does not follow', '5.60 against 4.82'],
    ['videos-370k', 'does not follow', '450,338'],
    ['images-20-million-introduction-data', 'does not follow', '37,400,000'],
    ['echo20m-subset', 'does not follow', '20,000,000 > 12,000,000'],
    ['patients-26k', 'holds when rounded down', '26,704'],
    ['biplane-volumes', 'does not follow', 'Table 8: 1,231'],
    ['adapter-share', 'does not follow', 'ViT-S 14.2 %'],
    ['degradation', 'does not follow', '16.2 %'],
    ['ef-dynamic-gain', 'holds', '0.5'],
    ['superior-internal', 'does not follow', '3 of 6'],
    ['average-mae', 'does not follow', '2.06'],
  ])('%s: %s', (id, verdict, recomputed) => {
    expect(row(id).verdict).toBe(verdict);
    expect(row(id).recomputed.startsWith(recomputed), row(id).recomputed).toBe(true);
  });

  it('says so where only rounding of the cells saves a claim', () => {
    expect(row('mae-gain-unity')).toMatchObject({ verdict: 'holds' });
    expect(row('mae-gain-unity').recomputed).toContain('± 0.01 by rounding');
  });
});

describe('behind the claims', () => {
  it('counts the parameters of the architecture', () => {
    // by hand: 24 x (2 x 768 x 384 + 384 + 768), and half the widths
    expect(adapterParameters(VIT_B)).toBe(14_183_424);
    expect(adapterParameters(VIT_S)).toBe(3_552_768);
    // official checkpoints: DINO ViT-S/8 at 224 px; DINOv2 ViT-B/14 at 518 px without LayerScale and mask token
    expect(encoderParameters({ ...VIT_S, image: 224 })).toBe(21_670_272);
    expect(encoderParameters({ ...VIT_B, image: 518 })).toBe(86_580_480 - 24 * 768 - 768);
    expect(adapterShare(VIT_B, 1)).toBeGreaterThan(7);
  });

  it('finds the worst adapter cell', () => {
    const [worst] = adapterDegradations();
    expect(worst!.adapter.place).toBe('Table 13, EchoApex-AdaS, LVID mean');
    expect(worst!.percent).toBeCloseTo((100 * (5.6 - 4.82)) / 4.82, 10);
  });

  it('weighs Dice by evaluated images', () => {
    // numpy 2.4.6: (.938 160 + .908 160 + .928 2552 + .921 1386 + .930 1928) / 6186
    expect(weightedDice('EchoApex-SAM-B').value).toBeCloseTo(0.92679631, 7);
  });

  it('solves the zero-shot average for the biplane images', () => {
    // by hand: (160 (.905 - .877) + 3314 (.889 - .877)) / (.877 - .756) = 365.7, and 393.1 for DeepLabV3
    expect(impliedBiplaneCount('zero-shot-ours').likely).toBe(366);
    expect(impliedBiplaneCount('zero-shot-specialist').likely).toBe(393);
    const { low, high } = impliedBiplaneCount('zero-shot-ours');
    expect(low).toBeLessThan(366);
    expect(high).toBeGreaterThan(366);
    expect(high).toBeLessThan(1827);
  });

  it('sorts views also beyond the last digit', () => {
    const found = compareViews('EchoApex-B', 'EchoApex-S');
    expect(found.hiddenHigher).toEqual(['SC:4C']);
    expect(found.hiddenLower).toEqual(['A4C']);
    expect(found.higher.length + found.lower.length + found.equal.length).toBe(16);
  });

  it('shows that the published test called every difference significant in three comparisons of four', () => {
    const exact = significanceCounts().filter(({ claimedBetter, ahead }) => claimedBetter === ahead);
    expect(exact.map(({ first, second }) => `${first} ${second}`)).toEqual([
      'EchoApex-B EchoApex-S',
      'EchoApex-AdaB EchoApex-AdaS',
      'EchoApex-AdaB EchoApex-S',
    ]);
  });
});
