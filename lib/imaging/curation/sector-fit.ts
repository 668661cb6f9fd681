import type { Mask } from './regions.js';

/** An ultrasound sector: between two rays from an apex and two arcs around it, cut by a rectangle (pictures are often zoomed). */
export interface Sector {
  readonly apexX: number;
  readonly apexY: number;
  /** Angle of the left and right edge from straight down, radians, left negative. */
  readonly leftAngle: number;
  readonly rightAngle: number;
  readonly nearRadius: number;
  readonly farRadius: number;
}

/** A fitted sector and how well it covers the mask: intersection over union, 0 to 1. */
export interface SectorFit {
  readonly sector: Sector;
  readonly agreement: number;
}

interface Samples {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly inside: Uint8Array;
}

/** True if a pixel centre lies in the sector. */
export function isInSector(sector: Sector, x: number, y: number): boolean {
  return sectorTest(sector)(x, y);
}

/**
 * The test for many pixels of one sector. An angle lies between two others less than half a turn apart if the point is on the inner side
 * of both rays: two products instead of an arc tangent.
 */
export function sectorTest(sector: Sector): (x: number, y: number) => boolean {
  const { apexX, apexY } = sector;
  const near = Math.sign(sector.nearRadius) * sector.nearRadius ** 2;
  const far = sector.farRadius ** 2;
  const [leftCos, leftSin] = [Math.cos(sector.leftAngle), Math.sin(sector.leftAngle)];
  const [rightCos, rightSin] = [Math.cos(sector.rightAngle), Math.sin(sector.rightAngle)];
  return (x, y) => {
    const dx = x - apexX;
    const dy = y - apexY;
    const square = dx * dx + dy * dy;
    return square <= far && square >= near && dx * leftCos - dy * leftSin >= 0 && dx * rightCos - dy * rightSin <= 0;
  };
}

/**
 * Fits a sector to a filled region by greatest intersection over union within the region's bounding box: a pattern search from several
 * apex heights (phased arrays have their apex at the top, curved arrays far above it).
 */
export function fitSector(
  region: Mask,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): SectorFit {
  const coarse = samplesOf(region, box, 1000);
  let best: SectorFit | undefined;
  for (const lift of [0, 0.08, 0.25, 0.6, 1.2]) {
    const fit = improved(startFrom(coarse, box, lift * box.height), coarse, box.height, 1);
    if (best === undefined || fit.agreement > best.agreement) best = fit;
  }
  return improved(best!.sector, samplesOf(region, box, 6000), box.height, 0.1);
}

function samplesOf(
  region: Mask,
  box: { left: number; top: number; width: number; height: number },
  wanted: number,
): Samples {
  const step = Math.max(1, Math.sqrt((box.width * box.height) / wanted));
  const x: number[] = [];
  const y: number[] = [];
  for (let v = box.top; v < box.top + box.height; v += step) {
    for (let u = box.left; u < box.left + box.width; u += step) {
      x.push(Math.floor(u));
      y.push(Math.floor(v));
    }
  }
  const inside = Uint8Array.from(x, (u, i) => region.data[y[i]! * region.width + u]!);
  return { x: Float64Array.from(x), y: Float64Array.from(y), inside };
}

/** A first sector: apex above the region's topmost part, edges and arcs from its samples. */
function startFrom(samples: Samples, box: { top: number; height: number }, lift: number): Sector {
  let [sum, count] = [0, 0];
  for (let i = 0; i < samples.x.length; i++) {
    if (samples.inside[i] === 0 || samples.y[i]! > box.top + 0.06 * box.height) continue;
    sum += samples.x[i]!;
    count++;
  }
  const apexX = count > 0 ? sum / count : samples.x[0]!;
  const apexY = box.top - lift;
  const angles: number[] = [];
  const radii: number[] = [];
  for (let i = 0; i < samples.x.length; i++) {
    if (samples.inside[i] === 0) continue;
    const [dx, dy] = [samples.x[i]! - apexX, samples.y[i]! - apexY];
    radii.push(Math.hypot(dx, dy));
    if (dy > 0.2 * box.height) angles.push(Math.atan2(dx, dy));
  }
  angles.sort((a, b) => a - b);
  radii.sort((a, b) => a - b);
  const at = (values: readonly number[], share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
  return {
    apexX,
    apexY,
    leftAngle: at(angles, 0.005),
    rightAngle: at(angles, 0.995),
    nearRadius: Math.max(0, at(radii, 0.002)),
    farRadius: at(radii, 0.998),
  };
}

function agreementOf(sector: Sector, samples: Samples): number {
  let [both, either] = [0, 0];
  const { x, y, inside } = samples;
  const within = sectorTest(sector);
  for (let i = 0; i < x.length; i++) {
    const here = within(x[i]!, y[i]!) ? 1 : 0;
    const there = inside[i]!;
    both += here & there;
    either += here | there;
  }
  return either === 0 ? 0 : both / either;
}

/** Pattern search: each parameter up and down, steps halved when nothing helps. */
function improved(start: Sector, samples: Samples, scale: number, firstStep: number): SectorFit {
  let sector = start;
  let agreement = agreementOf(sector, samples);
  const steps: Readonly<Record<keyof Sector, number>> = {
    apexX: 0.08 * scale,
    apexY: 0.12 * scale,
    leftAngle: 0.12,
    rightAngle: 0.12,
    nearRadius: 0.08 * scale,
    farRadius: 0.08 * scale,
  };
  for (let size = firstStep; size > 0.02; ) {
    let moved = false;
    for (const name of Object.keys(steps) as (keyof Sector)[]) {
      for (const sign of [1, -1]) {
        const candidate = { ...sector, [name]: sector[name] + sign * size * steps[name] };
        const value = agreementOf(candidate, samples);
        if (value <= agreement) continue;
        [sector, agreement, moved] = [candidate, value, true];
        break;
      }
    }
    if (!moved) size /= 2;
  }
  return { sector, agreement };
}
