import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import type { ViewName } from '../../lib/core/views.js';
import { heartOf } from '../../lib/phantom/clip-plan.js';
import { buildHeart, type Heart } from '../../lib/phantom/heart.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import type { Pathology } from '../../lib/phantom/patient.js';
import { planeToHeart } from '../../lib/phantom/picture.js';
import { Chamber, SAMPLE_LENGTH, Sample, Tissue } from '../../lib/phantom/tissue.js';
import { placeView, USUAL_OPERATOR } from '../../lib/phantom/view-planes.js';

const TEXTBOOK = { ...USUAL_OPERATOR, position: 0, aim: 0, rotation: 0 };

/** The first people of one seed with each pathology, up to five of each. */
const adults = Array.from({ length: 150 }, (_, n) => heartOf(8, `pathology/${n}`, 'adult'));
const byPathology = new Map<Pathology, Heart[]>();
for (const heart of adults) {
  const list = byPathology.get(heart.patient.pathology) ?? [];
  if (list.length < 5) list.push(heart);
  byPathology.set(heart.patient.pathology, list);
}

const of = (pathology: Pathology): Heart[] => byPathology.get(pathology)!;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Square centimetres of what a textbook plane shows at end-diastole. */
function areas(heart: Heart, view: ViewName): { readonly chamber: number[]; readonly tissue: number[] } {
  const plane = placeView(heart, view, stream(1, view), TEXTBOOK);
  const frame = new HeartFrame(heart, 0);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const chamber = new Array<number>(6).fill(0);
  const tissue = new Array<number>(17).fill(0);
  for (let down = 4; down < plane.far; down += 2) {
    for (let right = -0.8 * down; right <= 0.8 * down; right += 2) {
      const [x, y, z] = planeToHeart(plane, right, down);
      frame.sample(x, y, z, sample);
      chamber[sample[Sample.chamber]!]! += 0.04;
      tissue[sample[Sample.tissue]!]! += 0.04;
    }
  }
  return { chamber, tissue };
}

/** Mean width of the wall in the short axis, mm: of a ring with the areas that are seen. */
function wallWidth(heart: Heart): number {
  const { chamber } = areas(heart, 'PSAX:PAP');
  const inner = chamber[Chamber.leftVentricle]!;
  const outer = inner + chamber[Chamber.myocardium]!;
  return 10 * (Math.sqrt(outer / Math.PI) - Math.sqrt(inner / Math.PI));
}

describe('pathologies', () => {
  it('are all met among 150 adults', () => {
    expect([...byPathology.keys()].sort()).toEqual(
      ['dilated', 'effusion', 'healthy', 'hypertensive', 'hypertrophic', 'ischaemic'].sort(),
    );
  });

  it('thicken the wall that is seen with hypertrophy and hypertension', () => {
    const healthy = mean(of('healthy').map(wallWidth));
    // septum by 1.75 to 2.4 and posterior wall by 1.05 to 1.5; both by 1.25 to 1.75
    expect(mean(of('hypertrophic').map(wallWidth))).toBeGreaterThan(1.25 * healthy);
    expect(mean(of('hypertensive').map(wallWidth))).toBeGreaterThan(1.15 * healthy);
  });

  it('enlarge the cavity of a dilated ventricle against healthy ones of the same sex', () => {
    const volume = (pathology: Pathology, sex: 'F' | 'M'): number =>
      mean(
        adults
          .filter(({ patient }) => patient.pathology === pathology && patient.sex === sex)
          .map(({ leftVentricle }) => leftVentricle.cavityVolume(0, 0)),
      );
    // diameter by 1.14 to 1.45, which alone makes the volume 1.3 to 2.1 times as large
    for (const sex of ['F', 'M'] as const) expect(volume('dilated', sex)).toBeGreaterThan(1.4 * volume('healthy', sex));
  });

  it.each(['PLAX:LV', 'A4C', 'SC:4C'] as const)('show fluid in %s with an effusion and only then', (view) => {
    for (const [pathology, hearts] of byPathology) {
      for (const heart of hearts) {
        const fluid = areas(heart, view).tissue[Tissue.effusion]!;
        if (pathology === 'effusion') expect(fluid).toBeGreaterThan(1);
        else expect(fluid).toBe(0);
      }
    }
  });

  it('let the fluid run out at the base and reach round the right ventricle', () => {
    const { patient } = of('healthy')[0]!;
    const heart = buildHeart({ ...patient, pathology: 'effusion', effusion: 12 }, stream(8, 'pathology/fluid'));
    const frame = new HeartFrame(heart, 0);
    const sample = new Float64Array(SAMPLE_LENGTH);
    const { apex, epicardialRadius } = heart.leftVentricle;
    /** mm of fluid along a line from the axis at a height, towards the side wall or away from it. */
    const width = (z: number, side: number): number => {
      let count = 0;
      for (let r = 0; r < 4 * epicardialRadius; r += 0.25) {
        frame.sample(side * r, 0, z, sample);
        if (sample[Sample.tissue] === Tissue.effusion) count += 0.25;
      }
      return count;
    };
    expect(width(0.4 * apex, 1)).toBeGreaterThan(9);
    expect(width(3, 1)).toBeLessThan(0.3 * width(0.4 * apex, 1));
    expect(width(10, 1)).toBeGreaterThan(width(3, 1));
    expect(width(0.3 * apex, -1)).toBeGreaterThan(6);
  });
});
