import { DataError } from '../core/errors.js';
import { statedFigure } from './statements.js';
import { viewCell } from './tables.js';
import { PAPER_VIEWS, type PaperView, VIEW_MODELS, type ViewModel } from './tables-views.js';

/** Counts of one view behind three printed metrics of a model. */
export interface ViewCounts {
  /** Test sequences of the view that the model found. */
  readonly hits: number;
  /** Test sequences of other views that it called this view. */
  readonly falseAlarms: number;
}

/** One number of test sequences of a view with which the printed metrics of all five models agree. */
export interface RecoveredView {
  readonly support: number;
  /** Counts of each model that give its printed cells; usually one. */
  readonly counts: Readonly<Record<ViewModel, readonly ViewCounts[]>>;
}

/** Last digit of Tables 5 to 7; cells with two decimals have lost a trailing zero. */
const STEP = 0.001;

/** What was recovered already; it depends on printed cells only. */
const recovered = new Map<PaperView, readonly RecoveredView[]>();

/** Largest support that is tried; no view can hold more than a third of 2,100 sequences beside 17 others. */
const LARGEST = 700;

/**
 * Recovers from Tables 5 to 7 how many test sequences of a view there are, and how many each model got right.
 *
 * Recall k / n, F1 2 k / (k + n + f) and BACC of five models leave few whole numbers n, k and f. Recall and F1 must be the
 * printed digits by rounding or by cutting off (Table 3 shows both); BACC, a mean of bootstrap values, within one step.
 *
 * Source: EchoApex Tables 5 to 7; 2,100 test sequences after A.2.
 *
 * @throws {DataError} if no numbers fit
 */
export function recoverView(view: PaperView): readonly RecoveredView[] {
  const known = recovered.get(view);
  if (known !== undefined) return known;
  const total = statedFigure('methods-view-split', 'test').value;
  const found: RecoveredView[] = [];
  for (let support = 2; support <= LARGEST; support++) {
    const counts = Object.fromEntries(
      VIEW_MODELS.map((model) => [model, countsOf(view, model, support, total)]),
    ) as Record<ViewModel, ViewCounts[]>;
    if (VIEW_MODELS.every((model) => counts[model].length > 0)) found.push({ support, counts });
  }
  if (found.length === 0) {
    throw new DataError(
      `recoverView: no number of test sequences gives the printed cells of ${view}; a cell is mistyped`,
    );
  }
  return found;
}

function countsOf(view: PaperView, model: ViewModel, support: number, total: number): ViewCounts[] {
  const recall = viewCell(model, view, 'Accuracy').value;
  const f1 = viewCell(model, view, 'F1-Score').value;
  const bacc = viewCell(model, view, 'BACC').value;
  const result: ViewCounts[] = [];
  const firstHits = Math.max(0, Math.floor((recall - STEP) * support));
  const lastHits = Math.min(support, Math.ceil((recall + STEP) * support));
  for (let hits = firstHits; hits <= lastHits; hits++) {
    if (!isPrintedAs(hits / support, recall)) continue;
    const fewest = Math.max(0, Math.floor((2 * hits) / (f1 + STEP) - hits - support));
    const most = Math.ceil((2 * hits) / (f1 - STEP) - hits - support);
    for (let falseAlarms = fewest; falseAlarms <= most; falseAlarms++) {
      const balanced = (hits / support + 1 - falseAlarms / (total - support)) / 2;
      const fits = isPrintedAs((2 * hits) / (hits + support + falseAlarms), f1);
      if (fits && Math.abs(balanced - bacc) <= STEP) result.push({ hits, falseAlarms });
    }
  }
  return result;
}

/** True if a value prints as the given digits, rounded or cut off. */
function isPrintedAs(value: number, printed: number): boolean {
  const distance = value - printed;
  return distance >= -STEP / 2 - 1e-9 && distance < STEP - 1e-9;
}

/** What a valid paired test can reach at best on one view. */
export interface BestCase {
  readonly view: PaperView;
  /** Smallest and largest support that fits the printed cells. */
  readonly fewest: number;
  readonly most: number;
  /** Net hits that the first model gains, and net false alarms that it spares, in the most favourable fit. */
  readonly gainedHits: number;
  readonly sparedAlarms: number;
  /** No valid one-sided paired test has a smaller p; see {@link leastPairedP}. */
  readonly p: number;
}

/**
 * Lower bound of the one-sided p of a paired permutation test on balanced accuracy, from net counts alone.
 *
 * Only sequences on which the models differ speak. At best the first model has just the net hits and spared false alarms and
 * loses nowhere: only one of 2^(hits + alarms) sign patterns reaches that, and any further disagreement makes p larger. If it
 * spares no alarm, further disagreement on alarms can break ties and halve p at most. Checked by enumeration; only where the
 * bound is 0.5 can p fall below it, to 0.48.
 *
 * @param gainedHits hits of the first minus hits of the second
 * @param sparedAlarms false alarms of the second minus those of the first
 */
export function leastPairedP(gainedHits: number, sparedAlarms: number): number {
  const hits = Math.max(0, gainedHits);
  return sparedAlarms >= 1 ? 2 ** -(hits + sparedAlarms) : 2 ** -(hits + 1);
}

/** The smallest p that a valid one-sided paired test of two models can have on each view, over all counts that fit the print. */
export function bestCases(first: ViewModel, second: ViewModel): BestCase[] {
  return PAPER_VIEWS.map((view) => {
    const fits = recoverView(view);
    const supports = fits.map(({ support }) => support);
    const pairs = fits.flatMap(({ counts }) =>
      counts[first].flatMap((ours) =>
        counts[second].map((theirs) => ({
          gainedHits: ours.hits - theirs.hits,
          sparedAlarms: theirs.falseAlarms - ours.falseAlarms,
        })),
      ),
    );
    const best = pairs.reduce((a, b) =>
      leastPairedP(b.gainedHits, b.sparedAlarms) < leastPairedP(a.gainedHits, a.sparedAlarms) ? b : a,
    );
    return {
      view,
      fewest: Math.min(...supports),
      most: Math.max(...supports),
      ...best,
      p: leastPairedP(best.gainedHits, best.sparedAlarms),
    };
  });
}
