import { adapterDegradations } from './adapter-degradation.js';
import { adapterParameters, adapterShare, encoderParameters, VIT_B, VIT_S } from './adapter-parameters.js';
import { type Claim, holdsIf, numberClaim, relationClaim } from './claim.js';
import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { TABLE_1 } from './tables-pretraining.js';
import { TABLE_2 } from './tables-views.js';
import { compareNumber } from './verdict.js';

const million = (count: number): string => `${(count / 1e6).toFixed(1)} M`;

const shareClaim = (id: string, statement: string): Claim =>
  relationClaim({
    id,
    statement,
    says: 'adapters train less than 4 % of the parameters',
    claimed: 'less than 4%',
    from: [
      cellOf(TABLE_2, 'ViT-S', 'Adapter hidden size'),
      cellOf(TABLE_2, 'ViT-B', 'Adapter hidden size'),
      cellOf(TABLE_1, 'embedding dim', 'Value'),
      cellOf(TABLE_1, 'blocks', 'Value'),
    ],
    finds: () => {
      const limit = statedFigure(statement, 'share').value;
      const shares = [adapterShare(VIT_S), adapterShare(VIT_B), adapterShare(VIT_S, 1), adapterShare(VIT_B, 1)];
      return {
        recomputed: `ViT-S ${shares[0]!.toFixed(1)} %, ViT-B ${shares[1]!.toFixed(1)} % (one adapter a block: ${shares[2]!.toFixed(1)} %, ${shares[3]!.toFixed(1)} %)`,
        verdict: holdsIf(shares.every((share) => share < limit)),
      };
    },
    why: `Two adapters a block of hidden width 192 or 384 have ${million(adapterParameters(VIT_S))} and ${million(adapterParameters(VIT_B))} parameters beside ${million(encoderParameters(VIT_S))} and ${million(encoderParameters(VIT_B))} of the encoders.`,
  });

const degradationClaim = (id: string, statement: string): Claim =>
  relationClaim({
    id,
    statement,
    says: 'adapter models are at most 5.1 % worse',
    claimed: statedFigure(statement, 'degradation').text,
    from: adapterDegradations()
      .slice(0, 1)
      .flatMap(({ adapter, fineTuned }) => [adapter, fineTuned]),
    finds: () => {
      const rows = adapterDegradations();
      const worst = rows[0]!;
      const stated = statedFigure(statement, 'degradation');
      const beyond = rows.filter(({ percent }) => percent > stated.value + stated.step / 2).length;
      return {
        recomputed: `${worst.percent.toFixed(1)} %; ${beyond} of ${rows.length} cells beyond 5.1 %`,
        verdict: compareNumber(stated, worst.percent, 0.1),
      };
    },
    why: 'Relative worsening against the fine-tuned twin, over all cells of Tables 3 to 7, 9 and 11 to 14 that have both.',
  });

const gainClaim = (id: string): Claim =>
  numberClaim({
    id: `${id}-gain`,
    statement: id,
    figure: 'gain',
    says: 'reduction of the MAE of the ejection fraction',
    from: [statedFigure(id, 'baseline'), statedFigure(id, 'mae')],
    by: ([baseline, ours]) => baseline! - ours!,
    why: 'Difference of the two errors in the sentence.',
  });

const repeatClaim = (id: string, statement: string, figure: string, source: string, name: string): Claim =>
  numberClaim({
    id,
    statement,
    figure,
    says: `repeats ${name} of section 2.5`,
    from: [statedFigure(source, name)],
    by: ([value]) => value!,
    why: 'Section 2.5.',
    extraDigits: 0,
  });

/** Claims on adapters and on the ejection fraction, for which the paper has no table. */
export const ADAPTATION_CLAIMS: readonly Claim[] = [
  shareClaim('adapter-share', 'abstract-adapters'),
  degradationClaim('degradation', 'abstract-adapters'),
  shareClaim('adapter-share-discussion', 'discussion-adapters'),
  degradationClaim('degradation-discussion', 'discussion-adapters'),
  gainClaim('ef-dynamic'),
  gainClaim('ef-camus'),
  repeatClaim('ef-abstract-mae', 'abstract-ejection-fraction', 'mae', 'ef-dynamic', 'mae'),
  repeatClaim('ef-abstract-mae-baseline', 'abstract-ejection-fraction', 'maeBaseline', 'ef-dynamic', 'baseline'),
  repeatClaim('ef-abstract-auc', 'abstract-ejection-fraction', 'auc', 'ef-dynamic-auc', 'auc'),
  repeatClaim('ef-abstract-auc-baseline', 'abstract-ejection-fraction', 'aucBaseline', 'ef-dynamic-auc', 'baseline'),
  repeatClaim('ef-discussion-auc', 'discussion-ejection-fraction', 'auc', 'ef-dynamic-auc', 'auc'),
  repeatClaim(
    'ef-discussion-auc-baseline',
    'discussion-ejection-fraction',
    'aucBaseline',
    'ef-dynamic-auc',
    'baseline',
  ),
];
