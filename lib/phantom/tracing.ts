import { DataError } from '../core/errors.js';
import type { HeartFrame } from './heart-frame.js';
import { heartToPlane, insideSector, type Picture, planeToHeart, planeToPixel } from './picture.js';
import type { Sway } from './sway.js';
import { Chamber, SAMPLE_LENGTH, Sample } from './tissue.js';

/** A point in pixels of the picture: x to the right, y down, the centre of the first pixel is (0, 0). */
export type PixelPoint = readonly [number, number];

/** A straight line in the picture. */
export type PixelChord = readonly [PixelPoint, PixelPoint];

/** The tracing of EchoNet-Dynamic: the long axis (apex to middle of the base), then parallel chords from apex to base. */
export interface ChordTracing {
  readonly longAxis: PixelChord;
  readonly chords: readonly PixelChord[];
}

/** The left ventricle's cavity in a picture, found on the geometry itself to 0.01 mm; not on pixels. */
export class CavitySection {
  readonly #frame: HeartFrame;
  readonly #picture: Picture;
  readonly #sway: Sway;
  readonly #sample = new Float64Array(SAMPLE_LENGTH);

  constructor(frame: HeartFrame, picture: Picture, sway: Sway) {
    this.#frame = frame;
    this.#picture = picture;
    this.#sway = sway;
  }

  has(right: number, down: number): boolean {
    return this.chamberAt(right, down) === Chamber.leftVentricle;
  }

