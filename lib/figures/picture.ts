import { createCanvas } from '@napi-rs/canvas';
import { ShapeError } from '../core/errors.js';
import type { GrayImage } from '../imaging/image.js';

/** RGBA pixels, row-major, 4 bytes each. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]`. */
  readonly data: Uint8ClampedArray;
}

/** Grey to RGBA, opaque. @throws {ShapeError} if the data does not fill the image */
export function toRgba(image: GrayImage): RgbaImage {
  const size = image.width * image.height;
  if (image.data.length !== size) {
    throw new ShapeError(
      `toRgba: data must have ${image.width} x ${image.height} = ${size} bytes, got ${image.data.length}`,
    );
  }
  const data = new Uint8ClampedArray(size * 4);
  for (let i = 0; i < size; i++) {
    const value = image.data[i] as number;
    data[4 * i] = value;
    data[4 * i + 1] = value;
    data[4 * i + 2] = value;
    data[4 * i + 3] = 255;
  }
  return { width: image.width, height: image.height, data };
}

/** The image as a PNG `data:` address. */
export function pngAddress(image: RgbaImage): string {
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(image.width, image.height);
  pixels.data.set(image.data);
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL('image/png');
}

/**
 * Paints a colour over an image where a mask is set.
 *
 * @param mask `[height, width]`, 0 where nothing is painted
 * @param opacity 0 to 1
 */
export function paintMask(image: RgbaImage, mask: ArrayLike<number>, hex: string, opacity: number): RgbaImage {
  expectPixels('paintMask', image, mask);
  const colour = rgbOf(hex);
  return paint(
    image,
    (pixel) => (mask[pixel] ? opacity : 0),
    () => colour,
  );
}

/**
 * Paints a heat map over an image: transparent where the weight is least, yellow and opaque where it is greatest.
 *
 * @param weights `[height, width]`, any scale
 * @param opacity of the greatest weight, 0 to 1
 */
export function paintHeat(image: RgbaImage, weights: ArrayLike<number>, opacity: number): RgbaImage {
  expectPixels('paintHeat', image, weights);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < weights.length; i++) {
    low = Math.min(low, weights[i] as number);
    high = Math.max(high, weights[i] as number);
  }
  const share = (pixel: number): number => (high > low ? ((weights[pixel] as number) - low) / (high - low) : 0);
  return paint(
    image,
    (pixel) => opacity * share(pixel) ** 0.6,
    (pixel) => heatColour(share(pixel)),
  );
}

/**
 * Enlarges a coarse map to pixels, bilinear between the centres of its cells.
 *
 * @param map `[rows, columns]`
 * @returns `[height, width]`
 */
export function enlarge(
  map: ArrayLike<number>,
  rows: number,
  columns: number,
  width: number,
  height: number,
): Float32Array {
  if (map.length !== rows * columns) {
    throw new ShapeError(`enlarge: map must have ${rows} x ${columns} values, got ${map.length}`);
  }
  const result = new Float32Array(width * height);
  const clamp = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
  for (let y = 0; y < height; y++) {
    const v = clamp(((y + 0.5) * rows) / height - 0.5, rows);
    const v0 = Math.floor(v);
    const v1 = clamp(v0 + 1, rows);
    for (let x = 0; x < width; x++) {
      const u = clamp(((x + 0.5) * columns) / width - 0.5, columns);
      const u0 = Math.floor(u);
      const u1 = clamp(u0 + 1, columns);
      const at = (r: number, c: number): number => map[r * columns + c] as number;
      const upper = at(v0, u0) * (1 - u + u0) + at(v0, u1) * (u - u0);
      const lower = at(v1, u0) * (1 - u + u0) + at(v1, u1) * (u - u0);
      result[y * width + x] = upper * (1 - v + v0) + lower * (v - v0);
    }
  }
  return result;
}

/** Black through red and orange to pale yellow (the "inferno" scale at five points). */
function heatColour(share: number): readonly [number, number, number] {
  const stops = [
    [0, 0, 4],
    [87, 16, 110],
    [188, 55, 84],
    [249, 142, 9],
    [252, 255, 164],
  ] as const;
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = stops[Math.min(stops.length - 2, Math.floor(place))] as readonly [number, number, number];
  const high = stops[Math.min(stops.length - 2, Math.floor(place)) + 1] as readonly [number, number, number];
  const part = place - Math.min(stops.length - 2, Math.floor(place));
  return [0, 1, 2].map((i) => (low[i] as number) * (1 - part) + (high[i] as number) * part) as [number, number, number];
}

function paint(
  image: RgbaImage,
  opacityAt: (pixel: number) => number,
  colourAt: (pixel: number) => readonly [number, number, number],
): RgbaImage {
  const data = Uint8ClampedArray.from(image.data);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    const opacity = opacityAt(pixel);
    if (opacity === 0) continue;
    const colour = colourAt(pixel);
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 4 + channel;
      data[at] = (data[at] as number) * (1 - opacity) + (colour[channel] as number) * opacity;
    }
  }
  return { ...image, data };
}

function expectPixels(who: string, image: RgbaImage, values: ArrayLike<number>): void {
  if (values.length !== image.width * image.height) {
    throw new ShapeError(`${who}: needs ${image.width} x ${image.height} values, got ${values.length}`);
  }
}

function rgbOf(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
