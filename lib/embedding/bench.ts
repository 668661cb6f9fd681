import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { stream } from '../core/random.js';
import type { FeatureMatrix } from './feature-matrix.js';
import { trustworthiness } from './trustworthiness.js';
import { tsne } from './tsne.js';
import { umap } from './umap.js';

/** Options of {@link benchEmbedding}. */
export interface EmbeddingBenchOptions {
  /** Vectors; default 10,000. */
  readonly count?: number;
  /** Default 384, the width of ViT-S. */
  readonly width?: number;
  /** Program of a Python with scikit-learn, and umap-learn for the second row; without one only our own times are taken. */
  readonly python?: string;
}

/** One method, ours and the reference. Times are wall seconds from features to map. */
export interface EmbeddingBenchRow {
  readonly method: 't-SNE' | 'UMAP';
  readonly seconds: number;
  /** t-SNE: Kullback-Leibler divergence, nats. */
  readonly divergence: number | null;
  readonly trustworthiness: number;
  /** Name and version; `null` where it is not installed. */
  readonly reference: string | null;
  readonly referenceSeconds: number | null;
  readonly referenceDivergence: number | null;
  readonly referenceTrustworthiness: number | null;
  /** seconds / referenceSeconds. */
  readonly ratio: number | null;
}

/** Points whose neighbourhoods the trustworthiness is estimated from. */
const TRUST_SAMPLE = 1000;

/** Runs the references on the same features, one after the other; UMAP's code is compiled on a small set first. */
const REFERENCE = `
import json, sys, time, warnings
import numpy as np
warnings.filterwarnings('ignore')
folder, count, width, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
features = np.fromfile(folder + '/features.f32', np.float32).reshape(count, width)
result = {}
import sklearn
from sklearn.manifold import TSNE
start = time.time()
model = TSNE(perplexity=50, init='pca', learning_rate='auto', n_jobs=threads, random_state=0)
coordinates = model.fit_transform(features)
result['t-SNE'] = {'reference': 'scikit-learn ' + sklearn.__version__, 'seconds': time.time() - start,
                   'divergence': float(model.kl_divergence_)}
coordinates.astype(np.float64).tofile(folder + '/t-SNE.f64')
try:
    import umap
    umap.UMAP(random_state=0, n_epochs=5).fit_transform(features[:500])
    start = time.time()
    coordinates = umap.UMAP(random_state=0).fit_transform(features)
    result['UMAP'] = {'reference': 'umap-learn ' + umap.__version__, 'seconds': time.time() - start, 'divergence': None}
    coordinates.astype(np.float64).tofile(folder + '/UMAP.f64')
except ImportError:
    pass
json.dump(result, open(folder + '/result.json', 'w'))
`;

interface ReferenceResult {
  readonly reference: string;
  readonly seconds: number;
  readonly divergence: number | null;
}

/**
 * Times t-SNE (perplexity 50, 1,000 iterations) and UMAP on one set, and where a Python is given scikit-learn and umap-learn
 * on the same set in the same run. Only the ratios mean something on a shared machine.
 *
 * @throws {EnvironmentError} if the Python does not run or has no scikit-learn
 */
export async function benchEmbedding(options: EmbeddingBenchOptions = {}): Promise<EmbeddingBenchRow[]> {
  const { count = 10_000, width = 384, python } = options;
  const features = mixture(count, width);
  const rows: EmbeddingBenchRow[] = [];
  const references = python === undefined ? {} : await runReferences(features, python);
  for (const method of ['t-SNE', 'UMAP'] as const) {
    const start = performance.now();
    const map = method === 't-SNE' ? await tsne(features) : await umap(features);
    const seconds = (performance.now() - start) / 1000;
    const reference = references[method];
    rows.push({
      method,
      seconds,
      divergence: 'divergence' in map ? map.divergence : null,
      trustworthiness: await estimateTrust(features, map.coordinates),
      reference: reference?.reference ?? null,
      referenceSeconds: reference?.seconds ?? null,
      referenceDivergence: reference?.divergence ?? null,
      referenceTrustworthiness: reference ? await estimateTrust(features, reference.coordinates) : null,
      ratio: reference ? seconds / reference.seconds : null,
    });
  }
  return rows;
}

/** A table of the rows, one line each. */
export function formatEmbeddingBench(rows: readonly EmbeddingBenchRow[]): string {
  return rows
    .map((row) => {
      const own = [`${row.method}: ${row.seconds.toFixed(1)} s`, ...quality(row.divergence, row.trustworthiness)];
      if (row.reference === null || row.ratio === null) return `${own.join(', ')}; no reference`;
      const other = [`${row.reference} ${row.referenceSeconds?.toFixed(1)} s`];
      other.push(...quality(row.referenceDivergence, row.referenceTrustworthiness ?? Number.NaN));
      return `${own.join(', ')}; ${other.join(', ')}; ratio ${row.ratio.toFixed(2)}`;
    })
    .join('\n');
}

function quality(divergence: number | null, trust: number): string[] {
  return [...(divergence === null ? [] : [`KL ${divergence.toFixed(3)}`]), `trustworthiness ${trust.toFixed(3)}`];
}

function estimateTrust(features: FeatureMatrix, coordinates: Float64Array): Promise<number> {
  return trustworthiness(features, coordinates, { sample: Math.min(TRUST_SAMPLE, features.count) });
}

/** Eighteen views, each a cloud around its own plane of 12 dimensions, and a little noise in all. */
function mixture(count: number, width: number): FeatureMatrix {
  const random = stream(1, 'bench/embedding');
  const views = 18;
  const inner = 12;
  const normals = (length: number, scale: number): Float64Array =>
    Float64Array.from({ length }, () => scale * random.normal());
  const centres = normals(views * width, 0.6);
  const planes = normals(views * inner * width, 0.3);
  const data = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const view = row % views;
    const place = normals(inner, 1);
    for (let d = 0; d < width; d++) {
      let value = centres[view * width + d]! + 0.2 * random.normal();
      for (let i = 0; i < inner; i++) value += place[i]! * planes[(view * inner + i) * width + d]!;
      data[row * width + d] = value;
    }
  }
  return { count, width, data };
}

async function runReferences(
  features: FeatureMatrix,
  python: string,
): Promise<Record<string, ReferenceResult & { coordinates: Float64Array }>> {
  const folder = mkdtempSync(join(tmpdir(), 'echolab-bench-'));
  try {
    writeFileSync(join(folder, 'features.f32'), Buffer.from(features.data.buffer));
    const numbers = [features.count, features.width, availableParallelism()].map(String);
    await promisify(execFile)(python, ['-c', REFERENCE, folder, ...numbers]);
    const results = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Record<string, ReferenceResult>;
    return Object.fromEntries(
      Object.entries(results).map(([method, result]) => {
        const bytes = readFileSync(join(folder, `${method}.f64`));
        return [method, { ...result, coordinates: new Float64Array(Uint8Array.from(bytes).buffer) }];
      }),
    );
  } catch (error) {
    throw new EnvironmentError(
      `benchEmbedding: ${python} must run and have scikit-learn; it failed with: ${messageOf(error)}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
