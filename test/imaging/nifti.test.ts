import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { FormatError, ShapeError } from '../../lib/core/errors.js';
import type { NiftiVolume } from '../../lib/imaging/nifti/nifti-volume.js';
import { parseNifti, readNifti } from '../../lib/imaging/nifti/read-nifti.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';

const folder = mkdtempSync(join(tmpdir(), 'echolab-nifti-'));
afterAll(() => rmSync(folder, { recursive: true }));

const volume: NiftiVolume = {
  shape: [5, 4, 3, 2],
  spacing: [0.25, 0.5, 2, 0.125],
  data: Float32Array.from({ length: 120 }, (_, i) => i - 7.5),
};

describe('writeNifti and readNifti', () => {
  it.each(['plain.nii', 'packed.nii.gz'])('give the volume back: %s', async (name) => {
    writeNifti(join(folder, name), volume);
    expect(await readNifti(join(folder, name))).toEqual(volume);
  });

  it('refuse data that do not fill the shape', () => {
    expect(() => writeNifti(join(folder, 'x.nii'), { ...volume, data: new Float32Array(3) })).toThrow(ShapeError);
  });
});

describe('parseNifti', () => {
  writeNifti(join(folder, 'base.nii'), volume);
  const base = readFileSync(join(folder, 'base.nii'));
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(base);
    change(bytes);
    return bytes;
  };

  it('applies slope and intercept, and units', () => {
    const scaled = parseNifti(
      changed((bytes) => {
        bytes.writeFloatLE(2, 112);
        bytes.writeFloatLE(10, 116);
        bytes.writeUInt8(1 | 16, 123); // metres, milliseconds
      }),
      'scaled',
    );
    expect(scaled.data[0]).toBe(-5); // 2 x -7.5 + 10
    expect(scaled.spacing).toEqual([250, 500, 2000, 0.000125]);
  });

  it('reads big-endian bytes of 16 bits', () => {
    const bytes = Buffer.alloc(352 + 4);
    bytes.writeInt32BE(348, 0);
    [2, 2, 1, 1, 1, 1, 1, 1].forEach((length, axis) => {
      bytes.writeInt16BE(length, 40 + 2 * axis);
    });
    bytes.writeInt16BE(4, 70);
    bytes.writeInt16BE(16, 72);
    for (let axis = 0; axis < 8; axis++) bytes.writeFloatBE(1, 76 + 4 * axis);
    bytes.writeFloatBE(352, 108);
    bytes.write('n+1\0', 344, 'latin1');
    bytes.writeInt16BE(-3, 352);
    bytes.writeInt16BE(700, 354);
    expect([...parseNifti(bytes, 'big').data]).toEqual([-3, 700]);
  });

  it('refuses what is damaged, absurd or a bomb', () => {
    const failure = (bytes: Uint8Array): string => {
      try {
        parseNifti(bytes, 'bad.nii');
        return '';
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        return String(error);
      }
    };
    expect(failure(new Uint8Array())).toContain('not a NIfTI file');
    expect(failure(base.subarray(0, 400))).toContain('truncated');
    expect(failure(changed((bytes) => bytes.writeInt16LE(32767, 42)))).toContain('truncated');
    expect(
      failure(
        changed((bytes) => {
          for (let axis = 0; axis < 4; axis++) bytes.writeInt16LE(32767, 42 + 2 * axis);
        }),
      ),
    ).toContain('dimensions');
    expect(failure(changed((bytes) => bytes.writeInt16LE(0, 42)))).toContain('dimensions');
    expect(failure(changed((bytes) => bytes.writeInt16LE(1792, 70)))).toContain('data type 1792');
    expect(failure(gzipSync(base).subarray(0, -20))).toContain('cannot be inflated');
  });

  it('inflates no further than the header asks for', () => {
    // 64 MiB of zeros behind a header of 120 voxels
    const bomb = gzipSync(Buffer.concat([base, Buffer.alloc(2 ** 26)]));
    writeFileSync(join(folder, 'bomb.nii.gz'), bomb);
    return expect(readNifti(join(folder, 'bomb.nii.gz'))).rejects.toThrow('cannot be inflated to the 832 bytes');
  });
});

const camus = new URL('../../../shared/samples/camus/', import.meta.url).pathname;

describe.runIf(existsSync(camus))('the six real CAMUS patients', () => {
  const rows = existsSync(camus)
    ? readFileSync(`${camus}camus_reference.csv`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))
    : [];

  it.each(rows)(
    '%s has the areas and Dice of camus_reference.csv',
    async (patient, _split, height, width, ...numbers) => {
      const [ed, es] = await Promise.all(
        ['ED', 'ES'].map((phase) => readNifti(`${camus}${patient}_4CH_${phase}_gt.nii.gz`)),
      );
      expect(ed!.shape.slice(0, 2)).toEqual([Number(width), Number(height)]);
      expect(ed!.spacing[0]).toBeCloseTo(Number(numbers[0]), 6);
      const pixel = ed!.spacing[0] * ed!.spacing[1];
      const count = (volume: NiftiVolume, label: number): number =>
        volume.data.filter((value) => value === label).length;
      // lv, myo, la: area in ED then ES
      [1, 2, 3].forEach((label, k) => {
        expect(count(ed!, label) * pixel).toBeCloseTo(Number(numbers[1 + 2 * k]), 2);
        expect(count(es!, label) * pixel).toBeCloseTo(Number(numbers[2 + 2 * k]), 2);
      });
      [1, 2, 3].forEach((label, k) => {
        let both = 0;
        for (let i = 0; i < ed!.data.length; i++) if (ed!.data[i] === label && es!.data[i] === label) both++;
        expect((2 * both) / (count(ed!, label) + count(es!, label))).toBeCloseTo(Number(numbers[10 + k]), 5);
      });
    },
  );
});
