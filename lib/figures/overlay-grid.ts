import type { GrayImage } from '../imaging/image.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { maskContours } from './mask-contour.js';
import { paintMask, pngAddress, type RgbaImage, toRgba } from './picture.js';
import { type Tile, type TilePath, tileLayout } from './tiles.js';
import { landmarkRings, type PicturePoint, PREDICTED_COLOUR, TRUE_COLOUR, truthLegend } from './truth-marks.js';

/** A frame with what was predicted on it and what is true. */
export interface OverlayFrame {
  readonly image: GrayImage;
  readonly lines: readonly string[];
  readonly hover?: string;
  /** `[height, width]` of the frame, 0 outside. */
  readonly trueMask?: ArrayLike<number>;
  readonly predictedMask?: ArrayLike<number>;
  readonly trueLandmarks?: readonly PicturePoint[];
  readonly predictedLandmarks?: readonly PicturePoint[];
}

export interface OverlayGridInput extends FigureLabels {
  readonly frames: readonly OverlayFrame[];
  /** Columns at notebook width; default 4. */
  readonly columns?: number;
  /** Fill of the predicted mask under its outline, 0 to 1; default 0.25. */
  readonly fill?: number;
}

/**
 * Frames with outlines of masks and rings at landmarks, predicted and true (paper Figs 4 and 5g).
 *
 * Deviates: the paper's landmarks are dots of red and green; here they are rings, vermilion dotted and green solid.
 *
 * @throws {ArgumentError} if there is no frame
 * @throws {ShapeError} if a mask does not fill its frame
 */
export function overlayGrid(input: OverlayGridInput): Figure {
  const tiles = input.frames.map((frame) => tileOf(frame, input.fill ?? 0.25));
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `${tiles.length} frames; green solid: true, vermilion dotted: predicted.`,
      altText: `Ultrasound frames with true and predicted marks: ${tiles.map((tile) => tile.lines.join(', ')).join('; ')}.`,
    },
    truthLegend(),
    { ...tileLayout(tiles, input.columns ?? 4), legendBelow: true },
  );
}

function tileOf(frame: OverlayFrame, fill: number): Tile {
  const { image, lines, hover } = frame;
  let picture: RgbaImage = toRgba(image);
  if (frame.predictedMask !== undefined && fill > 0) {
    picture = paintMask(picture, frame.predictedMask, PREDICTED_COLOUR, fill);
  }
  const paths: TilePath[] = [
    ...outlines(frame.trueMask, image, TRUE_COLOUR),
    ...outlines(frame.predictedMask, image, PREDICTED_COLOUR, 'dot'),
    ...landmarkRings(frame, image.width),
  ];
  return {
    source: pngAddress(picture),
    width: image.width,
    height: image.height,
    lines,
    ...(hover === undefined ? {} : { hover }),
    paths,
  };
}

function outlines(mask: ArrayLike<number> | undefined, image: GrayImage, colour: string, dash?: 'dot'): TilePath[] {
  if (mask === undefined) return [];
  return maskContours(mask, image.width, image.height).map((points) => ({
    points,
    closed: true,
    colour,
    ...(dash === undefined ? {} : { dash }),
  }));
}
