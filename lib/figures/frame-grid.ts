import type { GrayImage } from '../imaging/image.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { pngAddress, toRgba } from './picture.js';
import { tileLayout } from './tiles.js';

/** One frame of a contact sheet. */
export interface LabelledFrame {
  readonly image: GrayImage;
  /** Words under the frame, e.g. `A4C, predicted A2C (0.91)`. */
  readonly lines: readonly string[];
  /** More words, shown on hovering over the label. */
  readonly hover?: string;
  /** Colour of the words; default black. */
  readonly colour?: string;
}

export interface FrameGridInput extends FigureLabels {
  readonly frames: readonly LabelledFrame[];
  /** Columns at notebook width; default 6. */
  readonly columns?: number;
}

/**
 * Grey frames as a contact sheet (paper Fig. 8: sample images of the views).
 *
 * @throws {ArgumentError} if there is no frame
 * @throws {ShapeError} if a frame's data does not fill it
 */
export function frameGrid(input: FrameGridInput): Figure {
  const tiles = input.frames.map(({ image, ...words }) => ({
    source: pngAddress(toRgba(image)),
    width: image.width,
    height: image.height,
    ...words,
  }));
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `${tiles.length} frames.`,
      altText: `Contact sheet of ${tiles.length} ultrasound frames: ${tiles.map((tile) => tile.lines.join(', ')).join('; ')}.`,
    },
    [],
    tileLayout(tiles, input.columns ?? 6),
  );
}
