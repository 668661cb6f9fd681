import { expect, test } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { instantOf, pictureOf, planClip } from '../../lib/phantom/clip-plan.js';
import { CavitySection, traceByChords } from '../../lib/phantom/tracing.js';

// the one patient of the full scale (EchoNet-Dynamic's twin, number 478) whose axis, dropped onto every plane that was tried, leaves the cavity
const OBLIQUE = planClip({
  seed: 20240,
  patient: 'echonet-dynamic/patient/478',
  population: 'adult',
  clip: 'a4c',
  view: 'A4C',
  size: 112,
  frames: 32,
  transducer: 'any',
  gate: 'chords',
  turn: 0,
  mirrored: false,
});

test.each([OBLIQUE.endDiastole, OBLIQUE.endSystole])(
  'an oblique ventricle is traced within its cavity, frame %i',
  (frame) => {
    const { state, sway } = instantOf(OBLIQUE, frame);
    const picture = pictureOf(OBLIQUE);
    const { longAxis, chords } = traceByChords(state, picture, sway);
    expect(chords).toHaveLength(20);
    const section = new CavitySection(state, picture, sway);
    // the inverse of `section.pixel`, from two of its values: pixels are squares
    const [x0, y0] = section.pixel(0, 0);
    const [x1] = section.pixel(1, 0);
    const inside = chords.filter(([[ax, ay], [bx, by]]) =>
      section.has(((ax + bx) / 2 - x0) / (x1 - x0), ((ay + by) / 2 - y0) / (x1 - x0)),
    );
    expect(inside.length).toBe(20);
    const [[ax, ay], [bx, by]] = longAxis;
    const length = Math.hypot(ax - bx, ay - by) * picture.spacing;
    expect(length).toBeGreaterThan(0.6 * state.heart.leftVentricle.length);
    expect(length).toBeLessThan(1.1 * state.heart.leftVentricle.length);
  },
);

test('where planes are chosen, such a plane is refused', () => {
  const { state, sway } = instantOf(OBLIQUE, OBLIQUE.endDiastole);
  expect(() => traceByChords(state, pictureOf(OBLIQUE), sway, { axisInView: true })).toThrow(DataError);
});
