import type { ConfusionMatrix } from './confusion.js';

/** Metrics of one class against all others, as in the paper's Tables 5 to 7. NaN where a class has no true case. */
export interface ClassMetrics {
  readonly name: string;
  /** True cases of the class. */
  readonly support: number;
  /** Share of its cases that were found. The paper's per-class "Accuracy" is this: 1.000 stands beside F1 0.889. */
  readonly recall: number;
  /** Share of the other classes' cases that were not called this class. */
  readonly specificity: number;
  /** Share of cases called this class that are; 0 if none was called so. */
  readonly precision: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** (recall + specificity) / 2: the paper's per-class BACC. PLAX:LV of Table 5: recall 0.802 gives 0.894. */
  readonly balancedAccuracy: number;
}

/** Metrics over all classes. Means leave out classes without true cases. */
export interface MacroMetrics {
  /** Share of all cases that are right. */
  readonly accuracy: number;
  /** Mean of the classes' F1. */
  readonly f1: number;
  /** Mean of the classes' one-against-rest balanced accuracy: the paper's model-level BACC (Tables 3 and 5 to 7). */
  readonly balancedAccuracy: number;
  /** Mean of the classes' recall: what scikit-learn calls balanced_accuracy_score. */
  readonly meanRecall: number;
}

/**
 * One-against-rest metrics of every class.
 *
 * Source: EchoApex Tables 5 to 7; Brodersen et al. 2010 (balanced accuracy). Where every case is of one class the
 * specificity, and with it the balanced accuracy, is NaN.
 */
export function classMetrics(matrix: ConfusionMatrix): ClassMetrics[] {
  const size = matrix.classes.length;
  return matrix.classes.map((name, c) => {
    let support = 0;
    let called = 0;
    for (let k = 0; k < size; k++) {
      support += matrix.counts[c * size + k]!;
      called += matrix.counts[k * size + c]!;
    }
    const hits = matrix.counts[c * size + c]!;
    const recall = hits / support;
    const specificity = 1 - (called - hits) / (matrix.n - support);
    return {
      name,
      support,
      recall,
      specificity,
      precision: called === 0 ? 0 : hits / called,
      f1: support === 0 ? Number.NaN : (2 * hits) / (support + called),
      balancedAccuracy: (recall + specificity) / 2,
    };
  });
}

/** Metrics over all classes of a confusion matrix. */
export function macroMetrics(matrix: ConfusionMatrix): MacroMetrics {
  const size = matrix.classes.length;
  const classes = classMetrics(matrix).filter(({ support }) => support > 0);
  const meanBy = (pick: (metrics: ClassMetrics) => number): number =>
    classes.reduce((sum, metrics) => sum + pick(metrics), 0) / classes.length;
  let hits = 0;
  for (let c = 0; c < size; c++) hits += matrix.counts[c * size + c]!;
  return {
    accuracy: hits / matrix.n,
    f1: meanBy((metrics) => metrics.f1),
    balancedAccuracy: meanBy((metrics) => metrics.balancedAccuracy),
    meanRecall: meanBy((metrics) => metrics.recall),
  };
}
