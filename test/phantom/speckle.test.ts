import { describe, expect, it } from 'vitest';
import { PointSpread, type PolarGrid, scattererCell } from '../../lib/phantom/point-spread.js';
import { gaussianPairs, scattererAt } from '../../lib/phantom/scatterers.js';

const GRID: PolarGrid = { beams: 140, depths: 420, halfAngle: 0.7, near: 20, far: 160 };

/** Envelope of homogeneous tissue through the same scatterers and resolution as every clip. */
function homogeneousEnvelope(shift: number): Float32Array {
  const spread = new PointSpread(GRID, 1.2, 0.02, 1);
  const pairs = gaussianPairs();
  const count = GRID.beams * GRID.depths;
  const re = new Float32Array(count);
  const im = new Float32Array(count);
  const step = (GRID.far - GRID.near) / GRID.depths;
  for (let j = 0; j < GRID.beams; j++) {
    const angle = ((j + 0.5) / GRID.beams - 0.5) * 2 * GRID.halfAngle;
    for (let i = 0; i < GRID.depths; i++) {
      const radius = GRID.near + (i + 0.5) * step;
      const cell = (value: number): number => Math.floor(value / scattererCell(step, 1.2));
      const pair = scattererAt(cell(radius * Math.sin(angle)), 0, cell(radius * Math.cos(angle) - shift), 5);
      re[j * GRID.depths + i] = pairs[pair]!;
      im[j * GRID.depths + i] = pairs[pair + 1]!;
    }
  }
  const scratch = new Float32Array(count);
  spread.apply(re, scratch);
  spread.apply(im, scratch);
  return re.map((value, n) => Math.hypot(value, im[n]!));
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (x: Float32Array): number => x.reduce((sum, value) => sum + value, 0) / x.length;
  const ma = mean(a);
  const mb = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let n = 0; n < a.length; n++) {
    ab += (a[n]! - ma) * (b[n]! - mb);
    aa += (a[n]! - ma) ** 2;
    bb += (b[n]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

describe('speckle', () => {
  it('is fully developed: the envelope is Rayleigh distributed', () => {
    const envelope = homogeneousEnvelope(0);
    const mean = envelope.reduce((sum, value) => sum + value, 0) / envelope.length;
    const variance = envelope.reduce((sum, value) => sum + (value - mean) ** 2, 0) / envelope.length;
    // sqrt(pi / (4 - pi)) = 1.913 for a Rayleigh distribution (Wagner et al. 1983)
    expect(mean / Math.sqrt(variance)).toBeGreaterThan(1.913 * 0.97);
    expect(mean / Math.sqrt(variance)).toBeLessThan(1.913 * 1.03);
  });

  it('moves with the tissue', () => {
    const step = (GRID.far - GRID.near) / GRID.depths;
    const here = homogeneousEnvelope(0);
    const moved = homogeneousEnvelope(6 * step); // six samples down, seen along the middle beams
    const middle = (field: Float32Array, offset: number): Float32Array => {
      const out: number[] = [];
      for (let j = 60; j < 80; j++) for (let i = 40; i < 380; i++) out.push(field[j * GRID.depths + i + offset]!);
      return Float32Array.from(out);
    };
    expect(correlation(middle(here, 0), middle(moved, 6))).toBeGreaterThan(0.7);
    expect(correlation(middle(here, 0), middle(moved, 0))).toBeLessThan(0.2);
  });
});
