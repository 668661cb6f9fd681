import { describe, expect, it } from 'vitest';
import { CAMUS_SITE } from '../../lib/phantom/camus-site.js';
import { type ClipPlan, instantOf, pictureOf, planClip } from '../../lib/phantom/clip-plan.js';
import { contourShape } from '../../lib/phantom/contour-shape.js';
import { insideSector } from '../../lib/phantom/picture.js';
import { plannedMask } from '../../lib/phantom/planned-mask.js';
import { readerMask } from '../../lib/phantom/reader-mask.js';
import { Chamber } from '../../lib/phantom/tissue.js';
import { chamberMask } from '../../lib/phantom/tracing.js';

const SIZE = 96;
const PATIENTS = 30;

function plan(index: number, site: Partial<ClipPlan>): ClipPlan {
  return {
    seed: 21,
    patient: `site/${index}`,
    population: 'adult',
    clip: 'clip',
    view: 'A4C',
    size: SIZE,
    frames: 4,
    transducer: 'GE',
    gate: 'half',
    turn: 0,
    mirrored: false,
    ...site,
  };
}

function medians(site: Partial<ClipPlan>): { wall: number; lean: number; base: number } {
  const shapes = Array.from({ length: PATIENTS }, (_, index) => {
    const planned = planClip(plan(index, site));
    return contourShape(plannedMask(planned, planned.endDiastole), SIZE);
  });
  const median = (read: (shape: (typeof shapes)[number]) => number): number => {
    const values = shapes
      .map(read)
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b);
    return values[values.length >> 1]!;
  };
  return { wall: median(({ wall }) => wall), lean: median(({ lean }) => lean), base: median(({ base }) => base) };
}

describe('CAMUS as a site', () => {
  // six real patients at end-diastole: wall over cavity 0.48 to 0.79, lean 9 to 26 degrees, base -2 to +13 degrees (right end up)
  it('has the walls, the lean and the level base of real contours, which the usual phantom has not', () => {
    const site = medians(CAMUS_SITE);
    expect(site.wall).toBeGreaterThan(0.6);
    expect(site.wall).toBeLessThan(0.95);
    expect(site.lean).toBeGreaterThan(11);
    expect(site.lean).toBeLessThan(26);
    expect(Math.abs(site.base)).toBeLessThan(7);
    const usual = medians({});
    expect(usual.wall).toBeLessThan(0.6);
    expect(usual.lean).toBeLessThan(9);
  });

  it('takes the first frame up to 0.035 beats before end-diastole, and the last at end-systole', () => {
    for (let index = 0; index < 8; index++) {
      const { times, heart } = planClip(plan(index, CAMUS_SITE));
      expect(times[0]).toBeLessThanOrEqual(0);
      expect(times[0]).toBeGreaterThan(-0.035);
      expect(times.at(-1)).toBe(heart.cycle.endSystole);
      expect(planClip(plan(index, {})).times[0]).toBe(0);
    }
  });
});

describe('readerMask', () => {
  const planned = planClip(plan(3, CAMUS_SITE));
  const { state, sway } = instantOf(planned, planned.endDiastole);
  const picture = pictureOf(planned);
  const plain = chamberMask(state, picture, sway);
  const inside = (at: number): boolean =>
    insideSector(
      picture,
      picture.left + (at % SIZE) * picture.spacing,
      picture.top + Math.floor(at / SIZE) * picture.spacing,
    );

  it('has the cavity and the atrium of the plain mask in the sector, and no other chamber', () => {
    const mask = readerMask(state, picture, sway, 12);
    for (const chamber of [Chamber.leftVentricle, Chamber.leftAtrium]) {
      mask.forEach((value, at) => {
        if (inside(at)) expect(value === chamber).toBe(plain[at] === chamber);
      });
    }
    expect(new Set(mask)).toEqual(
      new Set([Chamber.none, Chamber.leftVentricle, Chamber.myocardium, Chamber.leftAtrium]),
    );
  });

  it('draws a wall as wide as the band where the base does not end it, and past the sides of the sector', () => {
    const band = 12;
    const mask = readerMask(state, picture, sway, band);
    const thin = readerMask(state, picture, sway, 0);
    const cavity = [...mask.keys()].filter((at) => mask[at] === Chamber.leftVentricle);
    const top = Math.min(...cavity.map((at) => Math.floor(at / SIZE)));
    // straight up from the highest cavity pixel, where nothing but wall may lie
    const apex = cavity.find((at) => Math.floor(at / SIZE) === top)!;
    const reach = Math.floor(band / picture.spacing);
    for (let step = 1; step <= reach; step++) expect(mask[apex - step * SIZE]).toBe(Chamber.myocardium);
    const count = (each: Uint8Array): number => each.filter((value) => value === Chamber.myocardium).length;
    expect(count(mask)).toBeGreaterThan(count(thin));
    mask.forEach((value, at) => {
      if (value !== thin[at]) expect(thin[at]).toBe(Chamber.none); // the band takes nothing from others
    });
    const outside = Array.from({ length: 12 }, (_, index) => planClip(plan(index, CAMUS_SITE))).some((one) => {
      const each = pictureOf(one);
      return plannedMask(one, one.endDiastole).some(
        (value, at) =>
          value === Chamber.myocardium &&
          !insideSector(each, each.left + (at % SIZE) * each.spacing, each.top + Math.floor(at / SIZE) * each.spacing),
      );
    });
    expect(outside).toBe(true);
  });
});
