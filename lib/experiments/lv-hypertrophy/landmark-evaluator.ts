import * as tf from '@tensorflow/tfjs';
import { arrayOf, compileInference, type HostTensor, type RunOutputs, scalarOf } from '../../engine/compile.js';
import { landmarksOf } from '../../evaluation/landmark-heatmaps.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { type BatchShape, batchInputs, LANDMARKS, type LandmarkItem, landmarkBatch } from './landmark-batch.js';
import type { LandmarkModel } from './landmark-model.js';

type HostTensors = Readonly<Record<string, HostTensor>>;

/** What a model makes of one picture. */
export interface EvaluatedPicture {
  /** Pixels of the square picture; `null` where no pixel of the heatmap exceeds the threshold. */
  readonly points: readonly (Point | null)[];
  /** Largest value of each heatmap. */
  readonly peaks: readonly number[];
  /** What each patch receives from all tokens in the last block, mean over heads, row by row; `null` without an encoder. */
  readonly attention: { readonly rows: number; readonly columns: number; readonly values: Float32Array } | null;
}

/** Pictures that are read when their turn comes. */
export interface ItemSource {
  readonly count: number;
  item(index: number): Promise<LandmarkItem>;
}

/** A model compiled for validation and test; the weights come with every call. */
export interface LandmarkEvaluator {
  /** Mean loss, lower is better. The last batch is filled up with the first items. */
  loss(params: HostTensors, items: ItemSource): Promise<number>;
  /** One result an item, in order. */
  evaluate(params: HostTensors, items: ItemSource): Promise<EvaluatedPicture[]>;
  dispose(): Promise<void>;
}

/** Pictures a call. */
const BATCH = 8;

/** Compiles the forward pass of a model once: loss, heatmaps and attention. */
export async function landmarkEvaluator(
  name: string,
  model: LandmarkModel,
  shape: BatchShape,
): Promise<LandmarkEvaluator> {
  const keys = Object.keys(model.params);
  let grid: readonly [number, number] | null = null;
  const weights = Object.fromEntries(keys.map((key) => [`param ${key}`, { shape: model.params[key]!.shape }]));
  const graph = await compileInference(
    (_, inputs) => {
      const params = Object.fromEntries(keys.map((key) => [key, inputs[`param ${key}`]!]));
      const output = model.forward(params, inputs.images!, false);
      grid = output.grid;
      return {
        loss: model.loss(output.logits, inputs.targets!, inputs.mask!),
        heatmaps: tf.sigmoid(output.logits),
        ...(output.attention && { attention: tf.mean(output.attention, [1, 2]) }), // [B, H, T, T] -> [B, T]
      };
    },
    { params: {}, inputs: { ...weights, ...batchInputs(shape, BATCH) }, name: `${name} evaluation` },
  );
  async function* batches(params: HostTensors, items: ItemSource): AsyncGenerator<RunOutputs> {
    const fed = Object.fromEntries(keys.map((key) => [`param ${key}`, params[key]!.data]));
    for (let start = 0; start < items.count; start += BATCH) {
      const chosen: LandmarkItem[] = [];
      for (let n = 0; n < BATCH; n++) chosen.push(await items.item((start + n) % items.count));
      yield await graph.run({ ...fed, ...landmarkBatch(chosen, shape, null) });
    }
  }
  return {
    async loss(params, items) {
      let sum = 0;
      let count = 0;
      for await (const output of batches(params, items)) {
        sum += scalarOf(output, 'loss');
        count++;
      }
      return sum / count;
    },
    async evaluate(params, items) {
      const pictures: EvaluatedPicture[] = [];
      for await (const output of batches(params, items)) {
        const rest = Math.min(BATCH, items.count - pictures.length);
        for (let n = 0; n < rest; n++) pictures.push(pictureAt(output, n, shape.size, grid));
      }
      return pictures;
    },
    dispose: () => graph.dispose(),
  };
}

function pictureAt(
  output: RunOutputs,
  index: number,
  size: number,
  grid: readonly [number, number] | null,
): EvaluatedPicture {
  const area = size * size;
  const own = arrayOf(output, 'heatmaps').subarray(index * LANDMARKS * area, (index + 1) * LANDMARKS * area);
  const points = landmarksOf(own, size, size);
  return {
    points,
    peaks: points.map((_, k) => own.subarray(k * area, (k + 1) * area).reduce((a, b) => Math.max(a, b))),
    attention: grid && attentionAt(arrayOf(output, 'attention'), index, grid),
  };
}

function attentionAt(
  values: Float32Array,
  index: number,
  [rows, columns]: readonly [number, number],
): { rows: number; columns: number; values: Float32Array } {
  const end = (index + 1) * (values.length / BATCH);
  return { rows, columns, values: values.slice(end - rows * columns, end) };
}
