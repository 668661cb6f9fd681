import { describe, expect, it } from 'vitest';
import type { DinoConfig } from '../../../lib/training/dino/dino-config.js';
import { initialParams, sineCosinePositions } from '../../../lib/training/dino/initial-params.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO } from '../../fixtures/pretrain/tiny-dino.mjs';

const config = TINY_DINO as DinoConfig;
const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('initialParams', () => {
  it('released: linear weights have deviation 0.02; fan-in: 1 / sqrt(inputs)', () => {
    const key = 'backbone.blocks.0.mlp.fc1.weight'; // [32, 16]
    expect(deviation(initialParams(config, 1)[key]!.data)).toBeCloseTo(0.02, 2);
    const scaled = initialParams({ ...config, initialisation: 'fan-in' }, 1)[key]!.data;
    expect(Math.abs(deviation(scaled) - 0.25)).toBeLessThan(0.03);
  });

  it('is the same for a seed and differs between seeds', () => {
    expect(initialParams(config, 1)).toEqual(initialParams(config, 1));
    expect(initialParams(config, 1)).not.toEqual(initialParams(config, 2));
  });
});

describe('sineCosinePositions', () => {
  it('equals hand-solved cells: width 8, grid 2', () => {
    const positions = sineCosinePositions(8, 2);
    expect([...positions.subarray(0, 8)]).toEqual(new Array(8).fill(0)); // CLS
    // cell (row 1, column 0): x = 0; y = 1 with frequencies 1 and 0.01
    const expected = [0, 0, 1, 1, Math.sin(1), Math.sin(0.01), Math.cos(1), Math.cos(0.01)];
    [...positions.subarray(24, 32)].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
  });

  it('gives every cell a position of its own', () => {
    const positions = sineCosinePositions(16, 4);
    const rows = Array.from({ length: 17 }, (_, i) => positions.subarray(i * 16, (i + 1) * 16).join());
    expect(new Set(rows).size).toBe(17);
  });
});
