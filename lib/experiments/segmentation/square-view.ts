import type { GrayImage } from '../../imaging/image.js';
import { resample, resizeImage } from '../../imaging/resample.js';
import type { LabelledSquare } from '../../training/augmentation/warp.js';
import type { TracedPicture } from './annotated-frames.js';

/** Where a picture lies in the square that holds it: in the middle, black around. */
export interface SquarePlace {
  /** Side of the square, pixels of the picture. */
  readonly side: number;
  readonly left: number;
  readonly top: number;
}

/** The smallest square around a picture. */
export function squareAround({ width, height }: { readonly width: number; readonly height: number }): SquarePlace {
  const side = Math.max(width, height);
  return { side, left: Math.floor((side - width) / 2), top: Math.floor((side - height) / 2) };
}

/** A plane of a picture, padded to its square. */
export function padded<T extends Uint8Array | Float32Array>(
  data: T,
  size: { readonly width: number; readonly height: number },
): T {
  const { side, left, top } = squareAround(size);
  if (size.width === size.height) return data;
  const result = (data instanceof Uint8Array ? new Uint8Array(side * side) : new Float32Array(side * side)) as T;
  for (let y = 0; y < size.height; y++) {
    result.set(data.subarray(y * size.width, (y + 1) * size.width) as never, (y + top) * side + left);
  }
  return result;
}

/** A picture as the model sees it: padded, then resized (bilinear, antialias), 0 to 255. */
export function modelView(image: GrayImage, size: number): Float32Array {
  const { side } = squareAround(image);
  return resample({ width: side, height: side, data: padded(image.data, image) }, size, size, 'bilinear').data;
}

/** Share of each of the model's pixels that a mask covers, 0 to 1. */
export function modelCover(mask: Uint8Array, image: GrayImage, size: number): Float32Array {
  const { side } = squareAround(image);
  return resample({ width: side, height: side, data: padded(mask, image) }, size, size, 'bilinear').data;
}

/** The mask of a map of logits over the square, at the size of the picture: bilinear, then above 0. */
export function pictureMask(logits: Float32Array, size: number, image: GrayImage): Uint8Array {
  const { side, left, top } = squareAround(image);
  const { data } = resample({ width: size, height: size, data: logits }, side, side, 'bilinear');
  const mask = new Uint8Array(image.width * image.height);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) mask[y * image.width + x] = data[(y + top) * side + x + left]! > 0 ? 1 : 0;
  }
  return mask;
}

/** A traced picture as training keeps it: padded to a square of at most `largest` pixels. */
export function storedSquare({ image, labels }: TracedPicture, largest: number): LabelledSquare {
  const { side } = squareAround(image);
  const [grey, values] = [padded(image.data, image), padded(labels, image)];
  if (side <= largest) return { side, image: grey, labels: values };
  const small = resizeImage({ width: side, height: side, data: grey }, largest, largest, 'bilinear').data;
  const scale = side / largest;
  const nearest = new Uint8Array(largest * largest);
  for (let y = 0; y < largest; y++) {
    const row = Math.floor((y + 0.5) * scale) * side;
    for (let x = 0; x < largest; x++) nearest[y * largest + x] = values[row + Math.floor((x + 0.5) * scale)]!;
  }
  return { side: largest, image: small, labels: nearest };
}
