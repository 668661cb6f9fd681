import { stream } from '../core/random.js';
import { type MultiCropConfig, multiCrop, multiCropLength } from '../imaging/augmentation/multi-crop.js';
import type { GrayImage } from '../imaging/image.js';
import { type FrameSet, frameAt } from './frame-set.js';

/** Views of a batch, view-major: all first global crops, then all second ones, as the authors' code stacks them. */
export interface CropBatch {
  /** `[2 * images, channels, globalSize, globalSize]`. */
  readonly globals: Float32Array;
  /** `[localCount * images, channels, localSize, localSize]`. */
  readonly locals: Float32Array;
}

/** Which views to cut. */
export interface CropRequest {
  readonly seed: number;
  readonly epoch: number;
  /** Index in the frame source of each image of the batch. */
  readonly samples: readonly number[];
}

/** Room for the views of `images` images. */
export function makeCropBatch(config: MultiCropConfig, images: number): CropBatch {
  const length = multiCropLength(config);
  return {
    globals: new Float32Array(2 * images * length.global),
    locals: new Float32Array(config.localCount * images * length.local),
  };
}

/** The buffers of a batch, to hand over to another thread without a copy. The engine cannot read shared memory. */
export function memoryOf(batch: CropBatch): ArrayBuffer[] {
  return [batch.globals.buffer as ArrayBuffer, batch.locals.buffer as ArrayBuffer];
}

/** {@link cutCropBatch} of frames in memory. */
export function fillCropBatch(frames: FrameSet, config: MultiCropConfig, request: CropRequest, batch: CropBatch): void {
  const images = request.samples.map((sample) => frameAt(frames, sample));
  cutCropBatch(images, config, request, batch);
}

/**
 * Cuts the views of a batch. The random stream belongs to (seed, epoch, sample, crop), so the views of an image are the same whatever
 * the batch it stands in and whichever thread cuts them.
 *
 * @param frames those of `request.samples`
 */
export function cutCropBatch(
  frames: readonly GrayImage[],
  config: MultiCropConfig,
  request: CropRequest,
  batch: CropBatch,
): void {
  const length = multiCropLength(config);
  const images = request.samples.length;
  const view = (data: Float32Array, size: number, index: number): Float32Array =>
    data.subarray(index * size, (index + 1) * size);
  request.samples.forEach((sample, image) => {
    const random = stream(request.seed, `crops/${request.epoch}/${sample}`);
    const globals: [Float32Array, Float32Array] = [
      view(batch.globals, length.global, image),
      view(batch.globals, length.global, images + image),
    ];
    const locals = Array.from({ length: config.localCount }, (_, crop) =>
      view(batch.locals, length.local, crop * images + image),
    );
    multiCrop(frames[image]!, config, random, globals, locals);
  });
}
