import type { ClipPlan } from './clip-plan.js';
import type { VentricleShape } from './left-ventricle.js';
import { type OperatorSkill, USUAL_OPERATOR } from './view-planes.js';

/**
 * What makes a clip one of CAMUS: its people, how it looks, where the transducer stands, and how readers trace it.
 *
 * Fitted by hand to the contours of six patients of CAMUS (Leclerc et al. 2019, IEEE TMI 38:2198), apical four-chamber, ED and ES. Medians at
 * end-diastole, real and usual phantom: the wall covers 0.75 and 0.46 of the cavity's area; the cavity's axis leans by 21 and 2 degrees, the apex
 * towards the septum, while its base lies level within 2 degrees; the cavity fills 0.13 and 0.10 of the square around the sector.
 */
export const CAMUS_SITE = Object.freeze({
  population: 'camus',
  appearance: 'camus',
  operator: 'camus',
  labels: 'camus-readers',
} as const satisfies Partial<ClipPlan>);

/** Factor on the walls of an adult. */
export const CAMUS_WALL_GROWTH: readonly [number, number] = [1, 1.4];

/** Thick, blunt apices, and an axis that leans towards the septum. */
export const CAMUS_SHAPE: VentricleShape = Object.freeze<VentricleShape>({
  apicalWall: [0.8, 1.15],
  bluntness: [2, 3],
  lean: [0.17, 0.09],
});

/** Operators and readers of CAMUS. */
export const CAMUS_OPERATOR: OperatorSkill = Object.freeze<OperatorSkill>({
  ...USUAL_OPERATOR,
  apical: { stand: [6, 23], filling: [0.82, 0.09, 0.56, 1.02], swing: [3, 9], aside: [-13, 6], early: [0, 0.035] },
});
