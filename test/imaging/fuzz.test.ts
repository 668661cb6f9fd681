import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { type FuzzedFormat, fuzzReaders } from '../../lib/imaging/fuzz/fuzz-readers.js';
import { mutate } from '../../lib/imaging/fuzz/mutate.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';

const fixtures = new URL('../fixtures/', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'echolab-fuzz-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const originals: Record<FuzzedFormat, Uint8Array[]> = { avi: [], dicom: [], nifti: [] };

beforeAll(() => {
  originals.avi = [readFileSync(`${fixtures}avi/opencv.avi`)];
  const dicom = (name: string): Uint8Array => readFileSync(`${fixtures}dicom/${name}`);
  originals.dicom = ['tiny-native.dcm', 'tiny-jpeg.dcm', 'tiny-rle.dcm', 'tiny-j2k.dcm', 'gray16-lossless-4.dcm'].map(
    dicom,
  );
  originals.dicom.push(gunzipSync(dicom('ExplVR_BigEnd.dcm.gz')));
  const data = Float32Array.from({ length: 9 * 8 * 3 }, (_, i) => i);
  for (const name of ['a.nii', 'a.nii.gz']) {
    writeNifti(join(folder, name), { shape: [9, 8, 3, 1], spacing: [1, 1, 1, 0], data });
    originals.nifti.push(readFileSync(join(folder, name)));
  }
});

describe('2,000 damaged files of each format', () => {
  it.each(['avi', 'dicom', 'nifti'] as const)('%s: read, or refused by name', async (format) => {
    const report = await fuzzReaders({ format, originals: originals[format], mutations: 2000, seed: 20 });
    expect(report.failures).toEqual([]);
    expect(report.read + report.refused).toBe(2000);
    expect(report.refused).toBeGreaterThan(400); // the damage bites
    expect(report.read).toBeGreaterThan(100); // and does not always kill
  });
});

describe('mutate', () => {
  it('is the same for the same stream and leaves the original alone', () => {
    const original = Uint8Array.from({ length: 300 }, (_, i) => i);
    const copy = original.slice();
    expect(mutate(original, stream(1, 'm'))).toEqual(mutate(original, stream(1, 'm')));
    expect(original).toEqual(copy);
    expect(mutate(new Uint8Array(), stream(1, 'm'))).toHaveLength(0);
  });
});
