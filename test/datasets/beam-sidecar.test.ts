import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { readBeamSidecar } from '../../lib/datasets/curation/beam-sidecar.js';
import { curateFolder } from '../../lib/datasets/curation/curate-folder.js';
import { slicesOfNifti } from '../../lib/datasets/curation/curate-volume.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';
import { spacingOf } from '../../lib/imaging/volume/scan-conversion.js';
import { temporaryFolder } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);

const GEOMETRY = { nearMillimetres: 5, farMillimetres: 100, azimuthDegrees: 80, elevationDegrees: 60 };
const SHAPE = [96, 49, 41] as const; // samples, azimuth, elevation
const BALL = { x: 12, y: -6, z: 55, radius: 20 }; // mm from the apex

/** A smooth ball, in mm from the apex. */
function ball(x: number, y: number, z: number): number {
  const distance = Math.hypot(x - BALL.x, y - BALL.y, z - BALL.z);
  return distance > BALL.radius ? 0 : 200 * (1 - (distance / BALL.radius) ** 2);
}

/** The ball along beams: a beam at azimuth a and elevation e points to (tan a, tan e, 1). */
function writeBeams(path: string): void {
  const [samples, across, along] = SHAPE;
  const data = new Float32Array(samples * across * along);
  const radians = (degrees: number, index: number, count: number): number =>
    (degrees * (index / (count - 1) - 0.5) * Math.PI) / 180;
  for (let e = 0, i = 0; e < along; e++) {
    for (let a = 0; a < across; a++) {
      const [tx, ty] = [
        Math.tan(radians(GEOMETRY.azimuthDegrees, a, across)),
        Math.tan(radians(GEOMETRY.elevationDegrees, e, along)),
      ];
      for (let d = 0; d < samples; d++, i++) {
        const far = (5 + (95 * d) / (samples - 1)) / Math.hypot(tx, ty, 1);
        data[i] = ball(tx * far, ty * far, far);
      }
    }
  }
  writeNifti(path, { shape: [...SHAPE, 1], spacing: [1, 1, 1, 0], data });
}

describe('a NIfTI volume along beams', () => {
  const path = join(folder.path, 'heart.nii.gz');
  const sidecar = join(folder.path, 'heart.beams.json');

  it('is cut as the Cartesian volume that it shows', async () => {
    writeBeams(path);
    writeFileSync(sidecar, JSON.stringify(GEOMETRY));
    const { slices } = (await slicesOfNifti(path))!;
    expect(slices).toHaveLength(15);
    const step = slices[0]!.millimetresPerPixel;
    expect(step).toBeCloseTo(1, 9); // 95 mm by 95 steps along a beam
    const top = 5 / Math.hypot(1, Math.tan((40 * Math.PI) / 180), Math.tan(Math.PI / 6)); // the shallowest corner
    for (const [index, degrees] of [
      [0, 0],
      [6, 90],
      [3, 45],
    ] as const) {
      const { width, height, data } = slices[index]!.images[0]!;
      const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      let [sum, worst] = [0, 0];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const along = (x - (width - 1) / 2) * step;
          const expected = ball(along * cos, along * sin, top + y * step);
          worst = Math.max(worst, Math.abs(data[y * width + x]! - expected));
          sum += expected;
        }
      }
      expect(sum).toBeGreaterThan(10_000);
      expect(worst).toBeLessThan(10); // at the kink of the rim, 20 levels a mm, between beams up to 2 mm apart: at most slope * gap / 4
    }
  });

  it('is curated, and again once the file beside it says so', async () => {
    const input = join(folder.path, 'in');
    const output = join(folder.path, 'out');
    mkdirSync(input);
    writeBeams(join(input, 'heart.nii.gz'));
    const options = { salt: 'a salt of sixteen characters', workers: 0, size: 32 };
    await curateFolder(input, output, options);
    writeFileSync(join(input, 'heart.beams.json'), JSON.stringify(GEOMETRY));
    const report = await curateFolder(input, output, options);
    expect(report).toMatchObject({ files: 2, written: 1, doneInThisRun: 2, skipped: { 'not-a-clip': 1 } });
    expect((await curateFolder(input, output, options)).doneInThisRun).toBe(0);
  }, 60_000);
});

describe('readBeamSidecar', () => {
  it('is null without a file and refuses what is no geometry', () => {
    const path = join(folder.path, 'other.nii');
    const sidecar = join(folder.path, 'other.beams.json');
    expect(readBeamSidecar(path)).toBeNull();
    for (const text of [
      '{',
      '{}',
      JSON.stringify({ ...GEOMETRY, azimuthDegrees: 180 }),
      JSON.stringify({ ...GEOMETRY, nearMillimetres: 100 }),
      JSON.stringify({ ...GEOMETRY, unit: 'cm' }),
    ]) {
      writeFileSync(sidecar, text);
      expect(() => readBeamSidecar(path), text).toThrow(FormatError);
    }
    rmSync(sidecar);
  });
});

describe('spacingOf', () => {
  it('is a step along the beam unless the grid would be too large', () => {
    const beams = {
      shape: [96, 49, 41] as const,
      nearMillimetres: 5,
      farMillimetres: 100,
      azimuthAngle: 1,
      elevationAngle: 1,
      data: new Uint8Array(),
    };
    expect(spacingOf(beams)).toBeCloseTo(1, 12);
    const fine = spacingOf({ ...beams, shape: [10_001, 49, 41] });
    const [side, depth] = [200 * Math.sin(0.5), 100 - 5 / Math.hypot(1, Math.tan(0.5), Math.tan(0.5))];
    expect((side * side * depth) / fine ** 3).toBeCloseTo(2 ** 24, 0);
  });
});
