import { describe, expect, it } from 'vitest';
import {
  type ClipPlan,
  drawPlannedFrame,
  heartOf,
  instantOf,
  pictureOf,
  planClip,
} from '../../lib/phantom/clip-plan.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { cavityShareOfWall, labelledVolume } from '../../lib/phantom/label-convention.js';
import { Chamber, SAMPLE_LENGTH, Sample } from '../../lib/phantom/tissue.js';
import { chamberMask } from '../../lib/phantom/tracing.js';

const PLAN: ClipPlan = {
  seed: 8,
  patient: 'convention',
  population: 'adult',
  clip: 'clip',
  view: 'A4C',
  size: 96,
  frames: 8,
  transducer: 'GE',
  gate: 'half',
  turn: 0,
  mirrored: false,
};

/** People with a trabeculated layer, and one without. */
const people = Array.from({ length: 12 }, (_, n) => `convention/${n}`);
const heartNamed = (patient: string) => heartOf(PLAN.seed, patient, 'adult');
const layered = people.filter((patient) => heartNamed(patient).trabeculation > 0);
const smooth = people.filter((patient) => heartNamed(patient).trabeculation === 0);

function area(patient: string, labels: ClipPlan['labels'], label: number): number {
  const planned = planClip({ ...PLAN, patient, ...(labels && { labels }) });
  const { state, sway } = instantOf(planned, planned.endDiastole);
  return chamberMask(state, pictureOf(planned), sway).filter((value) => value === label).length;
}

describe('label convention', () => {
  it('gives the trabeculae to the cavity or to the wall, and nothing else changes hands', () => {
    expect(layered.length).toBeGreaterThan(0);
    for (const patient of layered.slice(0, 4)) {
      const [cavity, wall] = [Chamber.leftVentricle, Chamber.myocardium];
      expect(area(patient, 'compacta-is-wall', cavity)).toBeGreaterThan(area(patient, 'trabeculae-are-wall', cavity));
      expect(area(patient, 'compacta-is-wall', wall)).toBeLessThan(area(patient, 'trabeculae-are-wall', wall));
      const both = (labels: ClipPlan['labels']): number => area(patient, labels, cavity) + area(patient, labels, wall);
      expect(both('compacta-is-wall')).toBe(both('trabeculae-are-wall'));
    }
  });

  it('is trabeculae-are-wall unless said otherwise, and no picture depends on it', () => {
    const patient = layered[0]!;
    expect(area(patient, undefined, Chamber.leftVentricle)).toBe(
      area(patient, 'trabeculae-are-wall', Chamber.leftVentricle),
    );
    const drawn = (labels: ClipPlan['labels']): Uint8Array =>
      drawPlannedFrame(planClip({ ...PLAN, patient, gate: 'free', ...(labels && { labels }) }), 0).data;
    expect(drawn('compacta-is-wall')).toEqual(drawn(undefined));
  });

  it('lowers EF where there are trabeculae: the layer keeps its volume, so it adds the same to both volumes', () => {
    for (const patient of people) {
      const heart = heartNamed(patient);
      const [tips, compacta] = (['trabeculae-are-wall', 'compacta-is-wall'] as const).map((convention) =>
        [0, 1].map((contraction) => labelledVolume(heart, contraction, convention)),
      ) as [number[], number[]];
      const ejected = ([diastole, systole]: number[]): number => 1 - systole! / diastole!;
      expect(ejected(tips)).toBeCloseTo(heart.patient.ejectionFraction, 10);
      expect(compacta[0]! - tips[0]!).toBeCloseTo(compacta[1]! - tips[1]!, 9);
      if (smooth.includes(patient)) expect(compacta).toEqual(tips);
      else expect(ejected(compacta)).toBeLessThan(ejected(tips));
    }
  });

  it('labels the volume that it states', () => {
    const heart = heartNamed(layered[0]!);
    expect(cavityShareOfWall(heart, 'compacta-is-wall')).toBeGreaterThan(0);
    const sample = new Float64Array(SAMPLE_LENGTH);
    for (const [time, contraction] of [
      [0, 0],
      [heart.cycle.endSystole, 1],
    ] as const) {
      const frame = new HeartFrame(heart, time, 'compacta-is-wall');
      const step = 1.6;
      let count = 0;
      for (let x = -70; x < 70; x += step) {
        for (let y = -70; y < 70; y += step) {
          for (let z = 0.11; z < heart.leftVentricle.apex; z += step) {
            frame.sample(x, y, z, sample);
            if (sample[Sample.chamber] === Chamber.leftVentricle) count++;
          }
        }
      }
      const counted = (count * step ** 3) / 1000;
      // the count is of a lattice of 1.6 mm: 1.5 %
      expect(Math.abs(counted / labelledVolume(heart, contraction, 'compacta-is-wall') - 1)).toBeLessThan(0.015);
    }
  });
});
