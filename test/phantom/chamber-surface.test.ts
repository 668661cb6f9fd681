import { describe, expect, it } from 'vitest';
import { chamberSurface } from '../../lib/phantom/chamber-surface.js';
import { heartOf } from '../../lib/phantom/clip-plan.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { drawLabelledFrames } from '../../lib/phantom/labelled-frames.js';
import { Chamber } from '../../lib/phantom/tissue.js';

describe('chamberSurface', () => {
  it('encloses the volume that the left ventricle states', () => {
    const heart = heartOf(4, 'surface', 'adult');
    const { x, y, z } = chamberSurface(new HeartFrame(heart, 0), Chamber.leftVentricle, 41, 61);
    // volume under a star-shaped surface: a third of the solid angle integral of r^3
    const centre = [x, y, z].map((grid) => grid[0]![0]!) as [number, number, number];
    let volume = 0;
    for (let row = 0; row < 40; row++) {
      for (let column = 0; column < 60; column++) {
        const at = (r: number, c: number): number[] => [x[r]![c]!, y[r]![c]!, z[r]![c]!];
        volume += tetrahedron(centre, at(row, column), at(row + 1, column), at(row + 1, column + 1));
        volume += tetrahedron(centre, at(row, column), at(row + 1, column + 1), at(row, column + 1));
      }
    }
    expect(Math.abs(volume) / 1000 / heart.leftVentricle.cavityVolume(0)).toBeGreaterThan(0.93);
    expect(Math.abs(volume) / 1000 / heart.leftVentricle.cavityVolume(0)).toBeLessThan(1.01);
  });

  it('refuses a chamber that is not there', () => {
    const frame = new HeartFrame(heartOf(4, 'surface', 'adult'), 0);
    expect(() => chamberSurface(frame, 9)).toThrow(/no chamber 9/);
  });
});

describe('drawLabelledFrames', () => {
  it('gives pairs whose cavity shrinks', () => {
    const frames = drawLabelledFrames({ seed: 3, patients: 2, view: 'A4C', vendor: 'GE', size: 112 });
    const area = (n: number): number =>
      frames[n]!.labels.reduce((sum, label) => sum + (label === Chamber.leftVentricle ? 1 : 0), 0);
    expect(frames).toHaveLength(4);
    expect(area(1)).toBeLessThan(area(0));
    expect(area(3)).toBeLessThan(area(2));
  });
});

/** Signed volume. */
function tetrahedron(o: readonly number[], a: readonly number[], b: readonly number[], c: readonly number[]): number {
  const [u, v, w] = [a, b, c].map((point) => point.map((value, axis) => value - o[axis]!)) as [
    number[],
    number[],
    number[],
  ];
  return (
    (u[0]! * (v[1]! * w[2]! - v[2]! * w[1]!) -
      u[1]! * (v[0]! * w[2]! - v[2]! * w[0]!) +
      u[2]! * (v[0]! * w[1]! - v[1]! * w[0]!)) /
    6
  );
}
