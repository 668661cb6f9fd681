import { DataError } from '../../core/errors.js';
import type { GrayClip } from '../image.js';
import { filledHull } from './convex-hull.js';
import { type MotionMap, motionMap } from './motion-map.js';
import { boundsOf, close, dilate, largestPiece, type Mask, open } from './regions.js';
import { fitSector, type Sector, sectorTest } from './sector-fit.js';

/** Where the ultrasound picture lies. */
export interface Cone {
  /** 1 inside. Nothing outside may be kept. */
  readonly mask: Mask;
  /** Tight box around the mask. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** `sector` where a sector fits; `convex` where only the moving region's hull is known (linear arrays, odd crops). */
  readonly shape: 'sector' | 'convex';
  readonly sector: Sector;
  /** Intersection over union of the fitted sector with the region found, 0 to 1. */
  readonly agreement: number;
  /** What the region was found from. */
  readonly evidence: 'motion' | 'brightness';
}

/** Options of {@link findCone}. */
export interface FindConeOptions {
  /** Pixels that may hold the picture, both ends included, e.g. a calibrated ultrasound region; the whole frame if left out. */
  readonly within?: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
}

/** A clip shorter than this tells nothing by its motion. */
const FEWEST_FRAMES = 4;
const SECTOR_AGREEMENT = 0.85;
/** What is no brighter than this shows no letter. */
const DARK = 24;

/**
 * Finds the imaging cone of a clip. Tissue moves and text does not: the pixels that change over time, without thin traces, and of
 * these the largest piece, give the region; a sector is fitted to its hull. The mask is the sector where it fits; it
 * reaches further than the hull only where the picture is dark, so that text beside a dark part of the cone stays outside.
 * Single frames fall back on brightness.
 *
 * Source: EchoApex A.2 (mask outside the imaging cone, tight crop); the method is this library's.
 *
 * @param motion of this clip, if it was computed before
 * @throws {DataError} if no region covers at least 2 % of the frame
 */
export function findCone(clip: GrayClip, options: FindConeOptions = {}, motion: MotionMap = motionMap(clip)): Cone {
  const { width, height } = clip;
  const evidence = clip.frameCount >= FEWEST_FRAMES ? 'motion' : 'brightness';
  const raw = evidence === 'motion' ? movingPixels(motion) : litPixels(motion);
  const seen: Mask = { width, height, data: restricted(raw, width, height, options.within) };
  const grain = Math.max(1, Math.round(Math.max(width, height) / 300));
  const { piece, pixels } = largestPiece(close(open(seen, grain), 2 * grain));
  const bounds = boundsOf(piece);
  if (bounds === null || pixels < 0.02 * width * height) {
    throw new DataError(
      `findCone: no ultrasound picture found by ${evidence}: the largest region has ${pixels} of ${width * height} pixels; needs 2 %`,
    );
  }
  const hull = filledHull(piece);
  const { sector: fitted, agreement } = fitSector(hull, bounds);
  const sector = { ...fitted, nearRadius: Math.max(fitted.nearRadius, nearestRadius(fitted, piece)) };
  const shape = agreement >= SECTOR_AGREEMENT ? 'sector' : 'convex';
  const data = shape === 'sector' ? sectorPixels(sector, hull, motion, grain, bounds.top) : hull.data;
  const mask = { width, height, data: restricted(data, width, height, options.within) };
  const box = boundsOf(mask);
  if (box === null) throw new DataError('findCone: the fitted sector is empty; the picture is not an ultrasound cone');
  return { mask, box, shape, sector, agreement, evidence };
}

/**
 * The sector within the hull and a small margin, and its corners beyond, where the picture is too dark to be seen moving. What is not dark
 * there, such as a letter or a tick, is cut out with a margin; where there is much of it the corners stay outside.
 */
function sectorPixels(sector: Sector, hull: Mask, motion: MotionMap, grain: number, top: number): Uint8Array {
  const { width, height } = hull;
  const reach = dilate(hull, 2 * grain);
  const near = new Uint8Array(width * height);
  const corners = new Uint8Array(width * height);
  const written = new Uint8Array(width * height);
  const within = sectorTest(sector);
  let [cornerPixels, writtenPixels] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const brightest = motion.brightest[i]!;
      const still = brightest - motion.darkest[i]! <= 2;
      if (reach.data[i] === 0 && (brightest > DARK || (still && brightest > DARK / 2))) written[i] = 1;
      if (!within(x, y)) continue;
      if (reach.data[i] === 1) near[i] = 1;
      else if (y >= top) {
        corners[i] = 1;
        cornerPixels++;
        writtenPixels += written[i]!;
      }
    }
  }
  if (motion.framesUsed < FEWEST_FRAMES || writtenPixels > 0.02 * cornerPixels) return near;
  const forbidden = dilate({ width, height, data: written }, 4 * grain);
  return near.map((value, i) => value | (corners[i]! & (1 - forbidden.data[i]!)));
}

/** Where the picture starts along the rays; the hull bridges the hollow of a curved array, the region itself does not. */
function nearestRadius(sector: Sector, piece: Mask): number {
  const radii: number[] = [];
  for (let y = 0, i = 0; y < piece.height; y++) {
    for (let x = 0; x < piece.width; x++, i++) {
      if (piece.data[i] === 1) radii.push(Math.hypot(x - sector.apexX, y - sector.apexY));
    }
  }
  const sorted = Float64Array.from(radii).sort();
  return Math.max(0, (sorted[Math.floor(0.002 * sorted.length)] ?? 0) - 1);
}

/** Pixels that change more than noise does. */
function movingPixels({ deviation }: MotionMap): Uint8Array {
  const sorted = Float32Array.from(deviation).sort();
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const threshold = Math.max(1, Math.min(3 * quantile(0.2), 0.25 * quantile(0.9)));
  return Uint8Array.from(deviation, (value) => (value > threshold ? 1 : 0));
}

/** Pixels brighter than the background. */
function litPixels({ brightest }: MotionMap): Uint8Array {
  const counts = new Uint32Array(256);
  for (const value of brightest) counts[value] = counts[value]! + 1;
  let background = 0;
  for (let value = 1; value < 64; value++) if (counts[value]! > counts[background]!) background = value;
  return Uint8Array.from(brightest, (value) => (value > background + 6 ? 1 : 0));
}

function restricted(data: Uint8Array, width: number, height: number, within: FindConeOptions['within']): Uint8Array {
  if (within === undefined) return data;
  const kept = new Uint8Array(data.length);
  for (let y = Math.max(0, within.y0); y <= Math.min(height - 1, within.y1); y++) {
    for (let x = Math.max(0, within.x0); x <= Math.min(width - 1, within.x1); x++)
      kept[y * width + x] = data[y * width + x]!;
  }
  return kept;
}
