import { sixDigits } from '../../core/six-digits.js';
import { arrayOf, compileInference } from '../../engine/compile.js';
import { highestColumns } from '../../evaluation/labels.js';
import { votingFrames } from '../../evaluation/majority-vote.js';
import { pixelBatch } from '../../evaluation/vit-encoder.js';
import type { GrayImage } from '../../imaging/image.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import type { Classifier } from './classify-frames.js';
import { paperRange } from './input-range.js';
import type { SequenceFrames } from './sequence-frames.js';
import { channelsOf, viewNetwork } from './view-model.js';
import type { Row, VotedSequence } from './vote-rows.js';

/** Tables and pictures that a part of the run adds to the record. */
export interface Look {
  readonly tables: Record<string, Row[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Most mistakes that are shown of one true view. */
const MOST_PER_VIEW = 1;

/** Columns of mistakes.csv, also when nothing went wrong. */
export const MISTAKE_COLUMNS = [
  'sample',
  'patient',
  'label',
  'prediction',
  'score',
  'votes',
  'frame',
  'rows',
  'columns',
  'attention',
];

/**
 * The most confident mistakes of a classifier, view by view, each at its most convincing frame, with the attention of CLS in the last block
 * (heads averaged).
 */
export async function lookAtMistakes(
  classifier: Classifier,
  voted: readonly VotedSequence[],
  frames: SequenceFrames,
): Promise<Look> {
  const { classes } = classifier;
  const wrong = voted.filter(({ sequence, vote }) => classes[vote.label] !== sequence.label);
  const shown = classes.flatMap((view) =>
    wrong
      .filter(({ sequence }) => sequence.label === view)
      .sort((a, b) => confidence(b) - confidence(a))
      .slice(0, MOST_PER_VIEW),
  );
  if (shown.length === 0) return { tables: { mistakes: [] }, assets: {} };
  const rows: Row[] = [];
  const pictures: GrayImage[] = [];
  for (const one of shown) {
    const { sequence, vote, probabilities } = one;
    const best = bestFrame(probabilities, classes.length, vote.label);
    const index = votingFrames(await frames.frameCount(sequence))[best]!;
    const [image] = await frames.frames(sequence, () => [index]);
    pictures.push(image!);
    const votes = highestColumns(probabilities, classes.length);
    rows.push({
      sample: sequence.id,
      patient: sequence.patient,
      label: sequence.label,
      prediction: classes[vote.label]!,
      score: sixDigits(confidence(one)),
      votes: `${votes.filter((label) => label === vote.label).length} of ${votes.length}`,
      frame: index,
    });
  }
  const maps = await attentionMaps(classifier, pictures);
  return {
    tables: {
      mistakes: rows.map((row, n) => ({
        ...row,
        rows: maps.rows,
        columns: maps.columns,
        attention: Array.from(maps.values[n]!, (value) => value.toPrecision(3)).join(' '),
      })),
    },
    assets: { 'mistakes.png': await frameStrip(pictures) },
  };
}

function confidence({ vote }: VotedSequence): number {
  return vote.meanProbabilities[vote.label]!;
}

/** The voting frame that gives a view the highest probability. */
function bestFrame(probabilities: Float64Array, classes: number, label: number): number {
  let best = 0;
  for (let frame = 1; frame < probabilities.length / classes; frame++) {
    if (probabilities[frame * classes + label]! > probabilities[best * classes + label]!) best = frame;
  }
  return best;
}

async function attentionMaps(
  { network, params, imageSize }: Classifier,
  pictures: readonly GrayImage[],
): Promise<{ rows: number; columns: number; values: Float32Array[] }> {
  const channels = channelsOf(network);
  const graph = await compileInference(
    (weights, { images }) => ({ attention: viewNetwork(weights, images!, network, { attention: true }).attention! }),
    { params, inputs: { images: { shape: [1, channels, imageSize, imageSize] } }, name: 'classifierAttention' },
  );
  try {
    const side = network.kind === 'vit' ? imageSize / network.config.patchSize : 1;
    const values: Float32Array[] = [];
    for (const picture of pictures) {
      const out = await graph.run({ images: pixelBatch([picture], imageSize, channels, paperRange(channels)) });
      const tokens = arrayOf(out, 'attention');
      values.push(tokens.slice(tokens.length - side * side)); // patches follow CLS and registers
    }
    return { rows: side, columns: side, values };
  } finally {
    await graph.dispose();
  }
}
