import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '../../lib/embedding/feature-matrix.js';

interface TsneRun {
  readonly init: 'pca' | 'random';
  readonly kl: number;
  readonly trust: number;
}

interface NeighbourTable {
  readonly indices: number[];
  readonly distances: number[];
}

/** Figures of scikit-learn 1.2.1; see test/fixtures/embedding/README.md. */
export interface Blobs {
  readonly count: number;
  readonly width: number;
  readonly data: number[];
  readonly labels: number[];
  readonly euclidean15: NeighbourTable;
  readonly cosine15: NeighbourTable;
  readonly pca3: {
    coordinates: number[];
    components: number[];
    explainedVariance: number[];
    explainedVarianceRatio: number[];
  };
  readonly trustworthiness: Readonly<Record<string, number>>;
  readonly trustworthinessCosine: Readonly<Record<string, number>>;
  readonly joint10: { indptr: number[]; indices: number[]; values: number[]; nnz: number };
  readonly tsne_10_barnes_hut: TsneRun[];
  readonly tsne_10_exact: TsneRun[];
  readonly tsne_30_barnes_hut: TsneRun[];
  readonly tsne_30_exact: TsneRun[];
}

export const blobs = JSON.parse(
  readFileSync(new URL('../fixtures/embedding/blobs.json', import.meta.url), 'utf8'),
) as Blobs;

/** 400 points of width 16. */
export const blobFeatures: FeatureMatrix = {
  count: blobs.count,
  width: blobs.width,
  data: Float32Array.from(blobs.data),
};
