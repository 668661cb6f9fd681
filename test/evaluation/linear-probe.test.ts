import { describe, expect, it } from 'vitest';
import { ArgumentError, NumericalError, ShapeError } from '../../lib/core/errors.js';
import { minimise } from '../../lib/evaluation/limited-memory-bfgs.js';
import { applyLinearProbe, fitLinearProbe } from '../../lib/evaluation/linear-probe.js';
import { probes, testFeatures, trainFeatures } from './probes.js';

describe('fitLinearProbe', () => {
  it.each([1, 0.01])('equals scikit-learn 1.2.1 LogisticRegression (newton-cg), C = %d', (inverseRegularisation) => {
    const probe = fitLinearProbe(trainFeatures, probes.trainLabels, { classes: probes.classes, inverseRegularisation });
    const expected = probes.linear[inverseRegularisation === 1 ? '1.0' : '0.01']!;
    for (const [i, weight] of expected.weights.entries()) expect(probe.weights[i]).toBeCloseTo(weight, 4);
    for (const [c, bias] of expected.bias.entries()) expect(probe.bias[c]).toBeCloseTo(bias, 4);
    const { probabilities, predictions } = applyLinearProbe(probe, testFeatures);
    for (const [i, p] of expected.probabilities.entries()) expect(probabilities[i]).toBeCloseTo(p, 4);
    expect(predictions).toHaveLength(37);
  });

  it('gives the class frequencies where the features say nothing', () => {
    const features = { count: 4, width: 2, data: new Float32Array(8) };
    const probe = fitLinearProbe(features, [0, 0, 0, 1], { classes: 2 });
    expect(applyLinearProbe(probe, features).probabilities[0]).toBeCloseTo(0.75, 5);
  });

  it('names what is wrong', () => {
    const trained = (options: object) => fitLinearProbe(trainFeatures, probes.trainLabels, { classes: 4, ...options });
    expect(() => trained({ inverseRegularisation: 0 })).toThrow(ArgumentError);
    expect(() => trained({ classes: 3 })).toThrow(ArgumentError);
    expect(() => trained({ iterations: 2 })).toThrow(NumericalError);
    expect(() => applyLinearProbe(trained({}), { count: 1, width: 1, data: Float32Array.of(1) })).toThrow(ShapeError);
  });
});

describe('minimise', () => {
  it("reaches the minimum of Rosenbrock's valley at (1, 1)", () => {
    const { point, converged } = minimise(
      ([x, y], gradient) => {
        const a = 1 - x!;
        const b = y! - x! * x!;
        gradient[0] = -2 * a - 400 * x! * b;
        gradient[1] = 200 * b;
        return a * a + 100 * b * b;
      },
      Float64Array.of(-1.2, 1),
      { tolerance: 1e-9, iterations: 200 },
    );
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 7);
    expect(point[1]).toBeCloseTo(1, 7);
  });
});
