import type { CsvCell } from '../../core/csv.js';
import { sixDigits } from '../../core/six-digits.js';
import { majorityVote, type SequenceVote, votingFrames } from '../../evaluation/majority-vote.js';
import { type Classifier, classify } from './classify-frames.js';
import type { Sequence, SequenceFrames } from './sequence-frames.js';

/** A row of a table. */
export type Row = Record<string, CsvCell>;

/** Columns of samples.csv: a row a model and sequence. */
export const VIEW_COLUMNS = [
  'sample',
  'patient',
  'split',
  'label',
  'prediction',
  'score',
  'seed',
  'model',
  'set',
  'origin',
  'votes',
  'agreement',
  'decidedBy',
];

/** The votes of a classifier on sequences, with what each frame said. */
export interface VotedSequence {
  readonly sequence: Sequence;
  readonly vote: SequenceVote;
  /** `[F, C]` */
  readonly probabilities: Float64Array;
}

/** Five frames of each sequence vote (A.2). */
export async function voteOn(
  classifier: Classifier,
  sequences: readonly Sequence[],
  frames: SequenceFrames,
): Promise<VotedSequence[]> {
  const { probabilities } = await classify(classifier, sequences, frames, votingFrames);
  return sequences.map((sequence, s) => ({
    sequence,
    vote: majorityVote(probabilities[s]!, classifier.classes.length),
    probabilities: probabilities[s]!,
  }));
}

/** Rows of samples.csv. `score` is the mean probability, over the voting frames, of the view that won. */
export function voteRows(
  voted: readonly VotedSequence[],
  classes: readonly string[],
  at: { readonly model: string; readonly seed: number; readonly split: string },
): Row[] {
  return voted.map(({ sequence, vote }) => ({
    sample: sequence.id,
    patient: sequence.patient,
    split: at.split,
    label: sequence.label,
    prediction: classes[vote.label]!,
    score: sixDigits(vote.meanProbabilities[vote.label]!),
    seed: at.seed,
    model: at.model,
    set: sequence.set,
    origin: sequence.origin,
    votes: votesText(vote, classes),
    agreement: sixDigits(vote.agreement),
    decidedBy: vote.decidedBy,
  }));
}

/** `A4C 4, A2C 1`: views by votes. */
export function votesText(vote: SequenceVote, classes: readonly string[]): string {
  return [...vote.votes]
    .map((count, label) => ({ count, name: classes[label]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ count, name }) => `${name} ${count}`)
    .join(', ');
}
