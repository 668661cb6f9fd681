import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { type ClipPlan, drawPlannedClip, planClip, vendorOf } from '../../lib/phantom/clip-plan.js';
import { drawScreen } from '../../lib/phantom/scanner-screen.js';
import { VENDOR_NAMES, VENDOR_SHARES, VENDORS, type Vendor, VOLUME_TRANSDUCER } from '../../lib/phantom/vendors.js';

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

  it('leaves slices of the volume transducer with less lateral detail', () => {
    const mean = (transducer: ClipPlan['transducer']): number => {
      const all = Array.from({ length: 4 }, (_, n) => lateralDetail({ ...PLAN, transducer, clip: `detail/${n}` }));
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    expect(mean('volume')).toBeLessThan(0.85 * mean('any'));
  });

  it('are beside the volume transducer what its text and the README say', () => {
    const middle = ([low, high]: readonly [number, number]): number => (low + high) / 2;
    const ofMakers = (value: (vendor: Vendor) => number): number =>
      VENDORS.reduce((sum, vendor, n) => sum + VENDOR_SHARES[n]! * value(vendor), 0);
    const lateral = (vendor: Vendor): number => middle(vendor.lateral);
    const rate = (vendor: Vendor): number => middle(vendor.framesPerSecond);
    // hand-solved from the ranges: 0.0281 / 0.00895, 19 / 51.5, 0.0281 / 0.00875, 19 / 53.3
    expect(lateral(VOLUME_TRANSDUCER) / lateral(VENDORS[0]!)).toBeCloseTo(3.1, 1);
    expect(rate(VOLUME_TRANSDUCER) / rate(VENDORS[0]!)).toBeCloseTo(0.37, 2);
    expect(lateral(VOLUME_TRANSDUCER) / ofMakers(lateral)).toBeCloseTo(3.2, 1);
    expect(rate(VOLUME_TRANSDUCER) / ofMakers(rate)).toBeCloseTo(0.36, 2);
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
