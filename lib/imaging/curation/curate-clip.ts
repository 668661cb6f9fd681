import { ArgumentError } from '../../core/errors.js';
import type { GrayClip, PixelSpacing } from '../image.js';
import { resample } from '../resample.js';
import { type Cone, type FindConeOptions, findCone } from './find-cone.js';
import { motionMap } from './motion-map.js';
import type { Mask } from './regions.js';
import { paintOver, stillGraphics } from './remove-overlays.js';

/** Options of {@link curateClip}. */
export interface CurateClipOptions extends FindConeOptions {
  /** Side of the square result, pixels. The paper trains at 112 and 224. */
  readonly size: number;
  /** Millimetres a pixel of the input, kept through crop, padding and resize; leave out where it is not known. */
  readonly spacing?: PixelSpacing;
  /** Pixels known to hold graphics, e.g. a coloured ECG; added to the still graphics that are found. */
  readonly graphics?: Mask;
  /** A cone found before, for clips of one acquisition; found from this clip if left out. */
  readonly cone?: Cone;
}

/** A curated clip. */
export interface CuratedClip {
  /** `[frameCount, size, size]`; black outside the cone; frame rate as before. */
  readonly clip: GrayClip;
  /** Millimetres a pixel of the result; `null` where the input's was not known. */
  readonly spacing: PixelSpacing | null;
  readonly cone: Cone;
  /** Pixels a frame that held graphics inside the cone and were painted over. */
  readonly graphicsPixels: number;
}

/**
 * Curates a clip as the paper does: everything outside the imaging cone becomes black, graphics inside it are painted over, then a tight
 * crop, padding to a square and a resize (bilinear, antialiased).
 *
 * Source: EchoApex A.1 and A.2. The square is made in millimetres where pixels are not square.
 *
 * @throws {DataError} if no cone is found
 * @throws {ArgumentError} if `size` is not a positive integer
 */
export function curateClip(clip: GrayClip, options: CurateClipOptions): CuratedClip {
  const { size } = options;
  if (!Number.isInteger(size) || size < 1 || size > 4096) {
    throw new ArgumentError(`curateClip: size must be an integer in [1, 4096], got ${size}`);
  }
  const motion = motionMap(clip);
  const cone = options.cone ?? findCone(clip, options, motion);
  const graphics = stillGraphics(motion, cone.mask);
  if (options.graphics !== undefined) {
    for (let i = 0; i < graphics.data.length; i++) graphics.data[i] = graphics.data[i]! | options.graphics.data[i]!;
  }
  const painted = paintOver(clip, graphics, cone.mask);
  const square = squareAround(cone, options.spacing);
  const data = new Uint8Array(clip.frameCount * size * size);
  const padded = new Uint8Array(square.width * square.height);
  for (let frame = 0; frame < clip.frameCount; frame++) {
    cropInto(padded, square, painted.clip, frame, cone);
    data.set(resized(padded, square, size), frame * size * size);
  }
  const { spacing } = options;
  return {
    clip: { width: size, height: size, frameCount: clip.frameCount, framesPerSecond: clip.framesPerSecond, data },
    spacing:
      spacing === undefined
        ? null
        : {
            xMillimetres: (spacing.xMillimetres * square.width) / size,
            yMillimetres: (spacing.yMillimetres * square.height) / size,
          },
    cone,
    graphicsPixels: painted.pixels,
  };
}

function resized(padded: Uint8Array, square: Square, size: number): Uint8Array {
  if (square.width === size && square.height === size) return padded;
  const { data } = resample({ ...square, data: padded }, size, size, 'bilinear');
  return Uint8Array.from(data, Math.round);
}

interface Square {
  readonly width: number;
  readonly height: number;
  /** Where the crop's corner comes to lie. */
  readonly left: number;
  readonly top: number;
}

/** The padded picture: square in pixels, or in millimetres (to one pixel) where x and y differ. */
function squareAround({ box }: Cone, spacing: PixelSpacing | undefined): Square {
  const x = spacing?.xMillimetres ?? 1;
  const y = spacing?.yMillimetres ?? 1;
  const side = Math.max(box.width * x, box.height * y);
  const width = Math.max(box.width, Math.round(side / x));
  const height = Math.max(box.height, Math.round(side / y));
  return {
    width,
    height,
    left: Math.floor((width - box.width) / 2),
    top: Math.floor((height - box.height) / 2),
  };
}

function cropInto(padded: Uint8Array, square: Square, clip: GrayClip, frame: number, { box, mask }: Cone): void {
  const offset = frame * clip.width * clip.height;
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * clip.width + box.left;
    const to = (square.top + y) * square.width + square.left;
    for (let x = 0; x < box.width; x++) {
      padded[to + x] = mask.data[from + x] === 1 ? clip.data[offset + from + x]! : 0;
    }
  }
}
