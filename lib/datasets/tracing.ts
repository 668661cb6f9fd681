import type { Point } from '../imaging/polygon-fill.js';
import type { Findings } from './finding.js';

/** The left ventricle's outline in one frame. */
export interface LeftVentricleTracing {
  /** 0-based. */
  readonly frame: number;
  /** End-diastole is the larger of a clip's two areas. */
  readonly phase: 'ED' | 'ES';
  /** Corners in pixels, closed implicitly. */
  readonly outline: readonly Point[];
  /** Of the outline, pixels squared. */
  readonly area: number;
  /** `[height, width]`, 1 inside. Made when asked for. */
  mask(): Uint8Array;
}

/** Area of a polygon, pixels squared (shoelace). */
export function polygonArea(corners: readonly Point[]): number {
  let twice = 0;
  corners.forEach(({ x, y }, index) => {
    const next = corners[(index + 1) % corners.length]!;
    twice += x * next.y - next.x * y;
  });
  return Math.abs(twice) / 2;
}

/** The two traced frames of a clip. */
export interface PhasedTracings {
  /** End-diastole, then end-systole. */
  readonly tracings: readonly LeftVentricleTracing[];
  /** Which phase the data set listed first. */
  readonly listedFirst: LeftVentricleTracing['phase'];
}

/** Turns outlines into end-diastole and end-systole by area. Where more than two frames are traced, the largest and the smallest are taken. */
export function byPhase(
  outlines: readonly { readonly frame: number; readonly outline: readonly Point[] }[],
  size: { readonly width: number; readonly height: number },
  fill: (outline: readonly Point[], width: number, height: number) => Uint8Array,
): PhasedTracings {
  const tracings = outlines.map(({ frame, outline }) => {
    const mask = (): Uint8Array => fill(outline, size.width, size.height);
    return { frame, outline, area: polygonArea(outline), mask };
  });
  const bySize = [...tracings].sort((a, b) => b.area - a.area || a.frame - b.frame);
  const [largest, smallest] = [bySize[0]!, bySize[bySize.length - 1]!];
  return {
    tracings: [
      { ...largest, phase: 'ED' },
      { ...smallest, phase: 'ES' },
    ],
    listedFirst: tracings.indexOf(largest) < tracings.indexOf(smallest) ? 'ED' : 'ES',
  };
}

/**
 * Reports clips that list their phases against the order that most clips of the set have: there the annotator, or a script, may have
 * swapped them. Nothing depends on the order.
 */
export function reportSwappedPhases(
  clips: readonly { readonly name: string; readonly listedFirst: LeftVentricleTracing['phase'] }[],
  file: string,
  findings: Findings,
): void {
  const diastoleFirst = clips.filter(({ listedFirst }) => listedFirst === 'ED').length;
  if (clips.length < 3 || 2 * diastoleFirst === clips.length) return;
  const usual = 2 * diastoleFirst > clips.length ? 'ED' : 'ES';
  for (const { name, listedFirst } of clips) {
    if (listedFirst === usual) continue;
    const [first, other] = listedFirst === 'ED' ? ['larger', 'smaller'] : ['smaller', 'larger'];
    findings.add(
      'phases-swapped',
      'repaired',
      file,
      `${name} lists the ${first} area first; most clips list the ${other} one`,
      'end-diastole is the larger area',
    );
  }
}
