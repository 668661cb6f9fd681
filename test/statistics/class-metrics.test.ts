import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { bootstrapClassMetrics, columnOf } from '../../lib/statistics/bootstrap-classes.js';
import { classMetrics, macroMetrics } from '../../lib/statistics/class-metrics.js';
import { confusionMatrix, confusionOfCodes, rowShares } from '../../lib/statistics/confusion.js';
import { resample } from '../../lib/statistics/resampling.js';
import { expectClose } from './close.js';

const truth = [...'AAAAABBBBCCCCCCD'];
const predicted = [...'AAABCBBBACCCCCAC'];
const classes = ['A', 'B', 'C', 'D'];

describe('class metrics', () => {
  const matrix = confusionMatrix(truth, predicted, classes);

  it('counts as scikit-learn 1.2.1 confusion_matrix', () => {
    expect([...matrix.counts]).toEqual([3, 1, 1, 0, 1, 3, 0, 0, 1, 0, 5, 0, 0, 0, 1, 0]);
    expect([...rowShares(matrix)].slice(0, 4)).toEqual([0.6, 0.2, 0.2, 0]);
  });

  it('matches scikit-learn 1.2.1 per class', () => {
    const rows = classMetrics(matrix);
    // balanced_accuracy_score of each class against the rest; f1_score(average=None, zero_division=0)
    [0.7090909090909091, 0.8333333333333333, 0.8166666666666667, 0.5].forEach((value, c) => {
      expectClose(rows[c]!.balancedAccuracy, value);
    });
    [0.6, 0.75, 10 / 13, 0].forEach((value, c) => {
      expectClose(rows[c]!.f1, value);
    });
    expect(rows.map((row) => row.support)).toEqual([5, 4, 6, 1]);
    expectClose(rows[2]!.precision, 5 / 7);
  });

  it('matches scikit-learn 1.2.1 over classes', () => {
    const macro = macroMetrics(matrix);
    expectClose(macro.accuracy, 0.6875);
    expectClose(macro.f1, 0.5298076923076923);
    expectClose(macro.meanRecall, 0.5458333333333334); // balanced_accuracy_score
    expectClose(macro.balancedAccuracy, (0.7090909090909091 + 0.8333333333333333 + 0.8166666666666667 + 0.5) / 4);
  });

  it('gives the balanced accuracy of the paper: Table 5, PLAX:LV, 0.802 -> 0.894', () => {
    // 121 cases of which 97 found, 28 false alarms among 1,979 others: recall 0.802, specificity 0.986
    const counts = [...Array(97).fill([0, 0]), ...Array(24).fill([0, 1]), ...Array(28).fill([1, 0])];
    const pairs = [...counts, ...Array(1951).fill([1, 1])];
    const [row] = classMetrics(
      confusionOfCodes(
        pairs.map((pair) => pair[0]),
        pairs.map((pair) => pair[1]),
        ['PLAX:LV', 'other'],
      ),
    );
    expect(row!.recall.toFixed(3)).toBe('0.802');
    expect(row!.balancedAccuracy.toFixed(3)).toBe('0.894');
  });

  it('leaves empty classes out and names strangers', () => {
    const sparse = confusionMatrix(['A', 'B'], ['A', 'B'], classes);
    expect(classMetrics(sparse)[2]!.recall).toBeNaN();
    expect(macroMetrics(sparse).balancedAccuracy).toBe(1);
    expect(classMetrics(confusionMatrix(['A'], ['A'], ['A']))[0]!.balancedAccuracy).toBeNaN();
    expect(() => confusionMatrix(['A'], ['E'], classes)).toThrow(/got E at case 0/);
    expect(() => confusionMatrix(['A'], [], classes)).toThrow(/one length/);
    expect(() => confusionMatrix([], [], classes)).toThrow(/at least 1 case/);
    expect(() => confusionOfCodes([4], [0], classes)).toThrow(/\[0, 4\)/);
  });
});

describe('bootstrapClassMetrics', () => {
  const codes = (names: string[]): number[] => names.map((name) => classes.indexOf(name));

  it('computes on each draw what classMetrics computes on that draw', () => {
    const options = { draws: 40, stream: stream(9, 'classes') };
    const table = bootstrapClassMetrics(codes(truth), codes(predicted), 4, options);
    const again: number[][] = [];
    resample(16, { draws: 40, stream: stream(9, 'classes') }, (cases) => again.push([...cases]));
    again.forEach((cases, draw) => {
      const matrix = confusionOfCodes(
        cases.map((i) => codes(truth)[i]!),
        cases.map((i) => codes(predicted)[i]!),
        classes,
      );
      classMetrics(matrix).forEach((row, c) => {
        const value = table.balancedAccuracy[draw * 4 + c]!;
        if (row.support === 0) expect(value).toBeNaN();
        else {
          expectClose(value, row.balancedAccuracy, 1e-14);
          expect(table.f1[draw * 4 + c]).toBe(row.f1);
        }
      });
      expectClose(table.meanBalancedAccuracy[draw]!, macroMetrics(matrix).balancedAccuracy, 1e-14);
    });
    expect(columnOf(table.balancedAccuracy, 4, 3).length).toBeLessThan(40);
  });

  it('keeps rare classes with strata', () => {
    const table = bootstrapClassMetrics(codes(truth), codes(predicted), 4, {
      draws: 60,
      stream: stream(9, 'classes'),
      strata: truth,
    });
    expect(columnOf(table.balancedAccuracy, 4, 3).length).toBe(60);
  });

  it('names strangers', () => {
    expect(() => bootstrapClassMetrics([0, 4], [0, 0], 4, { stream: stream(1, 'x') })).toThrow(/got 4 and 0 at case 1/);
  });
});
