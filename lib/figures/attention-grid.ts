import type { GrayImage } from '../imaging/image.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { enlarge, paintHeat, pngAddress, toRgba } from './picture.js';
import { type Tile, tileLayout } from './tiles.js';
import { landmarkRings, type PicturePoint, truthLegend } from './truth-marks.js';

/** A frame and the attention of one head, or of several averaged, over its patches. */
export interface AttentionFrame {
  readonly image: GrayImage;
  /** `[rows, columns]`, row-major, any scale; patches cover the frame evenly. */
  readonly attention: { readonly rows: number; readonly columns: number; readonly values: ArrayLike<number> };
  readonly lines: readonly string[];
  readonly hover?: string;
  /** Drawn over the attention: true green and solid, predicted vermilion and dotted. */
  readonly trueLandmarks?: readonly PicturePoint[];
  readonly predictedLandmarks?: readonly PicturePoint[];
}

export interface AttentionGridInput extends FigureLabels {
  readonly frames: readonly AttentionFrame[];
  /** Columns at notebook width; default 4 (two pairs). */
  readonly columns?: number;
  /** Show each frame without the overlay to its left; default true. */
  readonly pairs?: boolean;
}

/**
 * Attention maps of the last block over the frames, with landmarks where there are any (paper Figs 5g and 9).
 *
 * Each map is scaled to its own range and enlarged bilinearly: colours compare places within a frame, not frames.
 *
 * @throws {ArgumentError} if there is no frame
 * @throws {ShapeError} if a map does not have rows x columns values
 */
export function attentionGrid(input: AttentionGridInput): Figure {
  const pairs = input.pairs ?? true;
  const tiles = input.frames.flatMap((frame): Tile[] => {
    const { image, attention, lines, hover } = frame;
    const plain = toRgba(image);
    const weights = enlarge(attention.values, attention.rows, attention.columns, image.width, image.height);
    const size = { width: image.width, height: image.height };
    const more = { paths: landmarkRings(frame, image.width), ...(hover === undefined ? {} : { hover }) };
    const heat: Tile = {
      source: pngAddress(paintHeat(plain, weights, 0.8)),
      ...size,
      lines: pairs ? ['attention'] : lines,
      ...more,
    };
    return pairs ? [{ source: pngAddress(plain), ...size, lines, ...more }, heat] : [heat];
  });
  const marked = input.frames.some((frame) => frame.trueLandmarks ?? frame.predictedLandmarks);
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ??
        `Attention over ${input.frames.length} frames; each map is scaled to its own range, bright is most.`,
      altText: `Ultrasound frames with attention maps: ${input.frames.map((frame) => frame.lines.join(', ')).join('; ')}.`,
    },
    marked ? truthLegend() : [],
    { ...tileLayout(tiles, input.columns ?? 4), legendBelow: marked },
  );
}
