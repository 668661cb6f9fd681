import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { VIEW_NAMES, type ViewName } from '../../lib/core/views.js';
import { heartOf } from '../../lib/phantom/clip-plan.js';
import { buildHeart, type Heart, type Vector } from '../../lib/phantom/heart.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { heartToPlane, planeToHeart } from '../../lib/phantom/picture.js';
import { Chamber, SAMPLE_LENGTH, Sample, Tissue } from '../../lib/phantom/tissue.js';
import { placeView, SONOGRAPHER, USUAL_OPERATOR } from '../../lib/phantom/view-planes.js';

const TEXTBOOK = { ...USUAL_OPERATOR, position: 0, aim: 0, rotation: 0 };

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Square centimetres of each chamber and tissue in a textbook plane at end-diastole. */
function areas(heart: Heart, view: ViewName): { chamber: number[]; tissue: number[]; columns: Map<number, number> } {
  const plane = placeView(heart, view, stream(1, view), TEXTBOOK);
  const frame = new HeartFrame(heart, 0);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const chamber = new Array<number>(6).fill(0);
  const tissue = new Array<number>(17).fill(0);
  const sums = new Map<number, number>();
  for (let down = 4; down < plane.far; down += 2) {
    for (let right = -0.8 * down; right <= 0.8 * down; right += 2) {
      const [x, y, z] = planeToHeart(plane, right, down);
      frame.sample(x, y, z, sample);
      chamber[sample[Sample.chamber]!]! += 0.04;
      tissue[sample[Sample.tissue]!]! += 0.04;
      const label = sample[Sample.chamber]!;
      sums.set(label, (sums.get(label) ?? 0) + right * 0.04);
    }
  }
  const columns = new Map([...sums].map(([label, sum]) => [label, sum / chamber[label]!]));
  return { chamber, tissue, columns };
}

const hearts = Array.from({ length: 5 }, (_, i) => heartOf(4, `view/${i}`, 'adult'));

describe('placeView', () => {
  it('gives all 18 views a right-handed unit frame', () => {
    expect(VIEW_NAMES).toHaveLength(18);
    for (const view of VIEW_NAMES) {
      const plane = placeView(hearts[0]!, view, stream(2, view));
      expect(dot(plane.beam, plane.beam)).toBeCloseTo(1, 10);
      expect(dot(plane.right, plane.right)).toBeCloseTo(1, 10);
      expect(dot(plane.beam, plane.right)).toBeCloseTo(0, 10);
      expect(plane.far).toBeGreaterThan(60);
    }
  });

  it('turns plane coordinates into the heart and back', () => {
    const plane = placeView(hearts[0]!, 'A3C', stream(2, 'x'));
    const [right, down] = heartToPlane(plane, planeToHeart(plane, 12.5, 80));
    expect(right).toBeCloseTo(12.5, 9);
    expect(down).toBeCloseTo(80, 9);
  });

  it('shows four chambers in A4C, the left ones to the right', () => {
    for (const heart of hearts) {
      const { chamber, columns } = areas(heart, 'A4C');
      for (const label of [Chamber.leftVentricle, Chamber.leftAtrium, Chamber.rightVentricle, Chamber.rightAtrium]) {
        expect(chamber[label]!).toBeGreaterThan(2);
      }
      expect(columns.get(Chamber.leftVentricle)!).toBeGreaterThan(columns.get(Chamber.rightVentricle)!);
    }
  });

  it('shows no right atrium in A2C and PLAX, and the left ventricle in both', () => {
    for (const heart of hearts) {
      for (const view of ['A2C', 'PLAX:LV'] as const) {
        const { chamber } = areas(heart, view);
        expect(chamber[Chamber.rightAtrium]!).toBeLessThan(1.5);
        expect(chamber[Chamber.leftVentricle]!).toBeGreaterThan(8);
        expect(chamber[Chamber.leftAtrium]!).toBeGreaterThan(2);
      }
    }
  });

  it('cuts the ventricle round in the short axis and keeps the atria out of it', () => {
    for (const heart of hearts) {
      const { chamber } = areas(heart, 'PSAX:PAP');
      const radius = heart.leftVentricle.endocardialRadius / 10;
      expect(chamber[Chamber.leftVentricle]! / (Math.PI * radius ** 2)).toBeGreaterThan(0.6);
      expect(chamber[Chamber.leftVentricle]! / (Math.PI * radius ** 2)).toBeLessThan(1.25);
      expect(chamber[Chamber.leftAtrium]!).toBe(0);
    }
  });

  it('shows the liver only from below, and the caval vein in SC:IVC', () => {
    for (const heart of hearts) {
      expect(areas(heart, 'SC:4C').tissue[Tissue.liver]!).toBeGreaterThan(5);
      expect(areas(heart, 'SC:IVC').tissue[Tissue.vein]!).toBeGreaterThan(2);
      expect(areas(heart, 'PLAX:LV').tissue[Tissue.vein]!).toBeLessThan(1);
    }
  });

  it('makes PLAX:ID deeper than PLAX:LV and PLAX:VAL a part of it', () => {
    const depth = (view: ViewName) => placeView(hearts[0]!, view, stream(1, 'same'), TEXTBOOK);
    expect(depth('PLAX:ID').far).toBeGreaterThan(1.25 * depth('PLAX:LV').far);
    expect(depth('PLAX:VAL').near).toBeGreaterThan(0);
    expect(depth('PLAX:VAL').narrowing).toBeLessThan(0.7);
  });
});

describe('SONOGRAPHER', () => {
  it('strays from the textbook plane about a third as far as the usual operator', () => {
    const heart = hearts[0]!;
    const textbook = placeView(heart, 'PSAX:MV', stream(3, 'same'), TEXTBOOK);
    const degrees = (skill: typeof SONOGRAPHER): number => {
      const angles = Array.from({ length: 200 }, (_, i) => {
        const { beam } = placeView(heart, 'PSAX:MV', stream(3, `hand/${i}`), skill);
        return (Math.acos(Math.min(1, dot(beam, textbook.beam))) * 180) / Math.PI;
      });
      return angles.reduce((sum, angle) => sum + angle, 0) / angles.length;
    };
    const ratio = degrees(SONOGRAPHER) / degrees(USUAL_OPERATOR);
    expect(ratio).toBeGreaterThan(0.25);
    expect(ratio).toBeLessThan(0.75); // the place on the chest varies for both
  });
});

describe('buildHeart', () => {
  it('is the same for the same streams', () => {
    const { patient } = hearts[0]!;
    const twice = [0, 1].map(() => buildHeart(patient, stream(5, 'heart')));
    const sample = [new Float64Array(SAMPLE_LENGTH), new Float64Array(SAMPLE_LENGTH)];
    for (let n = 0; n < 200; n++) {
      for (const i of [0, 1]) new HeartFrame(twice[i]!, 0.2).sample(n - 100, 3, 20, sample[i]!);
      expect(sample[0]).toEqual(sample[1]);
    }
  });
});
