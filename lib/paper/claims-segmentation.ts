import {
  type Claim,
  compared,
  holdsIf,
  meanOfValues,
  numberClaim,
  recompute,
  relationClaim,
  type Sourced,
} from './claim.js';
import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { TABLE_8, TABLE_9 } from './tables-segmentation.js';
import { compareNumber } from './verdict.js';
import { impliedBiplaneCount } from './zero-shot-weights.js';

type SegmentationModel = 'Specialist' | 'MedSAM' | 'EchoApex-SAM-AdaB' | 'EchoApex-SAM-B';

const dice = (row: string, model: SegmentationModel): Sourced => cellOf(TABLE_9, row, model);
const evaluated = (row: string): Sourced => cellOf(TABLE_8, row, 'Evaluation');

/** Targets of Table 9 whose average the paper states, with the rows of Table 8 that count their evaluated images. */
export const WEIGHTED_TARGETS: Readonly<Record<string, readonly string[]>> = {
  'CAMUS LV mean': ['CAMUS LV A4C', 'CAMUS LV A2C'],
  'CAMUS LA mean': ['CAMUS LA A4C', 'CAMUS LA A2C'],
  'ENDym LV mean': ['EchoNet-Dynamic LV A4C'],
  'ENPed-A4C LV': ['EchoNet-Pediatric LV A4C'],
  'ENPed-PSAX LV': ['EchoNet-Pediatric LV PSAX'],
};

/**
 * Mean Dice of a model over the targets of Table 9, weighted by the evaluated images of Table 8.
 *
 * @param targets some of {@link WEIGHTED_TARGETS}; default: all, as stated
 */
