import { availableParallelism } from 'node:os';
import { ArgumentError } from '../core/errors.js';
import type { CellResources } from './sweep.js';

/** Part of the free memory that cells may take together. */
const SHARE = 0.9;

/** What a machine has to give. */
export interface MachineRoom {
  readonly cores: number;
  /** Memory that is free now, limits of the container included, in MiB. */
  readonly memoryMiB: number;
}

/** What this machine has to give now. */
export function machineRoom(): MachineRoom {
  return { cores: availableParallelism(), memoryMiB: process.availableMemory() / 2 ** 20 };
}

/**
 * Cells that run at once: as many as memory and cores allow, at least one.
 *
 * @throws {ArgumentError} if the limit is not a whole number of at least 1
 */
export function slotsFor(need: CellResources, room: MachineRoom, limit = Number.POSITIVE_INFINITY): number {
  if (!(limit >= 1) || (Number.isFinite(limit) && !Number.isInteger(limit))) {
    throw new ArgumentError(`slotsFor: the number of cells at once must be an integer >= 1, got ${limit}`);
  }
  const byMemory = Math.floor((room.memoryMiB * SHARE) / need.memoryMiB);
  const byCores = Math.floor(room.cores / need.cores);
  return Math.max(1, Math.min(byMemory, byCores, limit));
}
