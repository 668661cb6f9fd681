import { DataError } from '../core/errors.js';
import { type RandomStream, stream } from '../core/random.js';
import type { ViewName } from '../core/views.js';
import type { GrayClip, GrayImage } from '../imaging/image.js';
import { type Acquisition, drawAcquisition } from './acquisition.js';
import { type AppearanceName, withAppearance } from './appearance.js';
import { placeCalipers } from './calipers.js';
import { CAMUS_OPERATOR } from './camus-site.js';
import { buildHeart, type Heart } from './heart.js';
import { HeartFrame } from './heart-frame.js';
import { drawClip, Imager } from './imager.js';
import type { LabelConvention } from './label-convention.js';
import { drawPatient, type Patient, type Population } from './patient.js';
import { layPicture, type Picture } from './picture.js';
import { type ProbeShape, withProbe } from './probe.js';
import { drawSway, type Sway, type SwayMotion, swayAt } from './sway.js';
import { type PixelPoint, traceByChords, tracePolygon } from './tracing.js';
import { drawVendor, VENDORS, type Vendor, type VendorName, VOLUME_TRANSDUCER } from './vendors.js';
import { cross, placeView, SONOGRAPHER, USUAL_OPERATOR, type ViewPlane } from './view-planes.js';

/** Placements tried for a clip that must be traced. */
const ATTEMPTS = 20;

/**
 * How a clip lies in the beat, and what must be visible in it.
 *
 * `free` starts anywhere. All others have one frame exactly at end-diastole (of `half`, by an operator's habit, up to some hundredths of a beat
 * before) and one exactly at end-systole: `half` runs from the first to the second, the rest start anywhere; and the operator tries again until the left ventricle can be traced by `chords`, by an
 * `outline`, or measured by `calipers` at both instants.
 */
export type ClipGate = 'free' | 'half' | 'chords' | 'outline' | 'calipers';

/** By the names that a plan has for them. */
const OPERATORS = { usual: USUAL_OPERATOR, sonographer: SONOGRAPHER, camus: CAMUS_OPERATOR } as const;

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
  /** `any` draws a two-dimensional probe of a maker by its share, `volume` a slice of the volume transducer; or a maker's name. */
  readonly transducer: 'any' | 'volume' | VendorName;
  readonly gate: ClipGate;
  /** Degrees by which the plane is turned about the middle beam after it was placed: the slices of a volume share one probe. */
  readonly turn: number;
  /** Left and right swapped, as some sites show apical views. */
  readonly mirrored: boolean;
  /** What is labelled wall. Default: the trabeculae are. */
  readonly labels?: LabelConvention;
  /** Default: phased. */
  readonly probe?: ProbeShape;
  /** Default: usual. */
  readonly appearance?: AppearanceName;
  /** Whose habits place the transducer and pick the end-diastolic frame. Default: a hospital's usual ones. */
  readonly operator?: keyof typeof OPERATORS;
  /** Least quality of the acoustic window, in [0, 1]; half of all clips lie above 0.68. Default: 0.22. */
  readonly leastQuality?: number;
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
  const vendor = vendorOf(plan);
  const usual = OPERATORS[plan.operator ?? 'usual'];
  const skill = plan.transducer === 'volume' ? { ...usual, rotation: 9 } : usual;
  const settings = random.child('acquisition');
  const quality = Math.min(1, Math.max(plan.leastQuality ?? 0.22, 0.68 + 0.24 * settings.normal()));
  const drawn = drawAcquisition(settings, vendor, quality, patient.scale, plan.view.startsWith('Cont:'));
  const looking = withAppearance(drawn, plan.appearance ?? 'usual', random.child('appearance'));
  const acquisition = withProbe(looking, plan.probe ?? 'phased', random.child('probe'));
  const clip = {
    plan,
    patient,
    heart,
    vendor,
    acquisition,
    sway: drawSway(random.child('sway')),
    ...timing(plan, heart, vendor, skill.apical.early, random.child('timing')),
  };
  for (let attempt = 0; ; attempt++) {
    const placed = placeView(heart, plan.view, random.child(`plane/${attempt}`), skill);
    if (attempt < ATTEMPTS && !isTraceable({ ...clip, plane: placed })) continue;
    return { ...clip, plane: turned(placed, plan.turn, plan.mirrored) };
  }
}

function turned(plane: ViewPlane, degrees: number, mirrored: boolean): ViewPlane {
  const side = cross(plane.beam, plane.right);
  const sign = mirrored ? -1 : 1;
  const c = sign * Math.cos((degrees * Math.PI) / 180);
  const s = sign * Math.sin((degrees * Math.PI) / 180);
  const [x, y, z] = plane.right;
  return { ...plane, right: [c * x + s * side[0], c * y + s * side[1], c * z + s * side[2]] };
}

