import type { GrayImage, PixelSpacing } from '../../imaging/image.js';
import { resample, resizeImage } from '../../imaging/resample.js';

/** A picture as encoder and segmenter see it. */
export interface SquareFrame {
  readonly image: GrayImage;
  /** Of the square's pixels; equal both ways. */
  readonly spacing: PixelSpacing;
}

/** The square that holds a picture: black is added evenly, in millimetres, so that pixels become square (paper A.2). */
function squareOf(width: number, height: number, spacing: PixelSpacing): { across: number; down: number } {
  const side = Math.max(width * spacing.xMillimetres, height * spacing.yMillimetres);
  return {
    across: Math.max(width, Math.round(side / spacing.xMillimetres)),
    down: Math.max(height, Math.round(side / spacing.yMillimetres)),
  };
}

/**
 * Pads a picture to a square and resizes it (bicubic, antialiased).
 *
 * @param spacing of the picture; 1 and 1 where the scale is not known
 */
export function squareFrame(image: GrayImage, spacing: PixelSpacing, size: number): SquareFrame {
  const { across, down } = squareOf(image.width, image.height, spacing);
  return {
    image: resizeImage(pad(image, across, down), size, size, 'bicubic'),
    spacing: {
      xMillimetres: (spacing.xMillimetres * across) / size,
      yMillimetres: (spacing.yMillimetres * down) / size,
    },
  };
}

/** A mask on the same way: 1 where at least half of the new pixel was 1. */
export function squareMask(
  mask: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  spacing: PixelSpacing,
  size: number,
): Uint8Array {
  const { across, down } = squareOf(mask.width, mask.height, spacing);
  const { data } = resample(pad(mask, across, down), size, size, 'bilinear');
  return Uint8Array.from(data, (value) => (value >= 0.5 ? 1 : 0));
}

function pad(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  across: number,
  down: number,
): { readonly width: number; readonly height: number; readonly data: Uint8Array } {
  if (width === across && height === down) return { width, height, data };
  const padded = new Uint8Array(across * down);
  const left = Math.floor((across - width) / 2);
  const top = Math.floor((down - height) / 2);
  for (let y = 0; y < height; y++) {
    padded.set(data.subarray(y * width, (y + 1) * width), (top + y) * across + left);
  }
  return { width: across, height: down, data: padded };
}
