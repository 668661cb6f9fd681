import { describe, expect, it } from 'vitest';
import type { ViewName } from '../../lib/core/views.js';
import { type ClipPlan, drawPlannedFrame, planClip } from '../../lib/phantom/clip-plan.js';
import { plannedMask } from '../../lib/phantom/planned-mask.js';
import { Chamber, SAMPLE_LENGTH, Sample, Tissue } from '../../lib/phantom/tissue.js';
import { TissueEcho } from '../../lib/phantom/tissue-echo.js';

const plan = (view: ViewName, n: number): ClipPlan => ({
  seed: 6,
  patient: `contrast/${n}`,
  population: 'adult',
  clip: `clip/${n}`,
  view,
  size: 112,
  frames: 2,
  transducer: 'any',
  gate: 'free',
  turn: 0,
  mirrored: false,
  leastQuality: 0.7,
  operator: 'sonographer',
});

/** Mean grey of a chamber in one frame. */
function greyOf(view: ViewName, n: number, chambers: readonly number[]): number[] {
  const planned = planClip(plan(view, n));
  const { data } = drawPlannedFrame(planned, 0);
  const mask = plannedMask(planned, 0);
  return chambers.map((chamber) => {
    let sum = 0;
    let count = 0;
    mask.forEach((label, pixel) => {
      if (label !== chamber || data[pixel] === 0) return;
      sum += data[pixel]!;
      count++;
    });
    return sum / count;
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A TissueEcho with nothing uneven in it but what contrast does: 100 samples a beam, 1 mm apart. */
function echoWith(contrast: boolean): { readonly echo: TissueEcho; readonly level: (tissue: number) => number } {
  const { heart, acquisition } = planClip(plan('Cont:A4C', 0));
  const radii = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  const echo = new TissueEcho(heart, { ...acquisition, blotches: 0 }, contrast, new Float32Array(100), radii);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const level = (tissue: number): number => {
    sample[Sample.tissue] = tissue;
    return echo.levelOf(sample, 0);
  };
  return { echo, level };
}

describe('contrast', () => {
  it.each(['Cont:A4C', 'Cont:A2C', 'Cont:A3C', 'Cont:SAX'] as const)(
    'makes the cavity brighter than the wall in %s',
    (view) => {
      for (let n = 0; n < 4; n++) {
        const [cavity, wall] = greyOf(view, n, [Chamber.leftVentricle, Chamber.myocardium]);
        expect(cavity!).toBeGreaterThan(wall! + 20);
      }
    },
  );

  it('leaves the left atrium behind the full ventricle darker than the ventricle', () => {
    const excess = Array.from({ length: 8 }, (_, n) => {
      const [ventricle, atrium] = greyOf('Cont:A4C', n, [Chamber.leftVentricle, Chamber.leftAtrium]);
      return ventricle! - atrium!;
    });
    expect(mean(excess)).toBeGreaterThan(15);
  });

  it('takes from all that lies behind it, from nothing before it, and begins anew with each beam', () => {
    const { echo, level } = echoWith(true);
    echo.aim(0, 0, 0, 1);
    const before = level(Tissue.atrialWall);
    for (let n = 0; n < 40; n++) level(Tissue.rightBlood);
    const behind = level(Tissue.atrialWall);
    for (let n = 0; n < 40; n++) level(Tissue.atrialBlood);
    const further = level(Tissue.atrialWall);
    // 0.1 dB a mm
    expect(before - behind).toBeCloseTo(4, 6);
    expect(before - further).toBeCloseTo(8, 6);
    echo.aim(0, 0, 0, 1);
    expect(level(Tissue.atrialWall)).toBe(before);
    const plain = echoWith(false);
    plain.echo.aim(0, 0, 0, 1);
    const first = plain.level(Tissue.atrialWall);
    for (let n = 0; n < 40; n++) plain.level(Tissue.blood);
    expect(plain.level(Tissue.atrialWall)).toBe(first);
  });

  it('turns about the axis, faster near it than at the rim, and nowhere drifts', () => {
    const { heart, acquisition } = planClip(plan('Cont:SAX', 1));
    const radii = Float64Array.from({ length: 3 }, (_, i) => i);
    const echo = new TissueEcho(heart, acquisition, true, new Float32Array(3), radii);
    const sample = new Float64Array(SAMPLE_LENGTH);
    const RADIUS = 24;
    const STEPS = 360;
    /** The pattern round a circle at a share of the radius. */
    const ring = (time: number, share: number): number[] =>
      Array.from({ length: STEPS }, (_, step) => {
        const angle = (2 * Math.PI * step) / STEPS;
        sample[Sample.tissue] = Tissue.blood;
        sample[Sample.x] = share * RADIUS * Math.cos(angle);
        sample[Sample.y] = share * RADIUS * Math.sin(angle);
        sample[Sample.z] = 40;
        sample[Sample.depth] = share;
        echo.aim(time, 0, 0, 1);
        return echo.levelOf(sample, 0);
      });
    /** Degrees by which one ring must be turned to match another best, and how well it then does (mean square). */
    const turned = (time: number, share: number): readonly [number, number] => {
      const early = ring(0, share);
      const late = ring(time, share);
      const misfit = (by: number): number =>
        mean(late.map((value, step) => (value - early[(step - by + STEPS) % STEPS]!) ** 2));
      const shifts = Array.from({ length: 180 }, (_, by) => by);
      const best = shifts.reduce((a, b) => (misfit(b) < misfit(a) ? b : a));
      return [best, misfit(best) / misfit(0)];
    };
    const [inner, innerMisfit] = turned(0.5, 0.3);
    const [outer, outerMisfit] = turned(0.5, 0.95);
    // half a turn a beat over 1 + 3 share^2: 70.9 degrees in half a beat at 0.3, 24.3 at 0.95
    expect(Math.abs(inner - 70.9)).toBeLessThan(2);
    expect(Math.abs(outer - 24.3)).toBeLessThan(2);
    expect(Math.max(innerMisfit, outerMisfit)).toBeLessThan(0.02);
    sample[Sample.x] = 0;
    sample[Sample.y] = 0;
    sample[Sample.depth] = 0;
    const axis = [0, 0.4, 0.9].map((time) => {
      echo.aim(time, 0, 0, 1);
      return echo.levelOf(sample, 0);
    });
    expect(axis[1]).toBeCloseTo(axis[0]!, 9);
    expect(axis[2]).toBeCloseTo(axis[0]!, 9);
  });
});
