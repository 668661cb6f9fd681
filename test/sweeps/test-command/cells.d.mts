import type { SweepCell } from '../../../lib/sweeps/cell.js';
import type { RegisteredSweep } from '../../../lib/sweeps/sweep.js';

export interface SquareParams {
  readonly value: number;
  readonly starts?: string;
  readonly gate?: string;
  readonly mishap?: 'throw' | 'reject' | 'exit' | 'kill' | 'memory' | 'nan';
  readonly mishaps?: number;
}

export interface SquareRow {
  readonly value: number;
  readonly seed: number;
  readonly square: number;
  readonly resumedAt: number;
  readonly cores: number;
  readonly attempt: number;
}

export const squareCell: SweepCell<SquareParams, SquareRow>;
export const sweeps: readonly RegisteredSweep[];
