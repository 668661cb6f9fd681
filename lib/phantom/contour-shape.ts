import { ArgumentError } from '../core/errors.js';
import { Chamber } from './tissue.js';

/** What the contours of an apical four-chamber picture look like. */
export interface ContourShape {
  /** Area of the left ventricle's wall over that of its cavity. */
  readonly wall: number;
  /** Lean of the cavity's long axis from the vertical, degrees; positive where the apex stands to the left. */
  readonly lean: number;
  /** Tilt of the cavity's base, degrees, its right end up positive; NaN where the cavity borders on no atrium. */
  readonly base: number;
  /** Share of the smallest square around the picture that the cavity fills. */
  readonly filling: number;
}

/** Share of the picture's height within which an atrium counts as bordering on the cavity: readers leave the leaflets out. */
const LEAFLETS = 0.03;
/** Points on a base from which its tilt is taken. */
const LEAST_BASE = 5;

/**
 * Measures contours of a picture, real or phantom.
 *
 * @param labels `[height, width]` of {@link Chamber}; CAMUS and the phantom agree on 1 to 3
 * @throws {ArgumentError} if no cavity is labelled
 */
export function contourShape(labels: Uint8Array, width: number): ContourShape {
  const height = labels.length / width;
  const reach = Math.max(1, Math.round(LEAFLETS * height));
  const cavity: Point[] = [];
  const base: Point[] = [];
  let wall = 0;
  labels.forEach((value, at) => {
    if (value === Chamber.myocardium) wall++;
    if (value !== Chamber.leftVentricle) return;
    const point: Point = [at % width, Math.floor(at / width)];
    cavity.push(point);
    if (labels[at + width] !== value && hasBelow(labels, at, width, reach, Chamber.leftAtrium)) base.push(point);
  });
  if (cavity.length === 0) throw new ArgumentError('contourShape: needs a labelled left ventricle, got none');
  const all = moments(cavity);
  // -90 to 90 from the horizontal, rows run down
  const axis = (90 / Math.PI) * Math.atan2(2 * all.xy, all.xx - all.yy);
  const line = moments(base);
  return {
    wall: wall / cavity.length,
    lean: axis > 0 ? 90 - axis : -90 - axis,
    base: base.length >= LEAST_BASE ? (-180 / Math.PI) * Math.atan2(line.xy, line.xx) : Number.NaN,
    filling: cavity.length / Math.max(width, height) ** 2,
  };
}

type Point = readonly [number, number];

function hasBelow(labels: Uint8Array, at: number, width: number, reach: number, chamber: number): boolean {
  for (let row = 1; row <= reach; row++) if (labels[at + row * width] === chamber) return true;
  return false;
}

function moments(points: readonly Point[]): { readonly xx: number; readonly yy: number; readonly xy: number } {
  const mean = (value: (x: number, y: number) => number): number =>
    points.reduce((sum, [x, y]) => sum + value(x, y), 0) / points.length;
  const [mx, my] = [mean((x) => x), mean((_, y) => y)];
  return {
    xx: mean((x) => (x - mx) ** 2),
    yy: mean((_, y) => (y - my) ** 2),
    xy: mean((x, y) => (x - mx) * (y - my)),
  };
}
