import { ArgumentError, ShapeError } from '../core/errors.js';
import { type ProgressFactory, silentProgress } from '../core/progress.js';
import { expectFeatures, type FeatureMatrix } from '../embedding/feature-matrix.js';
import type { GrayImage } from '../imaging/image.js';
import type { FrameEncoder } from './vit-encoder.js';

/** Settings of {@link extractFeatures}. */
export interface ExtractionOptions<Item> {
  /** Items an encoder call gets. */
  readonly batchSize: number;
  /**
   * Turns a batch of B items into `[B, D]` features, row-major. The array may be reused by the encoder: it is copied.
   */
  readonly encode: (batch: readonly Item[]) => Float32Array | Promise<Float32Array>;
  /** True: the last batch is filled up with its last item and the surplus features dropped, for encoders of fixed batch. */
  readonly fillLastBatch?: boolean;
  readonly progress?: ProgressFactory;
}

/**
 * Features of many items, in the order of the items.
 *
 * @param items read as a stream: only one batch is held
 * @param count number of items
 * @returns `[count, D]`
 * @throws {ArgumentError} if `batchSize` is not an integer >= 1
 * @throws {ShapeError} if there are more or fewer items than `count`, or an encoder call returns another width
 * @throws {NumericalError} naming the first item whose features are not finite
 */
export async function extractFeatures<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  count: number,
  options: ExtractionOptions<Item>,
): Promise<FeatureMatrix> {
  const { batchSize, encode, fillLastBatch = false } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError(`extractFeatures: batchSize must be an integer >= 1, got ${batchSize}`);
  }
  const progress = (options.progress ?? silentProgress)('features', count, 'images');
  let width = 0;
  let data = new Float32Array(0);
  let done = 0;
  let batch: Item[] = [];
  const flush = async (): Promise<void> => {
    const wanted = batch.length;
    while (fillLastBatch && batch.length < batchSize) batch.push(batch.at(-1)!);
    const features = await encode(batch);
    if (done === 0) {
      width = features.length / batch.length;
      data = new Float32Array(count * width);
    }
    if (!Number.isInteger(width) || width < 1 || features.length !== batch.length * width) {
      throw new ShapeError(
        `extractFeatures: encode must return ${batch.length} x ${width || 'D'} values, got ${features.length}`,
      );
    }
    data.set(features.subarray(0, wanted * width), done * width);
    done += wanted;
    progress.update(done);
    batch = [];
  };
  for await (const item of items) {
    if (done + batch.length === count) {
      throw new ShapeError(`extractFeatures: expected ${count} items, got more`);
    }
    batch.push(item);
    if (batch.length === batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  if (done !== count) throw new ShapeError(`extractFeatures: expected ${count} items, got ${done}`);
  const features = { count, width, data };
  expectFeatures('extractFeatures', 'features', features);
  progress.finish();
  return features;
}

/** Embeddings of frames by a compiled encoder, in their order; the last batch is filled up. */
export function encodeAll(
  encoder: FrameEncoder,
  frames: readonly GrayImage[],
  progress: ProgressFactory = silentProgress,
): Promise<FeatureMatrix> {
  return extractFeatures(frames, frames.length, {
    batchSize: encoder.batchSize,
    encode: (batch) => encoder.encode(batch),
    fillLastBatch: true,
    progress,
  });
}
