import { type Claim, compared, holdsIf, meanOfValues, numberClaim, relationClaim, type Sourced } from './claim.js';
import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { type ViewMetric, viewCell } from './tables.js';
import { PAPER_VIEWS, type PaperView, TABLE_3, TABLE_4, VIEW_MODELS, type ViewModel } from './tables-views.js';
import { compareNumber } from './verdict.js';
import { compareViews } from './view-comparison.js';

const column = (model: ViewModel, metric: ViewMetric): Sourced[] =>
  PAPER_VIEWS.map((view) => viewCell(model, view, metric));

const detailOf: Readonly<Record<ViewModel, number>> = {
  'ResNet50-IN': 5,
  'EchoApex-AdaS': 6,
  'EchoApex-S': 6,
  'EchoApex-AdaB': 7,
  'EchoApex-B': 7,
};

const METRIC_PAIRS = [
  ['Accuracy', 'Accuracy'],
  ['F1-score', 'F1-Score'],
  ['BACC', 'BACC'],
] as const;

/** Table 3 against the means of Tables 5 to 7: 15 cells. */
const TABLE_3_CLAIMS: readonly Claim[] = VIEW_MODELS.flatMap((model) =>
  METRIC_PAIRS.map(([summary, metric]) => {
    const cell = cellOf(TABLE_3, model, summary);
    const from = column(model, metric);
    return relationClaim({
      id: `table-3-${model}-${summary}`,
      statement: 'table-3-means',
      says: `mean ${summary} of ${model}`,
      claimed: cell.text,
      from: [cell, ...from],
      finds: () => {
        const mean = meanOfValues(from.map(({ value }) => value));
        return compared(cell, mean, from[0]!.step / 2, mean.toFixed(5));
      },
      why: `Mean of the 18 cells of Table ${detailOf[model]}.`,
    });
  }),
);

const baccClaim = (id: string, statement: string, figure: string, model: ViewModel): Claim =>
  numberClaim({
    id,
    statement,
    figure,
    says: `mean BACC of ${model}`,
    from: column(model, 'BACC'),
    by: meanOfValues,
    why: `Mean of the 18 cells of Table ${detailOf[model]}.`,
  });

const incrementOf = (model: ViewModel): { from: Sourced[]; value: number } => {
  const from = [...column(model, 'BACC'), ...column('ResNet50-IN', 'BACC')];
  const values = from.map(({ value }) => value);
  return { from, value: meanOfValues(values.slice(0, 18)) - meanOfValues(values.slice(18)) };
};

const incrementClaim = (id: string, model: ViewModel, why: string): Claim =>
  relationClaim({
    id,
    statement: 'abstract-views',
    says: `average increment of BACC, ${model} over ResNet50-IN`,
    claimed: '0.02',
    from: incrementOf(model).from,
    finds: () => {
      const { value } = incrementOf(model);
      return compared(statedFigure('abstract-views', 'increment'), value, 0.001, value.toFixed(4));
    },
    why,
  });

/** A two-digit BACC in the text against its three-digit cell, which may be just under 1. */
function cellClaim(id: string, statement: string, figure: string, model: ViewModel, view: PaperView): Claim {
  const cell = viewCell(model, view, 'BACC');
  const f1 = viewCell(model, view, 'F1-Score');
  return relationClaim({
    id,
    statement,
    says: `BACC of ${model} on ${view}`,
    claimed: statedFigure(statement, figure).text,
    from: [cell, f1],
    finds: () => {
      const justUnder = cell.value === 1 && f1.value < 1;
      const value = justUnder ? 1 - cell.step / 4 : cell.value;
      return {
        recomputed: justUnder ? 'between 0.9995 and 1' : cell.text,
        verdict: compareNumber(statedFigure(statement, figure), value),
      };
    },
    why: 'The cell of Tables 5 to 7; where it prints 1.000 an F1 below 1 shows that it lies just under 1.',
  });
}

