import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '../../lib/embedding/feature-matrix.js';

interface LinearFit {
  readonly weights: number[];
  readonly bias: number[];
  readonly probabilities: number[];
}

/** Figures of scikit-learn 1.2.1 and of DINO's vote on torch 1.13.1; see test/fixtures/evaluation/README.md. */
export const probes = JSON.parse(
  readFileSync(new URL('../fixtures/evaluation/probes.json', import.meta.url), 'utf8'),
) as {
  width: number;
  classes: number;
  train: number[];
  trainLabels: number[];
  test: number[];
  testLabels: number[];
  neighbours10: number[];
  knn: Readonly<Record<string, { votes: number[]; predictions: number[]; accuracy: number }>>;
  linear: Readonly<Record<string, LinearFit>>;
};

const matrix = (values: number[]): FeatureMatrix => ({
  count: values.length / probes.width,
  width: probes.width,
  data: Float32Array.from(values),
});

export const trainFeatures = matrix(probes.train);
export const testFeatures = matrix(probes.test);
