import { DataError } from '../core/errors.js';
import { type RandomStream, stream } from '../core/random.js';
import type { GrayClip } from '../imaging/image.js';
import { type Acquisition, drawAcquisition } from './acquisition.js';
import { buildHeart, type Heart } from './heart.js';
import { HeartFrame } from './heart-frame.js';
import { drawClip, Imager } from './imager.js';
import { drawPatient, type Patient, type Population } from './patient.js';
import { layPicture } from './picture.js';
import { drawSway, type SwayMotion, swayAt } from './sway.js';
import { traceByChords } from './tracing.js';
import { drawVendor, type Vendor, VOLUME_TRANSDUCER } from './vendors.js';
import { placeView, USUAL_OPERATOR, type ViewName, type ViewPlane } from './view-planes.js';

/** Placements tried for a clip that must be traced. */
const ATTEMPTS = 20;

/** Everything needed to draw one clip again, bit for bit, on any thread. Plain JSON. */
export interface ClipPlan {
  readonly seed: number;
  /** Names the patient's random stream; the same label is the same person. */
  readonly patient: string;
  readonly population: Population;
  /** Names the clip's own stream. */
  readonly clip: string;
  readonly view: ViewName;
  /** Pixels a side. */
  readonly size: number;
  readonly frames: number;
  /** `scanner` draws a two-dimensional probe of a maker by its share, `volume` a slice of the volume transducer. */
  readonly transducer: 'scanner' | 'volume';
  /** Starts the clip so that one frame is exactly end-diastole and one exactly end-systole. */
  readonly gated: boolean;
  /** Left and right swapped, as some sites show apical views. */
  readonly mirrored: boolean;
}

/** A clip ready to be drawn, with all that labels are made from. */
export interface PlannedClip {
  readonly plan: ClipPlan;
  readonly patient: Patient;
  readonly heart: Heart;
  readonly vendor: Vendor;
  readonly plane: ViewPlane;
  readonly acquisition: Acquisition;
  readonly sway: SwayMotion;
  readonly framesPerSecond: number;
  /** Fraction of the cycle of each frame; 0 and whole numbers are end-diastole. */
  readonly times: readonly number[];
  /** Frames that are exactly end-diastole and end-systole; only of a gated clip. */
  readonly endDiastole: number;
  readonly endSystole: number;
}

/** Draws (again) the person that a label names. */
export function patientOf(seed: number, label: string, population: Population): Patient {
  return drawPatient(stream(seed, `${label}/person`), population);
}

/** Builds (again) a person's heart. */
export function heartOf(seed: number, label: string, population: Population): Heart {
  return buildHeart(patientOf(seed, label, population), stream(seed, `${label}/heart`));
}

/** Works out everything of a clip but its pixels. Cheap: labels of a whole set are made this way. */
export function planClip(plan: ClipPlan): PlannedClip {
  const heart = heartOf(plan.seed, plan.patient, plan.population);
  const { patient } = heart;
  const random = clipStream(plan);
  const vendor = plan.transducer === 'volume' ? VOLUME_TRANSDUCER : drawVendor(random.child('vendor'));
  const skill = plan.transducer === 'volume' ? { ...USUAL_OPERATOR, rotation: 9 } : USUAL_OPERATOR;
  const settings = random.child('acquisition');
  const quality = Math.min(1, Math.max(0, 0.68 + 0.24 * settings.normal()));
  const acquisition = drawAcquisition(settings, vendor, quality, plan.view.startsWith('Cont:'));
  const clip = {
    plan,
    patient,
    heart,
    vendor,
    acquisition,
    sway: drawSway(random.child('sway')),
    ...timing(plan, heart, vendor, random.child('timing')),
  };
  for (let attempt = 0; ; attempt++) {
    const placed = placeView(heart, plan.view, random.child(`plane/${attempt}`), skill);
    const { right } = placed;
    const plane: ViewPlane = plan.mirrored ? { ...placed, right: [-right[0], -right[1], -right[2]] } : placed;
    const planned = { ...clip, plane };
    if (!plan.gated || attempt === ATTEMPTS || isTraceable(planned)) return planned;
  }
}

/** True if the left ventricle's long axis lies in the sector at both traced instants, as it does in clips that readers trace. */
function isTraceable(planned: PlannedClip): boolean {
  const picture = layPicture(planned.plane, planned.acquisition, planned.plan.size);
  return [planned.endDiastole, planned.endSystole].every((frame) => {
    const time = planned.times[frame]!;
    try {
      const tracing = traceByChords(new HeartFrame(planned.heart, time), picture, swayAt(planned.sway, time), 8);
      return [tracing.longAxis, ...tracing.chords].flat().every(([x, y]) => {
        const margin = 2 / picture.spacing;
        return x > -margin && y > -margin && x < picture.size + margin && y < picture.size + margin;
      });
    } catch (error) {
      if (error instanceof DataError) return false;
      throw error;
    }
  });
}

/** Draws the pixels of a planned clip. */
export function drawPlannedClip(planned: PlannedClip): GrayClip {
  const { plan, heart, plane, acquisition } = planned;
  const imager = new Imager(heart, plane, acquisition, planned.sway, plan.size, clipStream(plan).child('image'));
  return drawClip(imager, planned.times, planned.framesPerSecond);
}

function clipStream(plan: ClipPlan): RandomStream {
  return stream(plan.seed, `${plan.patient}/${plan.clip}`);
}

/**
 * Frame times. The frame rate is the scanner's, or lower where the clip would not hold a beat and a tenth: small scales keep the whole
 * motion in few frames.
 */
function timing(
  plan: ClipPlan,
  heart: Heart,
  vendor: Vendor,
  random: RandomStream,
): Pick<PlannedClip, 'framesPerSecond' | 'times' | 'endDiastole' | 'endSystole'> {
  const beat = 60 / heart.patient.heartRate;
  const wanted = random.between(vendor.framesPerSecond[0], vendor.framesPerSecond[1]);
  let framesPerBeat = Math.min(wanted * beat, plan.frames / 1.1);
  const { endSystole } = heart.cycle;
  let first = -random.uniform();
  let endDiastoleFrame = -1;
  let endSystoleFrame = -1;
  if (plan.gated) {
    const systole = Math.max(2, Math.round(endSystole * framesPerBeat));
    framesPerBeat = systole / endSystole;
    endDiastoleFrame = random.integer(Math.max(1, Math.min(plan.frames - systole, Math.ceil(framesPerBeat))));
    endSystoleFrame = endDiastoleFrame + systole;
    first = -endDiastoleFrame / framesPerBeat;
  }
  return {
    framesPerSecond: Math.round((framesPerBeat / beat) * 100) / 100,
    times: Array.from({ length: plan.frames }, (_, i) =>
      i === endSystoleFrame ? endSystole : i === endDiastoleFrame ? 0 : first + i / framesPerBeat,
    ),
    endDiastole: endDiastoleFrame,
    endSystole: endSystoleFrame,
  };
}