  /** The {@link Chamber} at plane coordinates. */
  chamberAt(right: number, down: number): number {
    const [x, y, z] = planeToHeart(this.#picture.plane, right - this.#sway[0], down - this.#sway[1]);
    this.#frame.sample(x, y, z, this.#sample);
    return this.#sample[Sample.chamber]!;
  }

  /** Distance from an inner point to the edge of the cavity in a direction, mm; the first edge within 130 mm. */
  reach(right: number, down: number, dx: number, dy: number): number {
    return this.reachOf(Chamber.leftVentricle, right, down, dx, dy, 0);
  }

  /** As {@link reach}, from a distance on that lies in `chamber`. */
  reachOf(chamber: number, right: number, down: number, dx: number, dy: number, from: number): number {
    let inside = from;
    for (let step = from + 0.5; step < from + 130; step += 0.5) {
      if (this.chamberAt(right + step * dx, down + step * dy) === chamber) {
        inside = step;
        continue;
      }
      let outside = step;
      while (outside - inside > 0.01) {
        const middle = (inside + outside) / 2;
        if (this.chamberAt(right + middle * dx, down + middle * dy) === chamber) inside = middle;
        else outside = middle;
      }
      break;
    }
    return inside;
  }

  /** A point on the ventricle's axis at a level, dropped onto the plane; plane coordinates. */
  axisPoint(z: number): readonly [number, number] {
    const [right, down] = heartToPlane(this.#picture.plane, [0, 0, z]);
    return [right + this.#sway[0], down + this.#sway[1]];
  }

  pixel(right: number, down: number): PixelPoint {
    return planeToPixel(this.#picture, right, down);
  }
}

/**
 * A point of the cavity just above the base: on the axis where that is in the cavity, else the nearest beside it, else one level up (where
 * the plane cuts the axis aslant, the axis leaves the cavity of the picture near the base).
 */
function nearBase(
  section: CavitySection,
  frame: HeartFrame,
  along: PixelPoint,
  onAxis: boolean,
): readonly [number, number] | null {
  const onIt = section.axisPoint(frame.base + 1.5);
  if (onAxis) return section.has(onIt[0], onIt[1]) ? onIt : null;
  for (let up = 1.5; up <= 12; up += 1.5) {
    const [right, down] = section.axisPoint(frame.base + up);
    for (let aside = 0; aside <= 15; aside += 1) {
      for (const side of aside === 0 ? [0] : [aside, -aside]) {
        const point: PixelPoint = [right + side * along[0], down + side * along[1]];
        if (section.has(point[0], point[1])) return point;
      }
    }
  }
  return null;
}

/**
 * Traces the left ventricle by parallel chords at right angles to the long axis, as EchoNet-Dynamic's readers do.
 *
 * @param options.chords number of chords; EchoNet-Dynamic has 20
 * @param options.axisInView true: also an error where the ventricle's axis, dropped onto the plane, is not in the cavity near the base, as in planes
 * that a reader would not choose
 * @throws {DataError} if the plane misses the cavity
 */
export function traceByChords(
  frame: HeartFrame,
  picture: Picture,
  sway: Sway,
  { chords = 20, axisInView = false }: { readonly chords?: number; readonly axisInView?: boolean } = {},
): ChordTracing {
  const section = new CavitySection(frame, picture, sway);
  const { plane } = picture;
  const { leftVentricle } = frame.heart;
  // the base is the line in the picture where z does not change
  const slope = Math.hypot(plane.right[2], plane.beam[2]);
  const along: PixelPoint = [plane.beam[2] / slope, -plane.right[2] / slope];
  const low = nearBase(section, frame, along, axisInView);
  if (low === null) {
    throw new DataError(`traceByChords: the ${plane.view} plane misses the left ventricle's base; place the view anew`);
  }
  const one = section.reach(low[0], low[1], along[0], along[1]);
  const two = section.reach(low[0], low[1], -along[0], -along[1]);
  const base: PixelPoint = [low[0] + ((one - two) / 2) * along[0], low[1] + ((one - two) / 2) * along[1]];
  const tip = section.axisPoint(leftVentricle.length);
  const aim = Math.atan2(tip[1] - base[1], tip[0] - base[0]);
  let apex = base;
  let length = 0;
  for (let turn = -0.5; turn <= 0.5; turn += 0.02) {
    const dx = Math.cos(aim + turn);
    const dy = Math.sin(aim + turn);
    const reach = section.reach(base[0], base[1], dx, dy);
    if (reach > length) {
      length = reach;
      apex = [base[0] + reach * dx, base[1] + reach * dy];
    }
  }
  if (length < 5) throw new DataError(`traceByChords: the ${plane.view} plane shows no long axis; place the view anew`);
  const dx = (base[0] - apex[0]) / length;
  const dy = (base[1] - apex[1]) / length;
  const lines: PixelChord[] = [];
  for (let n = 0; n < chords; n++) {
    const at = (length * (n + 0.5)) / chords;
    const middle: PixelPoint = [apex[0] + at * dx, apex[1] + at * dy];
    const left = section.reach(middle[0], middle[1], dy, -dx);
    const right = section.reach(middle[0], middle[1], -dy, dx);
    lines.push([
      section.pixel(middle[0] + left * dy, middle[1] - left * dx),
      section.pixel(middle[0] - right * dy, middle[1] + right * dx),
    ]);
  }
  return { longAxis: [section.pixel(apex[0], apex[1]), section.pixel(base[0], base[1])], chords: lines };
}

/**
 * Outlines the left ventricle's cavity as a polygon, as EchoNet-Pediatric's readers do.
 *
 * @param points corners, equally spaced in angle about the middle of the cavity
 * @throws {DataError} if the plane misses the cavity
 */
export function tracePolygon(frame: HeartFrame, picture: Picture, sway: Sway, points = 40): PixelPoint[] {
  const section = new CavitySection(frame, picture, sway);
  const centre = middleOfCavity(section, frame, picture);
  return Array.from({ length: points }, (_, n) => {
    const angle = (2 * Math.PI * n) / points;
    const reach = section.reach(centre[0], centre[1], Math.cos(angle), Math.sin(angle));
    return section.pixel(centre[0] + reach * Math.cos(angle), centre[1] + reach * Math.sin(angle));
  });
}

/** Middle of the cavity: of the part of the axis that lies near the plane, centred by two passes of chords. */
function middleOfCavity(section: CavitySection, frame: HeartFrame, picture: Picture): readonly [number, number] {
  const { leftVentricle } = frame.heart;
  for (let share = 0; share <= 1; share += 0.125) {
    const level = frame.base + (leftVentricle.length - frame.base) * (share === 0 ? 0.45 : share * 0.9);
    let [right, down] = section.axisPoint(level);
    if (!section.has(right, down)) continue;
    for (let pass = 0; pass < 3; pass++) {
      right += (section.reach(right, down, 1, 0) - section.reach(right, down, -1, 0)) / 2;
      down += (section.reach(right, down, 0, 1) - section.reach(right, down, 0, -1)) / 2;
    }
    return [right, down];
  }
  throw new DataError(`tracePolygon: the ${picture.plane.view} plane misses the left ventricle; place the view anew`);
}

/**
 * The chambers under a picture's pixels; pixels outside the sector are 0.
 *
 * @returns `[size, size]` of {@link Chamber}
 */
export function chamberMask(frame: HeartFrame, picture: Picture, sway: Sway): Uint8Array {
  const { size, plane } = picture;
  const sample = new Float64Array(SAMPLE_LENGTH);
  const mask = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    const down = picture.top + row * picture.spacing;
    for (let column = 0; column < size; column++) {
      const right = picture.left + column * picture.spacing;
      if (!insideSector(picture, right, down)) continue;
      const [x, y, z] = planeToHeart(plane, right - sway[0], down - sway[1]);
      frame.sample(x, y, z, sample);
      mask[row * size + column] = sample[Sample.chamber]!;
    }
  }
  return mask;
}
