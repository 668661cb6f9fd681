import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { landmarkHeatmaps, landmarksOf } from '../../lib/evaluation/landmark-heatmaps.js';
import { landmarkErrors, missingMeasurements, wallLengths } from '../../lib/evaluation/wall-measurements.js';

const pixel = { xMillimetres: 1, yMillimetres: 1 };

describe('landmarkHeatmaps', () => {
  it('is a Gaussian ball of height 1', () => {
    const { data, annotated } = landmarkHeatmaps([{ x: 8, y: 5 }, null], 16, 12, 5);
    expect(data[5 * 16 + 8]).toBe(1);
    expect(data[5 * 16 + 13]).toBeCloseTo(Math.exp(-0.5), 6); // one sigma away
    expect(data[8 * 16 + 12]).toBeCloseTo(Math.exp(-0.5), 6); // 3-4-5
    expect(Math.max(...data.subarray(16 * 12))).toBe(0);
    expect([...annotated]).toEqual([1, 0]);
  });

  it('names what is wrong', () => {
    expect(() => landmarkHeatmaps([], 4, 4, 0)).toThrow(ArgumentError);
    expect(() => landmarkHeatmaps([{ x: Number.NaN, y: 0 }], 4, 4, 1)).toThrow(/point 0/);
  });
});

describe('landmarksOf', () => {
  it('finds the points that heatmaps were made of, to a tenth of a pixel', () => {
    const points = [
      { x: 30.3, y: 41.8 },
      { x: 20, y: 22.5 },
    ];
    const found = landmarksOf(landmarkHeatmaps(points, 64, 64, 5).data, 64, 64);
    for (const [i, point] of points.entries()) {
      expect(Math.hypot(found[i]!.x - point.x, found[i]!.y - point.y)).toBeLessThan(0.1);
    }
  });

  it('is the centroid of what exceeds the threshold, unweighted, and null where nothing does', () => {
    const heatmaps = [0.3, 0.31, 0, 0.9, 0, 0, 0.3, 0.3];
    expect(landmarksOf(heatmaps, 2, 2)).toEqual([{ x: 1, y: 0.5 }, null]);
    expect(landmarksOf(heatmaps, 2, 2, 0.2)[1]).toEqual({ x: 0.5, y: 1 });
    expect(() => landmarksOf(heatmaps, 3, 3)).toThrow(ShapeError);
  });
});

describe('wallLengths', () => {
  const points = [
    { x: 10, y: 10 },
    { x: 10, y: 20 },
    { x: 13, y: 64 },
    { x: 13, y: 73 },
  ];

  it('measures septum, cavity and wall in millimetres', () => {
    expect(wallLengths(points, pixel)).toEqual({ ivs: 10, lvid: Math.hypot(3, 44), lvpw: 9 });
    expect(wallLengths(points, { xMillimetres: 2, yMillimetres: 0.5 }).lvid).toBeCloseTo(Math.hypot(6, 22), 12);
  });

  it('reports a missing landmark as no measurement, never as 0', () => {
    const lengths = wallLengths([points[0]!, null, points[2]!, points[3]!], pixel);
    expect(lengths).toEqual({ ivs: null, lvid: null, lvpw: 9 });
    expect(missingMeasurements([lengths, wallLengths(points, pixel)])).toEqual({ ivs: 1, lvid: 1, lvpw: 0 });
    expect(() => wallLengths(points.slice(1), pixel)).toThrow(ShapeError);
  });

  it('gives the mean distance of two landmarks as the error of a measurement', () => {
    const moved = points.map(({ x, y }, i) => ({ x: x + (i === 1 ? 3 : 0), y: y + (i === 1 ? 4 : 0) }));
    expect(landmarkErrors(moved, points, pixel)).toEqual({ ivs: 2.5, lvid: 2.5, lvpw: 0 });
    expect(landmarkErrors([null, ...points.slice(1)], points, pixel)).toEqual({ ivs: null, lvid: 0, lvpw: 0 });
  });
});