/** Claims on view classification. */
export const VIEW_CLAIMS: readonly Claim[] = [
  baccClaim('bacc-abstract', 'abstract-views', 'bacc', 'EchoApex-B'),
  incrementClaim('increment-b', 'EchoApex-B', 'Difference of the means of Tables 7 and 5.'),
  incrementClaim(
    'increment-s',
    'EchoApex-S',
    'The 14 of 18 views of the same sentence are those of EchoApex-S (2.2.1), whose increment this is; the mean of 0.976 is that of EchoApex-B.',
  ),
  relationClaim({
    id: 'one-model',
    statement: 'abstract-views',
    says: 'the model with 14 of 18 better views has the mean BACC of 0.976',
    claimed: '0.976',
    from: [cellOf(TABLE_3, 'EchoApex-S', 'BACC'), cellOf(TABLE_3, 'EchoApex-B', 'BACC')],
    finds: () => {
      const tested = cellOf(TABLE_3, 'EchoApex-S', 'BACC');
      return {
        recomputed: `EchoApex-S: ${tested.text}`,
        verdict: compareNumber(statedFigure('abstract-views', 'bacc'), tested.value),
      };
    },
    why: 'Section 2.2.1 tests EchoApex-S against ResNet50-IN on 14 of 18 views; the 0.976 belongs to EchoApex-B, for which no such count is given.',
  }),
  baccClaim('bacc-discussion', 'discussion-bacc', 'bacc', 'EchoApex-B'),
  ...(['EchoApex-S', 'ResNet50-IN'] as const).flatMap((model) =>
    (['SC:4C', 'SC:IVC'] as const).map((view) =>
      cellClaim(`subcostal-${model}-${view}`, 'views-subcostal', 'bacc', model, view),
    ),
  ),
  cellClaim('rvt', 'views-parasternal', 'rvt', 'EchoApex-S', 'PLAX:RVT'),
  cellClaim('rvt-baseline', 'views-parasternal', 'rvtBaseline', 'ResNet50-IN', 'PLAX:RVT'),
  cellClaim('plax-lv', 'views-parasternal', 'lv', 'EchoApex-S', 'PLAX:LV'),
  cellClaim('plax-lv-baseline', 'views-parasternal', 'lvBaseline', 'ResNet50-IN', 'PLAX:LV'),
  relationClaim({
    id: 'most-notable',
    statement: 'views-parasternal',
    says: 'PLAX:RVT and PLAX:LV gain most',
    claimed: 'PLAX:RVT, PLAX:LV',
    from: incrementOf('EchoApex-S').from,
    finds: () => {
      const gain = (view: PaperView): number =>
        viewCell('EchoApex-S', view, 'BACC').value - viewCell('ResNet50-IN', view, 'BACC').value;
      const top = [...PAPER_VIEWS].sort((a, b) => gain(b) - gain(a)).slice(0, 2);
      return {
        recomputed: top.map((view) => `${view} +${gain(view).toFixed(3)}`).join(', '),
        verdict: holdsIf(top.includes('PLAX:RVT') && top.includes('PLAX:LV')),
      };
    },
    why: 'Largest differences of BACC between Tables 6 and 5.',
  }),
  baccClaim('bacc-b', 'views-models', 'b', 'EchoApex-B'),
  baccClaim('bacc-s', 'views-models', 's', 'EchoApex-S'),
  baccClaim('bacc-adab', 'views-models', 'adaB', 'EchoApex-AdaB'),
  baccClaim('bacc-adas', 'views-models', 'adaS', 'EchoApex-AdaS'),
  relationClaim({
    id: 'b-against-s-where',
    statement: 'views-b-against-s',
    says: 'EchoApex-B gains mostly on contrasted and parasternal views',
    claimed: 'mostly',
    from: [...column('EchoApex-B', 'BACC'), ...column('EchoApex-S', 'BACC')],
    finds: () => {
      const { higher } = compareViews('EchoApex-B', 'EchoApex-S');
      const named = higher.filter((view) => /^(Cont|PLAX|PSAX)/.test(view));
      return { recomputed: `${named.length} of ${higher.length}`, verdict: holdsIf(2 * named.length > higher.length) };
    },
    why: 'Views on which EchoApex-B has the higher BACC in print.',
  }),
  relationClaim({
    id: 'adab-ahead',
    statement: 'views-adapters-models',
    says: 'EchoApex-AdaB is ahead of EchoApex-AdaS and EchoApex-S',
    claimed: 'ahead of both',
    from: (['EchoApex-AdaB', 'EchoApex-AdaS', 'EchoApex-S'] as const).map((model) => cellOf(TABLE_3, model, 'BACC')),
    finds: () => {
      const bacc = (model: ViewModel): number => cellOf(TABLE_3, model, 'BACC').value;
      return {
        recomputed: `${bacc('EchoApex-AdaB')} against ${bacc('EchoApex-AdaS')} and ${bacc('EchoApex-S')}`,
        verdict: holdsIf(bacc('EchoApex-AdaB') > bacc('EchoApex-AdaS') && bacc('EchoApex-AdaB') > bacc('EchoApex-S')),
      };
    },
    why: 'Table 3. The p-values need their predictions; the published test makes any difference significant.',
  }),
  ...[
    ['Accuracy [EchoNet]', 'EchoNet-Dynamic'],
    ['Accuracy [CAMUS]', 'CAMUS'],
  ].map(([name, data]) =>
    relationClaim({
      id: `best-unseen-${data}`,
      statement: 'views-out-of-distribution',
      says: `EchoApex-AdaS and EchoApex-B are the best on ${data}`,
      claimed: 'EchoApex-AdaS, EchoApex-B',
      from: VIEW_MODELS.map((model) => cellOf(TABLE_4, model, name!)),
      finds: () => {
        const accuracy = (model: ViewModel): number => cellOf(TABLE_4, model, name!).value;
        const best = [...VIEW_MODELS].sort((a, b) => accuracy(b) - accuracy(a)).slice(0, 2);
        return {
          recomputed: best.map((model) => `${model} ${accuracy(model)}`).join(', '),
          verdict: holdsIf(best.includes('EchoApex-AdaS') && best.includes('EchoApex-B')),
        };
      },
      why: 'The two highest accuracies of Table 4.',
    }),
  ),
  relationClaim({
    id: 'better-unseen',
    statement: 'views-out-of-distribution',
    says: 'every EchoApex model is ahead of ResNet50-IN on unseen data',
    claimed: 'better generalization',
    from: VIEW_MODELS.flatMap((model) => TABLE_4.columns.map((name) => cellOf(TABLE_4, model, name))),
    finds: () => {
      const ahead = VIEW_MODELS.slice(1).flatMap((model) =>
        TABLE_4.columns.map((name) => cellOf(TABLE_4, model, name).value > cellOf(TABLE_4, 'ResNet50-IN', name).value),
      );
      return {
        recomputed: `${ahead.filter(Boolean).length} of ${ahead.length} cells`,
        verdict: holdsIf(ahead.every(Boolean)),
      };
    },
    why: 'All cells of Table 4 against the row of ResNet50-IN.',
  }),
  numberClaim({
    id: 'knn-92',
    statement: 'discussion-knn',
    figure: 'accuracy',
    says: 'KNN accuracy of the discussion',
    from: [statedFigure('knn-vit-b', 'echo20m')],
    by: ([percent]) => percent! / 100,
    why: 'Section 2.1 has 91.9 % for ViT-B on Echo20M.',
  }),
  ...TABLE_3_CLAIMS,
];
