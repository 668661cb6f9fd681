import type { Heart } from './heart.js';

/**
 * What annotators call wall. The inner, trabeculated layer of the left ventricle looks like blood; who traces decides where it belongs.
 *
 * - `trabeculae-are-wall`: the cavity ends at the tips of the trabeculae, as the phantom's hearts are built (EF is the patient's own).
 * - `compacta-is-wall`: the cavity ends at the compact wall and holds the trabeculae, as Lang et al. 2015 (J Am Soc Echocardiogr 28:1)
 *   ask. Volumes are larger by the layer, which keeps its volume in the beat, so EF is lower.
 * - `camus-readers`: the cavity as in the first; the wall is a band of even width at the least, drawn past the sides of the sector, as
 *   the contours of CAMUS are (`reader-mask.ts`). Volumes and EF are those of the first.
 */
export type LabelConvention = 'trabeculae-are-wall' | 'compacta-is-wall' | 'camus-readers';

/** Where the trabeculated layer ends, as a share of `Heart.trabeculation`: the mean of its uneven edge in the picture. */
export const TRABECULAR_EDGE = 0.8;

/** Share of the left ventricle's wall, from inside, that a convention counts as cavity. */
export function cavityShareOfWall(heart: Heart, convention: LabelConvention | undefined): number {
  return convention === 'compacta-is-wall' ? TRABECULAR_EDGE * heart.trabeculation : 0;
}

/** Volume of the left ventricle's cavity as labelled, mL, at a contraction in [0, 1]. */
export function labelledVolume(heart: Heart, contraction: number, convention: LabelConvention | undefined): number {
  return heart.leftVentricle.cavityVolume(contraction, cavityShareOfWall(heart, convention));
}
