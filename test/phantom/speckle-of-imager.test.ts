import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { type ClipPlan, planClip } from '../../lib/phantom/clip-plan.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { Imager } from '../../lib/phantom/imager.js';
import { Chamber } from '../../lib/phantom/tissue.js';
import { chamberMask } from '../../lib/phantom/tracing.js';

const PLAN: ClipPlan = {
  seed: 9,
  patient: 'speckle of imager',
  population: 'adult',
  clip: 'clip',
  view: 'A4C',
  size: 160,
  frames: 4,
  transducer: 'GE',
  gate: 'free',
  turn: 0,
  mirrored: false,
  leastQuality: 0.9,
};

const STILL = { side: 0, depth: 0, phase: 0, rate: 0 };

const planned = planClip(PLAN);
const acquisition = { ...planned.acquisition, noise: -80, clutter: -80, haze: -80 };
const imager = new Imager(planned.heart, planned.plane, acquisition, STILL, PLAN.size, stream(9, 'still'));

function frameAt(time: number, index: number): Uint8Array {
  const out = new Uint8Array(PLAN.size ** 2);
  imager.draw(time, index, out);
  return out;
}

/** Pixels that show a chamber at all of the times. */
function pixelsOf(chamber: number, times: readonly number[]): number[] {
  const masks = times.map((time) => chamberMask(new HeartFrame(planned.heart, time), imager.picture, [0, 0]));
  return Array.from({ length: PLAN.size ** 2 }, (_, n) => n).filter((n) => masks.every((mask) => mask[n] === chamber));
}

/** Correlation of the fine pattern (each pixel less the mean of the 7 x 7 about it) of two frames. */
function correlation(a: Uint8Array, b: Uint8Array, pixels: readonly number[]): number {
  const fine = (frame: Uint8Array, n: number): number => {
    let sum = 0;
    for (let dy = -3; dy <= 3; dy++) for (let dx = -3; dx <= 3; dx++) sum += frame[n + dy * PLAN.size + dx] ?? 0;
    return frame[n]! - sum / 49;
  };
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (const n of pixels) {
    const [x, y] = [fine(a, n), fine(b, n)];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('speckle of the imager', () => {
  // 0.2 beats: mid-systole, where the wall moves fastest, against end-diastole
  const times = [0.2, 1.2, 0.21, 0] as const;
  const [first, beatLater, soon, otherPhase] = times.map(frameAt);
  const wall = pixelsOf(Chamber.myocardium, times);
  const cavity = pixelsOf(Chamber.leftVentricle, times);

  it('comes back with the wall a beat later, and at another phase of the same beat does not', () => {
    expect(wall.length).toBeGreaterThan(300);
    expect(correlation(first!, beatLater!, wall)).toBeGreaterThan(0.95);
    expect(correlation(first!, soon!, wall)).toBeGreaterThan(correlation(first!, otherPhase!, wall) + 0.2);
    expect(correlation(first!, otherPhase!, wall)).toBeLessThan(0.7);
  });

  it('does not come back in the blood', () => {
    expect(cavity.length).toBeGreaterThan(300);
    expect(correlation(first!, beatLater!, cavity)).toBeLessThan(0.3);
  });
});