export function weightedDice(
  model: SegmentationModel,
  targets: readonly string[] = Object.keys(WEIGHTED_TARGETS),
): { readonly value: number; readonly from: readonly Sourced[] } {
  const cells = targets.map((target) => dice(target, model));
  const counts = targets.map((target) => WEIGHTED_TARGETS[target]!.map(evaluated));
  const weights = counts.map((rows) => rows.reduce((sum, { value }) => sum + value, 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const value = cells.reduce((sum, cell, i) => sum + cell.value * weights[i]!, 0) / total;
  return { value, from: [...cells, ...counts.flat()] };
}

const weightedClaim = (id: string, statement: string, figure: string, model: SegmentationModel): Claim =>
  relationClaim({
    id,
    statement,
    says: `average Dice of ${model}`,
    claimed: statedFigure(statement, figure).text,
    from: weightedDice(model).from,
    finds: () => {
      const { value } = weightedDice(model);
      return compared(statedFigure(statement, figure), value, 0.0005, value.toFixed(5));
    },
    why: 'Table 9, weighted by the evaluated images of Table 8; the plain mean over the targets gives other digits.',
  });

const improvementClaim = (figure: string, order: string, model: SegmentationModel): Claim =>
  relationClaim({
    id: `improvement-${figure}`,
    statement: 'segmentation-dice',
    says: `Dice improvement over ${order} ("accordingly": MedSAM first, UNet second)`,
    claimed: statedFigure('segmentation-dice', figure).text,
    from: [...weightedDice('EchoApex-SAM-B').from, ...weightedDice(model).from],
    finds: () => {
      const gain = weightedDice('EchoApex-SAM-B').value - weightedDice(model).value;
      return compared(statedFigure('segmentation-dice', figure), gain, 0.001, gain.toFixed(4));
    },
    why: 'Differences of the weighted averages are 0.057 to MedSAM and 0.023 to the specialists: the text is ten times too large and in the other order.',
  });

const MEAN_ROWS = [
  ['CAMUS LV mean', 'CAMUS LV-ES', 'CAMUS LV-ED'],
  ['CAMUS LA mean', 'CAMUS LA-ES', 'CAMUS LA-ED'],
  ['ENDym LV mean', 'ENDym LV-ES', 'ENDym LV-ED'],
] as const;

const TABLE_9_CLAIMS: readonly Claim[] = MEAN_ROWS.flatMap(([mean, ...parts]) =>
  (['Specialist', 'MedSAM', 'EchoApex-SAM-AdaB', 'EchoApex-SAM-B'] as const).map((model) => {
    const cell = dice(mean, model);
    const from = parts.map((row) => dice(row, model));
    return relationClaim({
      id: `table-9-${mean}-${model}`,
      statement: 'table-9-means',
      says: `${mean}, ${model}`,
      claimed: cell.text,
      from: [cell, ...from],
      finds: () => {
        const { value, slack } = recompute(from, meanOfValues);
        return compared(cell, value, slack, value.toFixed(4));
      },
      why: 'Mean of ES and ED.',
    });
  }),
);

/** How many rows of Table 9 have the first model above the second. */
function rowsAhead(first: SegmentationModel, second: SegmentationModel): string[] {
  return TABLE_9.rows.filter((row) => dice(row, first).value > dice(row, second).value);
}

const aheadClaim = (
  id: string,
  statement: string,
  says: string,
  pairs: readonly [SegmentationModel, SegmentationModel][],
): Claim =>
  relationClaim({
    id,
    statement,
    says,
    claimed: 'all',
    from: TABLE_9.rows.flatMap((row) => [...new Set(pairs.flat())].map((model) => dice(row, model))),
    finds: () => {
      const ahead = pairs.map(([first, second]) => rowsAhead(first, second).length);
      return {
        recomputed: ahead.map((rows) => `${rows} of ${TABLE_9.rows.length} rows`).join(', '),
        verdict: holdsIf(ahead.every((rows) => rows === TABLE_9.rows.length)),
      };
    },
    why: 'Rows of Table 9.',
  });

const zeroShotClaim = (id: string, statement: string, source: string, figure: string): Claim => {
  const names = ['biplane', 'camus', 'pediatric'];
  const from = names.map((name) => statedFigure(source, name));
  const counts = [evaluated('Vol-biplane'), evaluated('CAMUS LV A4C'), evaluated('CAMUS LV A2C')];
  const pediatric = [evaluated('EchoNet-Pediatric LV A4C'), evaluated('EchoNet-Pediatric LV PSAX')];
  return relationClaim({
    id,
    statement,
    says: `average zero-shot Dice, ${source === 'zero-shot-ours' ? 'EchoApex-SAM-S' : 'DeepLabV3'}`,
    claimed: statedFigure(statement, figure).text,
    from: [...from, ...counts, ...pediatric],
    finds: () => {
      const [biplane, camus, children] = [
        counts[0]!.value,
        counts[1]!.value + counts[2]!.value,
        pediatric[0]!.value + pediatric[1]!.value,
      ];
      const total = biplane + camus + children;
      const value = (from[0]!.value * biplane + from[1]!.value * camus + from[2]!.value * children) / total;
      const implied = impliedBiplaneCount(source);
      return {
        recomputed: `${value.toFixed(4)}; implies ${implied.low} to ${implied.high} biplane images instead of ${biplane}`,
        verdict: compareNumber(statedFigure(statement, figure), value, 0.0005),
      };
    },
    why: 'The three averages weighted by the left-ventricle images of Table 8. The stated average needs far fewer Vol-biplane images than the 1,827 listed; that row counts four chambers.',
  });
};

/** `[sentence, low, high, average, rows of Table 8 behind it]` */
const INTERVALS: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  ['abstract-segmentation', 'low', 'high', 'dice', Object.values(WEIGHTED_TARGETS).flat()],
  ['abstract-segmentation', 'medsamLow', 'medsamHigh', 'medsam', Object.values(WEIGHTED_TARGETS).flat()],
  ['zero-shot-ours', 'low', 'high', 'inDomain', ['EchoNet-Dynamic LV A4C']],
  ['zero-shot-specialist', 'low', 'high', 'inDomain', ['EchoNet-Dynamic LV A4C']],
];

/** What standard deviation of one image each printed interval implies if images were independent. */
const INTERVAL_CLAIMS: readonly Claim[] = INTERVALS.map(([id, low, high, average, rows]) => {
  const from = [statedFigure(id, low), statedFigure(id, high), ...rows.map(evaluated)];
  return relationClaim({
    id: `interval-${id}-${average}`,
    statement: id,
    says: `95 % interval of ${statedFigure(id, average).text}`,
    claimed: `${statedFigure(id, low).text}-${statedFigure(id, high).text}`,
    from,
    finds: () => {
      const images = rows.reduce((sum, row) => sum + evaluated(row).value, 0);
      const half = (statedFigure(id, high).value - statedFigure(id, low).value) / 2;
      const deviation = (half / 1.96) * Math.sqrt(images);
      return {
        recomputed: `standard deviation ${deviation.toFixed(3)} over ${images} images`,
        verdict: 'cannot be checked without their data',
      };
    },
    why: 'The interval fits images that are independent. ED and ES of one patient, and two structures of one frame, are not, so a valid interval is wider.',
  });
});

/** Claims on segmentation. */
export const SEGMENTATION_CLAIMS: readonly Claim[] = [
  weightedClaim('dice-abstract', 'abstract-segmentation', 'dice', 'EchoApex-SAM-B'),
  weightedClaim('dice-abstract-specialist', 'abstract-segmentation', 'specialist', 'Specialist'),
  weightedClaim('dice-abstract-medsam', 'abstract-segmentation', 'medsam', 'MedSAM'),
  aheadClaim('all-targets', 'abstract-segmentation', 'EchoApex-SAM-B is ahead on all targets', [
    ['EchoApex-SAM-B', 'Specialist'],
    ['EchoApex-SAM-B', 'MedSAM'],
  ]),
  weightedClaim('dice-text', 'segmentation-dice', 'dice', 'EchoApex-SAM-B'),
  improvementClaim('first', 'MedSAM', 'MedSAM'),
  improvementClaim('second', 'the specialists', 'Specialist'),
  aheadClaim('specialists-ahead', 'segmentation-specialists', 'the specialists are ahead of MedSAM', [
    ['Specialist', 'MedSAM'],
  ]),
  weightedClaim('dice-discussion', 'discussion-segmentation', 'dice', 'EchoApex-SAM-B'),
  weightedClaim('dice-discussion-specialist', 'discussion-segmentation', 'specialist', 'Specialist'),
  weightedClaim('dice-discussion-medsam', 'discussion-segmentation', 'medsam', 'MedSAM'),
  zeroShotClaim('zero-shot-ours', 'zero-shot-ours', 'zero-shot-ours', 'mean'),
  zeroShotClaim('zero-shot-specialist', 'zero-shot-specialist', 'zero-shot-specialist', 'mean'),
  zeroShotClaim('zero-shot-abstract', 'abstract-zero-shot', 'zero-shot-ours', 'ours'),
  zeroShotClaim('zero-shot-abstract-specialist', 'abstract-zero-shot', 'zero-shot-specialist', 'specialist'),
  relationClaim({
    id: 'zero-shot-all',
    statement: 'abstract-zero-shot',
    says: 'EchoApex is ahead on every unseen data set',
    claimed: 'all evaluated datasets',
    from: ['biplane', 'camus', 'pediatric'].flatMap((name) => [
      statedFigure('zero-shot-ours', name),
      statedFigure('zero-shot-specialist', name),
    ]),
    finds: () => {
      const gains = ['biplane', 'camus', 'pediatric'].map(
        (name) => statedFigure('zero-shot-ours', name).value - statedFigure('zero-shot-specialist', name).value,
      );
      return {
        recomputed: gains.map((gain) => `+${gain.toFixed(3)}`).join(', '),
        verdict: holdsIf(gains.every((gain) => gain > 0)),
      };
    },
    why: 'Differences of the averages of 2.3.2.',
  }),
  numberClaim({
    id: 'deeplab-in-domain',
    statement: 'zero-shot-specialist',
    figure: 'inDomain',
    says: 'DeepLabV3 on EchoNet-Dynamic agrees with Table 9',
    from: [dice('ENDym LV mean', 'Specialist')],
    by: ([value]) => value!,
    why: 'The specialist of Table 9 on EchoNet-Dynamic is DeepLabV3.',
  }),
  relationClaim({
    id: 'few-shot-spread',
    statement: 'few-shot-spread',
    says: 'the spread of EchoApex is smaller at every size',
    claimed: 'consistently smaller',
    from: ['500', '1000', '5000'].flatMap((size) => [
      statedFigure('few-shot-spread', `ours${size}`),
      statedFigure('few-shot-spread', `baseline${size}`),
    ]),
    finds: () => {
      const ratios = ['500', '1000', '5000'].map(
        (size) =>
          statedFigure('few-shot-spread', `ours${size}`).value /
          statedFigure('few-shot-spread', `baseline${size}`).value,
      );
      return {
        recomputed: ratios.map((ratio) => `${(100 * ratio).toFixed(0)} %`).join(', '),
        verdict: holdsIf(ratios.every((ratio) => ratio < 1)),
      };
    },
    why: 'The pairs of the same sentence, in percent of the ImageNet model; at 1000 samples the difference is 0.001.',
  }),
  ...INTERVAL_CLAIMS,
  ...TABLE_9_CLAIMS,
];
