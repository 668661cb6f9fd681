import type { DataKind } from '../../records/record.js';
import type { ClipBeats } from './clip-beats.js';
import type { EfCalibration } from './ef-model.js';

/** One reason not to trust a result. */
export interface EfReason {
  readonly code:
    | 'phantom-model'
    | 'few-beats'
    | 'cut-beat'
    | 'no-inner-systole'
    | 'no-contraction'
    | 'missing-ventricle'
    | 'unsure-outline'
    | 'cut-off'
    | 'shape'
    | 'out-of-distribution'
    | 'disagreement'
    | 'frame-rate-unknown'
    | 'frame-rate-low';
  /** For people. */
  readonly text: string;
}

/** What {@link reasonsOf} looks at. */
export interface ReasonInputs {
  readonly origin: DataKind;
  readonly calibration: EfCalibration;
  readonly stage1: ClipBeats;
  readonly learned: number;
  readonly framesPerSecond: number | null;
  readonly frameCount: number;
  readonly certainty: number;
  readonly slenderness: number | null;
  /** The outline reaches the border of the picture. */
  readonly cutOff: boolean;
  /** Conformal p-value of the picture among the training patients. */
  readonly noveltyP: number;
}

/** Beats below which the mean is said to rest on few; the ASE asks for several, five in atrial fibrillation (Lang et al. 2015). */
const ENOUGH_BEATS = 3;
/** Below it end-systole can fall between two frames (Lang et al. 2015 asks for 30 frames a second and more). */
const ENOUGH_FRAMES_PER_SECOND = 30;
/** Novelty below which a picture is called unlike the training patients. */
const NOVEL = 0.05;

/** The reasons not to trust one measurement, the gravest first. */
export function reasonsOf(inputs: ReasonInputs): EfReason[] {
  const { calibration, stage1, learned, framesPerSecond, slenderness } = inputs;
  const reasons: EfReason[] = [];
  const say = (code: EfReason['code'], text: string): void => {
    reasons.push({ code, text });
  };
  if (inputs.origin === 'phantom') {
    say('phantom-model', 'the model has seen phantoms only: the number says nothing about a patient');
  }
  if (stage1.found === 'whole-clip') {
    say('no-contraction', 'no contraction was found: the whole clip was taken for one beat');
  } else if (stage1.found === 'extremes') {
    say('no-inner-systole', 'no systole lies inside the clip: its largest and smallest ventricle stand in for a beat');
  }
  if (inputs.noveltyP < NOVEL) {
    say('out-of-distribution', `the picture is unlike those of training (p = ${inputs.noveltyP.toFixed(3)})`);
  }
  const geometric = stage1.ejectionFractionPercent;
  const usual = quantileOfRising(calibration.disagreements, 0.95);
  if (geometric !== null && Math.abs(geometric - learned) > Math.max(usual, 5)) {
    say(
      'disagreement',
      `geometry says ${geometric.toFixed(0)} %, the decoder ${learned.toFixed(0)} %: more apart than in validation (${usual.toFixed(0)} points)`,
    );
  }
  if (stage1.missingFrames > 0) {
    say('missing-ventricle', `no ventricle was found in ${stage1.missingFrames} of ${inputs.frameCount} frames`);
  }
  if (inputs.certainty < calibration.lowestCertainty) {
    say('unsure-outline', `the outline is less sure (${inputs.certainty.toFixed(2)}) than in 95 % of training clips`);
  }
  if (inputs.cutOff) say('cut-off', 'the ventricle reaches the border of the picture');
  const [least, most] = calibration.slenderness;
  if (slenderness !== null && (slenderness < least || slenderness > most)) {
    const how = slenderness < least ? 'short and wide, perhaps foreshortened' : 'long and thin';
    say(
      'shape',
      `the ventricle is ${how}: length over width ${slenderness.toFixed(2)}, training ${least.toFixed(2)} to ${most.toFixed(2)}`,
    );
  }
  if (stage1.found === 'beats' && stage1.beats.length < ENOUGH_BEATS) {
    say(
      'few-beats',
      `${stage1.beats.length} beat${stage1.beats.length === 1 ? '' : 's'}: no mean over ${ENOUGH_BEATS} or more`,
    );
  }
  if (stage1.found === 'beats' && stage1.beats.some(({ whole }) => !whole)) {
    say('cut-beat', 'the clip may start after end-diastole, so that the beat is cut');
  }
  if (framesPerSecond === null) {
    say('frame-rate-unknown', 'the frame rate is not known: beats are told apart as at 50 frames a second');
  } else if (framesPerSecond < ENOUGH_FRAMES_PER_SECOND) {
    say('frame-rate-low', `${framesPerSecond.toFixed(0)} frames a second: end-systole may fall between two frames`);
  }
  return reasons;
}

function quantileOfRising(values: readonly number[], probability: number): number {
  if (values.length === 0) return 0;
  return values[Math.min(values.length - 1, Math.ceil(probability * values.length) - 1)]!;
}
