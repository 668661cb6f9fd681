import { describe, expect, it } from 'vitest';
import { type ClipPlan, drawPlannedFrame, pictureOf, planClip } from '../../lib/phantom/clip-plan.js';
import { insideSector, scanConversion } from '../../lib/phantom/picture.js';
import type { ProbeShape } from '../../lib/phantom/probe.js';

const PLAN: ClipPlan = {
  seed: 3,
  patient: 'probe test',
  population: 'adult',
  clip: 'clip',
  view: 'PSAX:PAP',
  size: 112,
  frames: 2,
  transducer: 'GE',
  gate: 'free',
  turn: 0,
  mirrored: false,
};

const planned = (probe: ProbeShape) => planClip({ ...PLAN, probe });

describe('probes', () => {
  it('leaves a plan without a probe as it was', () => {
    const phased = drawPlannedFrame(planned('phased'), 0);
    expect(drawPlannedFrame(planClip(PLAN), 0).data).toEqual(phased.data);
  });

  it('shows a rectangle under a linear array, as wide as its face and with parallel beams', () => {
    const clip = planned('linear');
    const picture = pictureOf(clip);
    const { grid, spacing } = picture;
    const halfWidth = grid.halfWidth!;
    expect(halfWidth).toBe(clip.acquisition.halfWidth! * clip.plane.narrowing);
    for (const down of [grid.near + 1, (grid.near + grid.far) / 2, grid.far - 1]) {
      expect(insideSector(picture, halfWidth - 0.01, down)).toBe(true); // as wide at every depth
      expect(insideSector(picture, halfWidth + 0.01, down)).toBe(false);
    }
    const { pixel, sample, acrossBeams } = scanConversion(picture, 1);
    const beamOfColumn = new Map<number, number>();
    pixel.forEach((at, n) => {
      const beam = Math.floor(sample[n]! / grid.depths) + acrossBeams[n]!;
      const column = at % picture.size;
      expect(beamOfColumn.get(column) ?? beam).toBeCloseTo(beam, 6); // one beam a column
      beamOfColumn.set(column, beam);
    });
    expect(Math.abs(beamOfColumn.size * spacing - 2 * halfWidth)).toBeLessThanOrEqual(spacing);
  });

  it('shows an arc at the top of a curvilinear sector: it sags by face (1 - cos angle)', () => {
    const picture = pictureOf(planned('curvilinear'));
    const { grid, face } = picture;
    expect(face).toBeGreaterThanOrEqual(40);
    const firstInside = (right: number): number => {
      let down = -face;
      while (!insideSector(picture, right, down)) down += 0.01;
      return down;
    };
    const angle = 0.9 * grid.halfAngle;
    const sag = grid.near * (1 - Math.cos(angle)); // hand-solved: the chord under an arc
    expect(firstInside(0) - firstInside(grid.near * Math.sin(angle))).toBeCloseTo(sag, 1);
  });

  it.each(['linear', 'curvilinear'] as const)(
    'draws echoes inside the %s field of view and nothing outside',
    (probe) => {
      const clip = planned(probe);
      const picture = pictureOf(clip);
      const { data, width } = drawPlannedFrame(clip, 0);
      let inside = 0;
      let lit = 0;
      data.forEach((grey, n) => {
        const right = picture.left + (n % width) * picture.spacing;
        const down = picture.top + Math.floor(n / width) * picture.spacing;
        if (!insideSector(picture, right, down)) expect(grey).toBe(0);
        else {
          inside++;
          if (grey > 0) lit++;
        }
      });
      expect(lit / inside).toBeGreaterThan(0.8);
    },
  );
});
