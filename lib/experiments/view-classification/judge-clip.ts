import { majorityVote, votingFrames } from '../../evaluation/majority-vote.js';
import { frameOf, type GrayClip } from '../../imaging/image.js';
import type { UsableClassifier } from './classifier-file.js';
import type { FrameClassifier } from './classify-frames.js';
import { sequenceNovelty } from './novelty-summary.js';
import { type CuratedFrames, curatedFrames, squareOf } from './sequence-frames.js';

/** What the classifier makes of a clip, and why one might not believe it. */
export interface ClipJudgement {
  readonly view: string;
  /** Mean over the voting frames of the view's probability. */
  readonly probability: number;
  /** Voting frames in order, with what each says. */
  readonly frames: readonly { readonly frame: number; readonly view: string; readonly probability: number }[];
  /** Share of the frames that voted for the view. */
  readonly agreement: number;
  /** What decided: votes, or the summed probability, or the order of the views. */
  readonly decidedBy: 'votes' | 'probability' | 'order';
  /** What the picture lies in; anything but a sector is a reason to doubt. */
  readonly region: CuratedFrames['region'];
  /** Median over the frames of the mean cosine distance to the nearest training frames, and its p-value among validation sequences. */
  readonly distance: number;
  readonly noveltyP: number;
  /** Reasons not to trust the view; empty if none was found. */
  readonly reasons: readonly string[];
}

/** When a judgement is doubted. */
export const DOUBT = {
  /** Fewer frames than this share agree. */
  agreement: 0.8,
  /** The view is less probable than this. */
  probability: 0.5,
  /** Fewer than this share of the validation sequences lie as far from the training frames. */
  noveltyP: 0.05,
} as const;

/** Side to which a clip is curated, pixels, before it is resized to the classifier's input. */
const CURATED_SIDE = 128;

/**
 * Names the view of a clip as A.2 does: cone only, tight crop, square, five frames, majority vote.
 *
 * @param compiled the usable classifier, compiled
 */
export async function judgeClip(
  compiled: FrameClassifier,
  usable: UsableClassifier,
  clip: GrayClip,
): Promise<ClipJudgement> {
  const { classes } = usable.classifier;
  const { clip: curated, region } = curatedFrames(clip, CURATED_SIDE);
  const indices = votingFrames(curated.frameCount);
  const { probabilities, embeddings } = await compiled.judge(
    indices.map((index) => squareOf(frameOf(curated, index), CURATED_SIDE)),
  );
  const vote = majorityVote(probabilities, classes.length);
  const { distance, p } = await sequenceNovelty(usable.novelty, embeddings);
  const judged = {
    view: classes[vote.label]!,
    probability: vote.meanProbabilities[vote.label]!,
    frames: indices.map((frame, n) => {
      const label = vote.frameLabels[n]!;
      return { frame, view: classes[label]!, probability: probabilities[n * classes.length + label]! };
    }),
    agreement: vote.agreement,
    decidedBy: vote.decidedBy,
    region,
    distance,
    noveltyP: p,
  };
  return { ...judged, reasons: reasonsToDoubt(judged) };
}

/** Reasons not to trust a judgement, in words. */
export function reasonsToDoubt(judged: Omit<ClipJudgement, 'reasons'>): string[] {
  const { view, frames, agreement, probability, region, noveltyP } = judged;
  const reasons: string[] = [];
  if (region !== 'sector') reasons.push('the picture is no sector: this may not be an ultrasound image of a heart');
  if (noveltyP < DOUBT.noveltyP) {
    reasons.push(
      `unlike what it was trained on: ${percent(noveltyP)} of validation sequences lie as far from the training frames`,
    );
  }
  if (agreement < DOUBT.agreement) {
    reasons.push(
      `the frames disagree: ${frames.filter((frame) => frame.view === view).length} of ${frames.length} say ${view}`,
    );
  }
  if (probability < DOUBT.probability) reasons.push(`${view} has a mean probability of only ${probability.toFixed(2)}`);
  return reasons;
}

function percent(share: number): string {
  return `at most ${(100 * share).toFixed(1)} %`;
}
