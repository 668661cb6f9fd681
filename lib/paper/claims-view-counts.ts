import { type Claim, holdsIf, relationClaim, type Sourced } from './claim.js';
import { bestCases, recoverView } from './recovered-counts.js';
import { statedFigure } from './statements.js';
import { type ViewMetric, viewCell } from './tables.js';
import { PAPER_VIEWS, type ViewModel } from './tables-views.js';
import { compareNumber } from './verdict.js';
import { compareViews, type ViewComparison } from './view-comparison.js';

const column = (model: ViewModel, metric: ViewMetric): Sourced[] =>
  PAPER_VIEWS.map((view) => viewCell(model, view, metric));

/** "Significantly better on k classes, no difference on m" against which model is better in print. */
function countClaim(parts: {
  id: string;
  statement: string;
  first: ViewModel;
  second: ViewModel;
  better: string;
  equal?: string;
}): Claim {
  const { first, second } = parts;
  const better = statedFigure(parts.statement, parts.better).value;
  const equal = parts.equal === undefined ? undefined : statedFigure(parts.statement, parts.equal).value;
  return relationClaim({
    id: parts.id,
    statement: parts.statement,
    says: `${first} significantly above ${second} on ${better} of 18 views`,
    claimed: equal === undefined ? `${better} better` : `${better} better, ${equal} without difference`,
    from: [...column(first, 'BACC'), ...column(second, 'BACC')],
    finds: () => {
      const found = compareViews(first, second);
      return {
        recomputed: inWords(found),
        verdict: holdsIf(better <= found.higher.length + found.hiddenHigher.length),
      };
    },
    why: 'A view cannot be significantly better where its BACC is not higher: the count may not exceed the views that are higher in print, or higher beyond the last digit as F1 shows. Whether p < 0.01 there needs their predictions.',
  });
}

/** "Significant on k classes" against the smallest p that a valid test can have on each. */
function validCountClaim(id: string, statement: string, first: ViewModel, second: ViewModel, figure: string): Claim {
  const stated = statedFigure(statement, figure);
  const alpha = statedFigure('methods-alpha', 'alpha').value;
  return relationClaim({
    id,
    statement,
    says: `p < 0.01 of ${first} over ${second} on ${stated.value} of 18 views is within reach of a valid test`,
    claimed: `${stated.value} views`,
    from: [...VIEW_METRICS.flatMap((metric) => [...column(first, metric), ...column(second, metric)])],
    finds: () => {
      const within = bestCases(first, second).filter(({ p }) => p < alpha);
      return { recomputed: `at most ${within.length} of 18`, verdict: holdsIf(stated.value <= within.length) };
    },
    why: 'Recall, F1 and BACC give back how many of the 2,100 test sequences each model got right. Elsewhere the models differ on so few sequences that an exact paired test stays above 0.01 even if every one of them favours the better model.',
  });
}

const VIEW_METRICS = ['Accuracy', 'F1-Score', 'BACC'] as const;

function inWords({ higher, hiddenHigher, lower, hiddenLower, equal }: ViewComparison): string {
  return `${higher.length} higher in print, ${hiddenHigher.length} beyond print, ${lower.length + hiddenLower.length} lower, ${equal.length} equal`;
}

/** Claims on how many views are significantly better, and on how many sequences were tested. */
export const VIEW_COUNT_CLAIMS: readonly Claim[] = [
  countClaim({
    id: 'abstract-14-of-18',
    statement: 'abstract-views',
    first: 'EchoApex-S',
    second: 'ResNet50-IN',
    better: 'better',
  }),
  countClaim({
    id: 'text-14-of-18',
    statement: 'views-14-of-18',
    first: 'EchoApex-S',
    second: 'ResNet50-IN',
    better: 'better',
  }),
  countClaim({
    id: 'discussion-14-of-18',
    statement: 'discussion-bacc',
    first: 'EchoApex-S',
    second: 'ResNet50-IN',
    better: 'better',
  }),
  countClaim({
    id: 'b-against-s',
    statement: 'views-b-against-s',
    first: 'EchoApex-B',
    second: 'EchoApex-S',
    better: 'better',
    equal: 'equal',
  }),
  countClaim({
    id: 'adab-against-adas',
    statement: 'views-adapters-classes',
    first: 'EchoApex-AdaB',
    second: 'EchoApex-AdaS',
    better: 'betterAdaS',
    equal: 'equalAdaS',
  }),
  countClaim({
    id: 'adab-against-s',
    statement: 'views-adapters-classes',
    first: 'EchoApex-AdaB',
    second: 'EchoApex-S',
    better: 'betterS',
    equal: 'equalS',
  }),
  validCountClaim('valid-14-of-18', 'views-14-of-18', 'EchoApex-S', 'ResNet50-IN', 'better'),
  validCountClaim('valid-b-against-s', 'views-b-against-s', 'EchoApex-B', 'EchoApex-S', 'better'),
  validCountClaim('valid-adab-against-adas', 'views-adapters-classes', 'EchoApex-AdaB', 'EchoApex-AdaS', 'betterAdaS'),
  validCountClaim('valid-adab-against-s', 'views-adapters-classes', 'EchoApex-AdaB', 'EchoApex-S', 'betterS'),
  relationClaim({
    id: 'test-sequences',
    statement: 'methods-view-split',
    says: 'about 2,100 test sequences',
    claimed: '2100',
    from: VIEW_METRICS.flatMap((metric) => column('EchoApex-B', metric)),
    finds: () => {
      const fewest = PAPER_VIEWS.reduce(
        (sum, view) => sum + Math.min(...recoverView(view).map(({ support }) => support)),
        0,
      );
      const inHundreds = { ...statedFigure('methods-view-split', 'test'), step: 100 };
      return { recomputed: `at least ${fewest.toLocaleString('en-GB')}`, verdict: compareNumber(inHundreds, fewest) };
    },
    why: 'Sum of the smallest numbers of sequences that give the cells of Tables 5 to 7; A.2 seems to round to hundreds.',
  }),
];
