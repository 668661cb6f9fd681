import { NumericalError } from '../core/errors.js';
import type { RunOutputs } from './runner.js';

/** What a NaN stop names. */
export interface RunPosition {
  /** The step that was just run, counted from 1. */
  readonly step: number;
  /** Where to go on from; undefined if none was written yet. */
  readonly lastCheckpoint?: string | undefined;
}

/**
 * Stops a run whose scalar outputs are no longer numbers.
 *
 * @throws {NumericalError} naming the step, every scalar that the step reported, and the last good checkpoint
 */
export function expectFinite(outputs: RunOutputs, position: RunPosition): void {
  const scalars = Object.entries(outputs).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const broken = scalars.filter(([, value]) => !Number.isFinite(value)).map(([name]) => name);
  if (broken.length === 0) return;
  const terms = scalars.map(([name, value]) => `${name} ${value}`).join(', ');
  const from = position.lastCheckpoint ?? 'none yet';
  throw new NumericalError(
    `step ${position.step}: ${broken.join(', ')} must be finite, got ${terms}; last good checkpoint: ${from}; lower the learning rate or look at the inputs of this step`,
  );
}
