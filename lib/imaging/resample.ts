import { ArgumentError } from '../core/errors.js';
import { type GrayImage, toBytes } from './image.js';

/** Interpolation kernels of {@link resample}. */
export type ResampleFilter = 'bilinear' | 'bicubic';

/** A part of an image, in pixels; may start and end between pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One plane of an image in floating point, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, any unit. */
  readonly data: Float32Array;
}

/** For each output position: the first input position and the weights from there on. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly stride: number;
}

/**
 * Resizes a part of an image with the filter widened when shrinking (antialias), as Pillow's `Image.resize(size, filter, box)` does
 * and so as torchvision's transforms on PIL images do. Deviates: floating point throughout, Pillow rounds to 8 bits after each pass.
 *
 * @param source bytes or floats, `[height, width]`
 * @param box part to read; the whole image if left out
 */
export function resample(
  source: { readonly width: number; readonly height: number; readonly data: Uint8Array | Float32Array },
  width: number,
  height: number,
  filter: ResampleFilter,
  box: Box = { left: 0, top: 0, width: source.width, height: source.height },
): Plane {
  checkBox(source, box, width, height);
  const across = taps(source.width, box.left, box.width, width, filter);
  const down = taps(source.height, box.top, box.height, height, filter);
  const firstRow = down.first[0] ?? 0;
  const lastRow = (down.first[height - 1] ?? 0) + (down.count[height - 1] ?? 0);
  const middle = new Float32Array(width * (lastRow - firstRow));
  for (let y = firstRow; y < lastRow; y++) {
    for (let x = 0; x < width; x++) {
      const start = y * source.width + across.first[x]!;
      const weight = x * across.stride;
      let sum = 0;
      for (let tap = 0; tap < across.count[x]!; tap++) sum += source.data[start + tap]! * across.weights[weight + tap]!;
      middle[(y - firstRow) * width + x] = sum;
    }
  }
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (down.first[y]! - firstRow) * width;
    for (let tap = 0; tap < down.count[y]!; tap++) {
      const weight = down.weights[y * down.stride + tap]!;
      const row = start + tap * width;
      for (let x = 0; x < width; x++) data[y * width + x] = data[y * width + x]! + weight * middle[row + x]!;
    }
  }
  return { width, height, data };
}

/** A part of a grey image at another size, in bytes again; see {@link resample}. */
export function resizeImage(
  image: GrayImage,
  width: number,
  height: number,
  filter: ResampleFilter,
  box?: Box,
): GrayImage {
  return { width, height, data: toBytes(resample(image, width, height, filter, box).data) };
}

function checkBox(source: { width: number; height: number }, box: Box, width: number, height: number): void {
  const inside =
    box.left >= 0 &&
    box.top >= 0 &&
    box.width > 0 &&
    box.height > 0 &&
    box.left + box.width <= source.width + 1e-9 &&
    box.top + box.height <= source.height + 1e-9;
  if (!inside || width < 1 || height < 1) {
    throw new ArgumentError(
      `resample: box ${JSON.stringify(box)} must lie in the ${source.width}x${source.height} image and the target ` +
        `${width}x${height} must not be empty`,
    );
  }
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance));
}

function taps(length: number, start: number, extent: number, target: number, filter: ResampleFilter): Taps {
  const kernel = filter === 'bicubic' ? cubic : triangle;
  const scale = extent / target;
  const widen = Math.max(1, scale);
  const support = (filter === 'bicubic' ? 2 : 1) * widen;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(target);
  const count = new Int32Array(target);
  const weights = new Float32Array(target * stride);
  for (let i = 0; i < target; i++) {
    const centre = start + (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(length, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let j = low; j < high; j++) sum += kernel((j - centre + 0.5) / widen);
    for (let j = low; j < high; j++) weights[i * stride + j - low] = kernel((j - centre + 0.5) / widen) / sum;
    first[i] = low;
    count[i] = high - low;
  }
  return { first, count, weights, stride };
}
