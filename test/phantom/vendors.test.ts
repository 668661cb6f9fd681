import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { type ClipPlan, drawPlannedClip, planClip, vendorOf } from '../../lib/phantom/clip-plan.js';
import { PHANTOM_FULL, splitOf, VIEW_SHARES } from '../../lib/phantom/data-config.js';
import { planViewStudy } from '../../lib/phantom/plan-view-study.js';
import { drawScreen } from '../../lib/phantom/scanner-screen.js';
import { VENDOR_NAMES } from '../../lib/phantom/vendors.js';

const PLAN: ClipPlan = {
  seed: 1,
  patient: 'vendor test',
  population: 'adult',
  clip: 'clip',
  view: 'A4C',
  size: 96,
  frames: 4,
  transducer: 'any',
  gate: 'free',
  turn: 0,
  mirrored: false,
};

/** Mean absolute difference of neighbouring columns against that of columns 4 apart: small where the picture is blurred across. */
function lateralDetail(plan: ClipPlan): number {
  const { data, width } = drawPlannedClip(planClip(plan));
  const difference = (lag: number): number => {
    let sum = 0;
    let count = 0;
    for (let n = 0; n + lag < data.length; n++) {
      if (n % width >= width - lag || data[n] === 0 || data[n + lag] === 0) continue;
      sum += Math.abs(data[n]! - data[n + lag]!);
      count++;
    }
    return sum / count;
  };
  return difference(1) / difference(4);
}

describe('vendors', () => {
  it('appear in the shares of the paper', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 3000; n++) {
      const { name } = vendorOf({ ...PLAN, clip: `clip/${n}` });
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // EchoApex A.1: Siemens 68 %, GE 15 %, Philips 16 %, Samsung 1 %; 3 standard errors at n = 3000 are below 0.026
    const shares = VENDOR_NAMES.map((name) => (counts.get(name) ?? 0) / 3000);
    [0.68, 0.15, 0.16, 0.01].forEach((share, n) => {
      expect(Math.abs(shares[n]! - share)).toBeLessThan(0.026);
    });
  });

  it('leaves slices of the volume transducer with less lateral detail and fewer frames a second', () => {
    const mean = (transducer: ClipPlan['transducer']): number => {
      const all = Array.from({ length: 4 }, (_, n) => lateralDetail({ ...PLAN, transducer, clip: `detail/${n}` }));
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    expect(mean('volume')).toBeLessThan(0.85 * mean('any'));
    const rate = (transducer: ClipPlan['transducer']): number =>
      planClip({ ...PLAN, transducer, frames: 200 }).framesPerSecond;
    expect(rate('volume')).toBeLessThan(0.7 * rate('any'));
  });

  it('put furniture on the screen around an untouched picture', () => {
    const planned = planClip(PLAN);
    const clip = drawPlannedClip(planned);
    const screen = drawScreen(planned, clip, 'DOE H00001', stream(1, 'screen'));
    const frame = screen.frames[2]!;
    let inside = 0;
    let outside = 0;
    for (let row = 0; row < screen.height; row++) {
      for (let column = 0; column < screen.width; column++) {
        const red = frame.data[3 * (row * screen.width + column)]!;
        const [x, y] = [column - screen.left, row - screen.top];
        if (x >= 0 && y >= 0 && x < 96 && y < 96) {
          const grey = clip.data[(2 * 96 + y) * 96 + x]!;
          if (grey > 0) inside += Math.abs(red - grey);
        } else if (red > 60) outside++;
      }
    }
    expect(inside).toBe(0);
    expect(outside).toBeGreaterThan(100);
  });
});

describe('the view study', () => {
  it('is as unbalanced as the paper: apical classes one to two orders above contrast and rare parasternal ones', () => {
    const { jobs } = planViewStudy(PHANTOM_FULL, PHANTOM_FULL.views!);
    const counts = new Map<string, number>();
    for (const { kind, ...job } of jobs) {
      if (kind === 'video' && 'plan' in job) counts.set(job.plan.view, (counts.get(job.plan.view) ?? 0) + 1);
    }
    const count = (view: string): number => counts.get(view) ?? 0;
    expect(counts.size).toBe(Object.keys(VIEW_SHARES).length);
    expect(count('A4C') / count('Cont:SAX')).toBeGreaterThan(8);
    expect(count('A4C') / count('PLAX:RVT')).toBeGreaterThan(5);
  });

  it('puts each patient into one part', () => {
    const counts = { train: 2, val: 1, test: 1 };
    expect([0, 1, 2, 3].map((index) => splitOf(counts, index))).toEqual(['train', 'train', 'val', 'test']);
  });
});
