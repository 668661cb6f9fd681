import { stream } from '../core/random.js';
import { instantOf, type PlannedClip, pictureOf } from './clip-plan.js';
import { readerMask } from './reader-mask.js';
import { chamberMask } from './tracing.js';

/** Least width of the wall that a reader of CAMUS draws, mm; one value a patient. */
const READERS_BAND: readonly [number, number] = [10, 13.5];

/**
 * The chambers of a frame as the plan's label convention has them.
 *
 * @returns `[size, size]` of `Chamber`
 */
export function plannedMask(planned: PlannedClip, frame: number): Uint8Array {
  const { plan } = planned;
  const { state, sway } = instantOf(planned, frame);
  const picture = pictureOf(planned);
  if (plan.labels !== 'camus-readers') return chamberMask(state, picture, sway);
  const band = stream(plan.seed, `${plan.patient}/readers`).between(...READERS_BAND);
  return readerMask(state, picture, sway, band);
}
