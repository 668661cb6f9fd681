import { statedFigure } from './statements.js';
import { viewCell } from './tables.js';
import { PAPER_VIEWS, type PaperView, type ViewModel } from './tables-views.js';

/** How two models of Tables 5 to 7 compare on the 18 views. */
export interface ViewComparison {
  /** Views on which the first has the higher printed BACC. */
  readonly higher: readonly PaperView[];
  readonly lower: readonly PaperView[];
  /**
   * Views with equal BACC and recall in print, but a higher F1 of the first: fewer false alarms, so its BACC is higher by
   * less than the last digit.
   */
  readonly hiddenHigher: readonly PaperView[];
  readonly hiddenLower: readonly PaperView[];
  /** Views on which all three printed metrics are equal, or no order follows from them. */
  readonly equal: readonly PaperView[];
}

/** Sorts the 18 views by which of two models is better, from the printed cells. */
export function compareViews(first: ViewModel, second: ViewModel): ViewComparison {
  const groups = {
    higher: [] as PaperView[],
    lower: [] as PaperView[],
    hiddenHigher: [] as PaperView[],
    hiddenLower: [] as PaperView[],
    equal: [] as PaperView[],
  };
  for (const view of PAPER_VIEWS) {
    const difference = (metric: 'Accuracy' | 'F1-Score' | 'BACC'): number =>
      viewCell(first, view, metric).value - viewCell(second, view, metric).value;
    const bacc = difference('BACC');
    const f1 = difference('F1-Score');
    if (bacc > 0) groups.higher.push(view);
    else if (bacc < 0) groups.lower.push(view);
    else if (difference('Accuracy') === 0 && f1 > 0) groups.hiddenHigher.push(view);
    else if (difference('Accuracy') === 0 && f1 < 0) groups.hiddenLower.push(view);
    else groups.equal.push(view);
  }
  return groups;
}

/** A count of significant views in the text beside the order of the printed metrics. */
export interface SignificanceCount {
  readonly first: ViewModel;
  readonly second: ViewModel;
  /** Sentence of the count. */
  readonly statement: string;
  /** Views called significantly better at 0.01. */
  readonly claimedBetter: number;
  /** Views called not significantly different; absent if the text does not say. */
  readonly claimedEqual?: number;
  /** Views on which the first is ahead by anything at all, in print or beyond it. */
  readonly ahead: number;
  /** Views without any printed difference. */
  readonly equal: number;
}

/**
 * The four counts of significant views beside how many views differ at all. In three of them every view that is ahead by
 * anything at all is called significant.
 */
export function significanceCounts(): SignificanceCount[] {
  const rows: readonly (readonly [ViewModel, ViewModel, string, string, string?])[] = [
    ['EchoApex-S', 'ResNet50-IN', 'views-14-of-18', 'better'],
    ['EchoApex-B', 'EchoApex-S', 'views-b-against-s', 'better', 'equal'],
    ['EchoApex-AdaB', 'EchoApex-AdaS', 'views-adapters-classes', 'betterAdaS', 'equalAdaS'],
    ['EchoApex-AdaB', 'EchoApex-S', 'views-adapters-classes', 'betterS', 'equalS'],
  ];
  return rows.map(([first, second, statement, better, equal]) => {
    const found = compareViews(first, second);
    return {
      first,
      second,
      statement,
      claimedBetter: statedFigure(statement, better).value,
      ...(equal !== undefined && { claimedEqual: statedFigure(statement, equal).value }),
      ahead: found.higher.length + found.hiddenHigher.length,
      equal: found.equal.length,
    };
  });
}
