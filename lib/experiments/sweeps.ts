import type { RegisteredSweep } from '../sweeps/sweep.js';

/** Every sweep of the experiments; `echolab sweep` runs them, and its worker processes find their cells here. */
export const SWEEPS: readonly RegisteredSweep[] = [];
