import type { RandomStream } from '../core/random.js';

/** Where the heart is in its beat. */
export interface CyclePoint {
  /** Contraction: 0 at end-diastole, 1 at end-systole. */
  readonly contraction: number;
  /** Opening of the mitral and tricuspid valves, 0 shut to 1 wide. */
  readonly inflow: number;
  /** Opening of the aortic and pulmonary valves, 0 shut to 1 wide. */
  readonly outflow: number;
  /** Contraction of the atria, 0 full to 1 emptied by the atrial kick. */
  readonly atrialKick: number;
}

/** One patient's beat; time is a fraction of the cycle, 0 at end-diastole. */
export interface CardiacCycle {
  /** Fraction of the cycle at which the ventricle is smallest. */
  readonly endSystole: number;
  readonly contraction: MonotoneCurve;
  readonly inflow: MonotoneCurve;
  readonly outflow: MonotoneCurve;
  readonly atrialKick: MonotoneCurve;
}

/**
 * A beat with isovolumic phases, ejection, rapid filling, diastasis and atrial kick.
 *
 * Systole takes a larger share of a faster beat: its length is 0.546 - 0.0021 rate seconds (Weissler et al. 1968,
 * Circulation 37:149, electromechanical systole in men). Diastasis shortens with the rate and vanishes near 110 beats a minute.
 *
 * @param heartRate beats a minute
 */
export function drawCycle(random: RandomStream, heartRate: number): CardiacCycle {
  const systole = ((0.546 - 0.0021 * heartRate) * heartRate) / 60;
  const endSystole = Math.min(0.52, Math.max(0.28, systole + 0.015 * random.normal()));
  const rest = 1 - endSystole;
  const early = random.between(0.62, 0.8); // share of filling before diastasis
  const kick = endSystole + rest * random.between(0.74, 0.82);
  const filled = endSystole + rest * random.between(0.4, 0.5);
  const open = endSystole + 0.09 * rest;
  return {
    endSystole,
    contraction: monotoneCurve([
      [0, 0],
      [0.04, 0.012],
      [endSystole * 0.42, 0.55],
      [endSystole * 0.75, 0.93],
      [endSystole, 1],
      [open, 0.975],
      [filled, 1 - early],
      [kick, 1 - early - 0.05],
      [0.97, 0.012],
      [1, 0],
    ]),
    inflow: monotoneCurve([
      [0, 0],
      [open - 0.01, 0],
      [open + 0.1 * rest, 1],
      [filled + 0.05 * rest, 0.3],
      [kick, 0.34],
      [kick + 0.09 * rest, 0.82],
      [1, 0],
    ]),
    outflow: monotoneCurve([
      [0, 0],
      [0.05, 0],
      [0.1, 1],
      [endSystole * 0.85, 0.9],
      [endSystole + 0.01, 0],
      [1, 0],
    ]),
    atrialKick: monotoneCurve([
      [0, 0.9],
      [0.08, 0.6],
      [endSystole, 0],
      [kick, 0.15],
      [0.97, 1],
      [1, 0.9],
    ]),
  };
}

/** The state of a beat at any time; only the fractional part of `time` counts. */
export function cycleAt(cycle: CardiacCycle, time: number): CyclePoint {
  const t = time - Math.floor(time);
  return {
    contraction: cycle.contraction(t),
    inflow: cycle.inflow(t),
    outflow: cycle.outflow(t),
    atrialKick: cycle.atrialKick(t),
  };
}

/** A smooth curve on [0, 1]. */
export type MonotoneCurve = (x: number) => number;

/**
 * Cubic through knots without overshoot.
 *
 * Source: Fritsch and Carlson 1980, SIAM J Numer Anal 17:238, with the harmonic-mean slopes of Fritsch and Butland 1984.
 *
 * @param knots `[x, y]`, x increasing
 */
export function monotoneCurve(knots: readonly (readonly [number, number])[]): MonotoneCurve {
  const n = knots.length;
  const secants = knots.slice(1).map(([x, y], i) => (y - knots[i]![1]) / (x - knots[i]![0]));
  const slopes = knots.map((_, i) => {
    const before = secants[i - 1];
    const after = secants[i];
    if (before === undefined || after === undefined || before * after <= 0) return 0;
    return (2 * before * after) / (before + after);
  });
  return (x) => {
    let i = 0;
    while (i < n - 2 && x > knots[i + 1]![0]) i++;
    const [x0, y0] = knots[i]!;
    const [x1, y1] = knots[i + 1]!;
    const h = x1 - x0;
    const t = Math.min(1, Math.max(0, (x - x0) / h));
    const u = 1 - t;
    return y0 * u * u * (1 + 2 * t) + y1 * t * t * (3 - 2 * t) + h * t * u * (slopes[i]! * u - slopes[i + 1]! * t);
  };
}
