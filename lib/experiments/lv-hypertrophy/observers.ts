import { type RandomStream, stream } from '../../core/random.js';
import { OBSERVER_DIFFERENCE, observedCaliper } from '../../evaluation/observer-noise.js';
import { WALL_MEASUREMENTS, type WallMeasurement } from '../../evaluation/wall-measurements.js';
import type { Row } from '../scaling-study/probe-encoder.js';
import type { Caliper, LandmarkFrame } from './landmark-frames.js';

/** Columns of observers.csv: lengths that two simulated observers read off the exact caliper. */
export const OBSERVER_COLUMNS: readonly string[] = [
  'sample',
  'patient',
  'set',
  'measurement',
  'truth',
  'first',
  'second',
];

/** A frame as a simulated human observer would have labelled it. */
export function observedFrame(frame: LandmarkFrame, random: RandomStream): LandmarkFrame {
  const calipers = Object.fromEntries(
    WALL_MEASUREMENTS.map((name) => {
      const caliper = frame.calipers[name];
      return [name, caliper && observed(caliper, name, frame, random.child(name))];
    }),
  ) as Record<WallMeasurement, Caliper | null>;
  return { ...frame, calipers };
}

/** Two observers' readings of every caliper of phantom frames, whose own are exact. */
export function observerRows(frames: readonly LandmarkFrame[], seed: number): Row[] {
  return frames.flatMap((frame) => {
    const [first, second] = [1, 2].map((observer) =>
      observedFrame(frame, stream(seed, `observer/${observer}/${frame.sample}`)),
    );
    return WALL_MEASUREMENTS.flatMap((measurement): Row[] => {
      const caliper = frame.calipers[measurement];
      if (caliper === null) return [];
      return [
        {
          sample: frame.sample,
          patient: frame.patient,
          set: frame.set,
          measurement,
          truth: caliper.length,
          first: first!.calipers[measurement]!.length,
          second: second!.calipers[measurement]!.length,
        },
      ];
    });
  });
}

function observed(caliper: Caliper, name: WallMeasurement, frame: LandmarkFrame, random: RandomStream): Caliper {
  const ends = observedCaliper(caliper.ends, OBSERVER_DIFFERENCE[name][frame.phase || 'diastole'], random);
  const size = ([a, b]: Caliper['ends']): number => Math.hypot(b.x - a.x, b.y - a.y);
  return { ends, length: (caliper.length * size(ends)) / size(caliper.ends) };
}