/** True if what must be traced lies in the picture at both instants, as it does in clips that readers trace. */
function isTraceable(planned: PlannedClip): boolean {
  const { gate, size } = planned.plan;
  if (gate === 'free') return true;
  const picture = pictureOf(planned);
  const margin = gate === 'half' ? 12 / picture.spacing : 2 / picture.spacing;
  return [planned.endDiastole, planned.endSystole].every((frame) => {
    try {
      return tracedPoints(planned, frame, picture).every(
        ([x, y]) => x > -margin && y > -margin && x < size + margin && y < size + margin,
      );
    } catch (error) {
      if (error instanceof DataError) return false;
      throw error;
    }
  });
}

function tracedPoints(planned: PlannedClip, frame: number, picture: Picture): readonly PixelPoint[] {
  const { state, sway } = instantOf(planned, frame);
  switch (planned.plan.gate) {
    case 'outline':
      return tracePolygon(state, picture, sway, 12);
    case 'calipers':
      return placeCalipers(state, picture, sway).points;
    default: {
      const { longAxis, chords } = traceByChords(state, picture, sway, { chords: 8, axisInView: true });
      return [longAxis, ...chords].flat();
    }
  }
}

/** The number of a frame given by number or instant; instants need a gated clip. */
export function frameNumber(planned: PlannedClip, frame: number | 'ED' | 'ES'): number {
  return frame === 'ED' ? planned.endDiastole : frame === 'ES' ? planned.endSystole : frame;
}

/** The picture that a clip is drawn in. */
export function pictureOf({ plane, acquisition, plan }: PlannedClip): Picture {
  return layPicture(plane, acquisition, plan.size);
}

/** The heart, and where breathing has moved it, in a frame of a clip. */
export function instantOf(planned: PlannedClip, frame: number): { readonly state: HeartFrame; readonly sway: Sway } {
  const time = planned.times[frame]!;
  return { state: new HeartFrame(planned.heart, time, planned.plan.labels), sway: swayAt(planned.sway, time) };
}

/** Draws the pixels of a planned clip. */
export function drawPlannedClip(planned: PlannedClip): GrayClip {
  const { plan, heart, plane, acquisition } = planned;
  const imager = new Imager(
    heart,
    plane,
    acquisition,
    planned.sway,
    plan.size,
    clipStream(plan).child(`image/${plan.turn}`),
  );
  return drawClip(imager, planned.times, planned.framesPerSecond);
}

/** Draws one frame of a planned clip; the grey map is that frame's own. */
export function drawPlannedFrame(planned: PlannedClip, frame: number): GrayImage {
  const { plan, heart, plane, acquisition, sway, times } = planned;
  const imager = new Imager(heart, plane, acquisition, sway, plan.size, clipStream(plan).child(`image/${plan.turn}`));
  const data = new Uint8Array(plan.size * plan.size);
  imager.draw(times[frame]!, frame, data);
  return { width: plan.size, height: plan.size, data };
}

/** The scanner of a clip; needs no heart. */
export function vendorOf(plan: ClipPlan): Vendor {
  if (plan.transducer === 'volume') return VOLUME_TRANSDUCER;
  if (plan.transducer === 'any') return drawVendor(clipStream(plan).child('vendor'));
  return VENDORS.find((vendor) => vendor.name === plan.transducer)!;
}

function clipStream(plan: ClipPlan): RandomStream {
  return stream(plan.seed, `${plan.patient}/${plan.clip}`);
}

/** The usual rate of two-dimensional probes, frames a second: the middle of the most frequent maker's range. */
const USUAL_RATE = (VENDORS[0]!.framesPerSecond[0] + VENDORS[0]!.framesPerSecond[1]) / 2;

/**
 * Frame times. The frame rate is the scanner's, or lower where a clip would not hold a beat and a tenth: small scales keep the whole
 * motion in few frames. A free clip is slowed as one at the usual rate would be, so that scanners keep the ratio of their rates: in few
 * frames the volume transducer spans several beats, as it has fewer frames in each. A gated clip always holds its beat.
 */
function timing(
  plan: ClipPlan,
  heart: Heart,
  vendor: Vendor,
  early: readonly [number, number] | undefined,
  random: RandomStream,
): Pick<PlannedClip, 'framesPerSecond' | 'times' | 'endDiastole' | 'endSystole'> {
  const beat = 60 / heart.patient.heartRate;
  const wanted = random.between(vendor.framesPerSecond[0], vendor.framesPerSecond[1]);
  const slowest = plan.gate === 'free' ? USUAL_RATE : wanted;
  let framesPerBeat = (Math.min(slowest * beat, plan.frames / 1.1) * wanted) / slowest;
  const { endSystole } = heart.cycle;
  let first = -random.uniform();
  let endDiastoleFrame = -1;
  let endSystoleFrame = -1;
  if (plan.gate === 'half') {
    const start = early === undefined ? 0 : -random.between(...early);
    const step = (endSystole - start) / (plan.frames - 1);
    return {
      framesPerSecond: Math.round(100 / (step * beat)) / 100,
      times: Array.from({ length: plan.frames }, (_, i) => (i === plan.frames - 1 ? endSystole : start + i * step)),
      endDiastole: 0,
      endSystole: plan.frames - 1,
    };
  }
  if (plan.gate !== 'free') {
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
