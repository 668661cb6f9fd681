import type { Trace } from './make-figure.js';
import { COLOURS } from './palette.js';
import type { TilePath } from './tiles.js';

/** A point in picture pixels, x to the right, y down. */
export type PicturePoint = readonly [number, number];

/** True is green and solid; predicted is vermilion and dotted, so that colour is not the only difference. */
export const TRUE_COLOUR = '#2ee6a8';
export const PREDICTED_COLOUR: string = COLOURS.vermilion;

/** Rings around landmarks. */
export function landmarkRings(
  landmarks: {
    readonly trueLandmarks?: readonly PicturePoint[];
    readonly predictedLandmarks?: readonly PicturePoint[];
  },
  width: number,
): TilePath[] {
  const { trueLandmarks = [], predictedLandmarks = [] } = landmarks;
  const ring = { closed: false, rings: width / 32 };
  return [
    { points: trueLandmarks, colour: TRUE_COLOUR, ...ring },
    { points: predictedLandmarks, colour: PREDICTED_COLOUR, dash: 'dot', ...ring },
  ];
}

/** Legend entries for true and predicted marks. */
export function truthLegend(): Trace[] {
  const entry = (name: string, color: string, dash: string): Trace => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x: [null],
    y: [null],
    line: { color, width: 3, dash },
  });
  return [entry('True', TRUE_COLOUR, 'solid'), entry('Predicted', PREDICTED_COLOUR, 'dot')];
}
