import type { ViewName } from '../core/views.js';
import type { AppearanceName } from './appearance.js';
import { CAMUS_SITE } from './camus-site.js';
import { type ClipPlan, drawPlannedFrame, pictureOf, planClip } from './clip-plan.js';
import { plannedMask } from './planned-mask.js';
import type { MeasuredPicture } from './realism.js';
import type { VendorName } from './vendors.js';

/** Which frames to draw beside real ones. */
export interface LabelledFramesConfig {
  readonly seed: number;
  /** Patients; each gives an end-diastolic and an end-systolic frame. */
  readonly patients: number;
  readonly view: ViewName;
  /** A maker, or `any` by their shares. */
  readonly vendor: 'any' | VendorName;
  /** Pixels a side. 500 gives CAMUS' 0.3 mm at its usual depth. */
  readonly size: number;
  /** Default: usual. */
  readonly appearance?: AppearanceName;
  /** People, look, operator and readers of a site. Default: none in particular. */
  readonly site?: 'camus';
}

/**
 * Draws apical frames with their chambers, for comparison with real frames by `measureAppearance` and for training on phantoms alone.
 *
 * @returns `2 * patients` pictures, end-diastole before end-systole
 */
export function drawLabelledFrames(config: LabelledFramesConfig): MeasuredPicture[] {
  return Array.from(
    { length: config.patients },
    (_, index): ClipPlan => ({
      seed: config.seed,
      patient: `labelled/patient/${index}`,
      population: 'adult',
      clip: config.view,
      view: config.view,
      size: config.size,
      frames: 8,
      transducer: config.vendor,
      gate: 'half',
      turn: 0,
      mirrored: false,
      ...(config.site === 'camus' && CAMUS_SITE),
      ...(config.appearance && { appearance: config.appearance }),
    }),
  ).flatMap((plan) => {
    const planned = planClip(plan);
    const picture = pictureOf(planned);
    return [planned.endDiastole, planned.endSystole].map((frame) => ({
      image: drawPlannedFrame(planned, frame),
      spacing: picture.spacing,
      labels: plannedMask(planned, frame),
    }));
  });
}
