import { ArgumentError, ShapeError } from '../core/errors.js';
import { highestColumns } from './labels.js';

/**
 * Frames that vote on a sequence: 0, N/4, N/2, 3N/4 and N - 1, rounded down.
 *
 * Source: EchoApex A.2. Deviates: a frame of a very short sequence (N < 5) votes once, not several times.
 * @param frameCount N >= 1
 * @returns one to five rising indices
 * @throws {ArgumentError} if N is not an integer >= 1
 * @example votingFrames(40) // [0, 10, 20, 30, 39]
 */
export function votingFrames(frameCount: number): number[] {
  if (!Number.isInteger(frameCount) || frameCount < 1) {
    throw new ArgumentError(`votingFrames: frameCount must be an integer >= 1, got ${frameCount}`);
  }
  const quarters = [0, 0.25, 0.5, 0.75].map((share) => Math.floor(share * frameCount));
  return [...new Set([...quarters, frameCount - 1])];
}

/** The label of a sequence. Shapes: F = frames that vote, C = classes. */
export interface SequenceVote {
  readonly label: number;
  /** `[F]` the class each frame votes for: its most probable, the lower one on equal probabilities. */
  readonly frameLabels: Int32Array;
  /** `[C]` votes. */
  readonly votes: Int32Array;
  /** `[C]` mean probability over the frames. */
  readonly meanProbabilities: Float64Array;
  /** Share of the frames that voted for the label. */
  readonly agreement: number;
  /** What decided: the votes alone, the summed probability of the classes with most votes, or the order of the classes. */
  readonly decidedBy: 'votes' | 'probability' | 'order';
}

/**
 * Majority vote of the frames of a sequence.
 *
 * Source: EchoApex A.2, which does not say what breaks a tie. Here: among the classes with most votes the one of highest
 * probability summed over all frames, then the lower class.
 *
 * @param probabilities `[F, C]` class probabilities of each frame
 * @param classes C
 * @throws {ShapeError} if there is no frame or the length is not a multiple of C
 */
export function majorityVote(probabilities: ArrayLike<number>, classes: number): SequenceVote {
  const frames = probabilities.length / classes;
  if (!Number.isInteger(frames) || frames < 1) {
    throw new ShapeError(
      `majorityVote: probabilities must hold F x ${classes} values with F >= 1, got ${probabilities.length}`,
    );
  }
  const frameLabels = highestColumns(probabilities, classes);
  const votes = new Int32Array(classes);
  for (const label of frameLabels) votes[label]!++;
  const summed = new Float64Array(classes);
  for (let i = 0; i < probabilities.length; i++) summed[i % classes]! += probabilities[i]!;
  const most = Math.max(...votes);
  const leading = Array.from(votes.keys()).filter((label) => votes[label] === most);
  const likeliest = Math.max(...leading.map((label) => summed[label]!));
  const best = leading.filter((label) => summed[label] === likeliest);
  return {
    label: best[0]!,
    frameLabels,
    votes,
    meanProbabilities: summed.map((sum) => sum / frames),
    agreement: most / frames,
    decidedBy: leading.length === 1 ? 'votes' : best.length === 1 ? 'probability' : 'order',
  };
}
