import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { heartOf } from '../../lib/phantom/clip-plan.js';
import type { Heart } from '../../lib/phantom/heart.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { planeToHeart } from '../../lib/phantom/picture.js';
import { SAMPLE_LENGTH, Sample, Tissue } from '../../lib/phantom/tissue.js';
import { placeView, USUAL_OPERATOR } from '../../lib/phantom/view-planes.js';

const TEXTBOOK = { ...USUAL_OPERATOR, position: 0, aim: 0, rotation: 0 };
const hearts = Array.from({ length: 5 }, (_, i) => heartOf(4, `leaflets/${i}`, 'adult'));

/** The time at which a valve is widest open. */
function widest(heart: Heart, valve: 'inflow' | 'outflow'): number {
  const times = Array.from({ length: 200 }, (_, i) => i / 200);
  return times.reduce((a, b) => (heart.cycle[valve](b) > heart.cycle[valve](a) ? b : a));
}

/** Leaflet points of the mitral valve: their mean depth below the ring, mm, and how many lie near the ring's axis. */
function mitral(heart: Heart, time: number): { readonly depth: number; readonly central: number } {
  const frame = new HeartFrame(heart, time);
  const { x, y, halfLong, halfShort } = heart.mitral;
  const sample = new Float64Array(SAMPLE_LENGTH);
  const reach = Math.min(halfLong, halfShort);
  let depth = 0;
  let count = 0;
  let central = 0;
  for (let z = frame.base; z < frame.base + 1.5 * reach; z += 0.5) {
    for (let dx = -reach; dx <= reach; dx++) {
      for (let dy = -reach; dy <= reach; dy++) {
        frame.sample(x + dx, y + dy, z, sample);
        if (sample[Sample.tissue] !== Tissue.leaflet) continue;
        depth += z - frame.base;
        count++;
        if (Math.hypot(dx, dy) < 0.25 * reach) central++;
      }
    }
  }
  return { depth: depth / count, central };
}

/** Leaflet points near the axis of the aortic root at the height of the valve. */
function aorticCentre(heart: Heart, time: number): number {
  const frame = new HeartFrame(heart, time);
  const { origin, direction, radius } = heart.aorta;
  const k = heart.patient.scale;
  const sample = new Float64Array(SAMPLE_LENGTH);
  const reach = 0.35 * radius;
  let count = 0;
  for (let along = 3; along < 10; along++) {
    const middle = origin.map((value, axis) => value + along * k * direction[axis]!);
    for (let dx = -reach; dx <= reach; dx += 0.5) {
      for (let dy = -reach; dy <= reach; dy += 0.5) {
        frame.sample(middle[0]! + dx, middle[1]! + dy, middle[2]! + 0.85 * frame.base, sample);
        if (sample[Sample.tissue] === Tissue.leaflet) count++;
      }
    }
  }
  return count;
}

/** Sizes of the connected pieces of papillary muscle in a textbook PSAX:PAP, points of 1 mm, the largest first. */
function papillaryPieces(heart: Heart): number[] {
  const SIDE = 160;
  const plane = placeView(heart, 'PSAX:PAP', stream(1, 'papillary'), TEXTBOOK);
  const frame = new HeartFrame(heart, 0);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const muscle = new Uint8Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [x, y, z] = planeToHeart(plane, column - SIDE / 2, row);
      frame.sample(x, y, z, sample);
      if (sample[Sample.tissue] === Tissue.papillary) muscle[row * SIDE + column] = 1;
    }
  }
  const sizes: number[] = [];
  for (let start = 0; start < muscle.length; start++) {
    if (muscle[start] === 0) continue;
    const open = [start];
    muscle[start] = 0;
    let size = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size++;
      for (const next of [at - 1, at + 1, at - SIDE, at + SIDE]) {
        if (muscle[next] !== 1) continue;
        muscle[next] = 0;
        open.push(next);
      }
    }
    sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

describe('the mitral valve', () => {
  it('reaches deeper into the ventricle open than shut, and clears its middle', () => {
    for (const heart of hearts) {
      const shut = mitral(heart, 0.2);
      const open = mitral(heart, widest(heart, 'inflow'));
      expect(open.depth).toBeGreaterThan(1.3 * shut.depth);
      expect(shut.central).toBeGreaterThan(20);
      expect(open.central).toBeLessThan(0.5 * shut.central);
    }
  });
});

describe('the aortic valve', () => {
  it('crosses the middle of the root shut and lies at its wall open', () => {
    for (const heart of hearts) {
      const shut = aorticCentre(heart, 0.9);
      const open = aorticCentre(heart, widest(heart, 'outflow'));
      expect(shut).toBeGreaterThan(20);
      expect(open).toBe(0);
    }
  });
});

describe('the papillary muscles', () => {
  it('are two in the short axis at their height', () => {
    for (const heart of hearts) {
      const pieces = papillaryPieces(heart).filter((size) => size > 8);
      expect(pieces).toHaveLength(2);
    }
  });
});
