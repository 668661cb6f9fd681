import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curateFolder } from '../../lib/datasets/curation/curate-folder.js';
import { slicesOfDicom, slicesOfNifti } from '../../lib/datasets/curation/curate-volume.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { readDicomBytes } from '../../lib/imaging/dicom/read-dicom.js';
import { encodeJpegGray } from '../../lib/imaging/jpeg.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';
import { sliceVolume } from '../../lib/imaging/volume/slice-volume.js';
import { type DicomElement, dicomBytes } from '../../lib/phantom/dicom-bytes.js';
import { temporaryFolder } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const salt = 'a salt of sixteen characters';

const SIDE = 32;
const STEP = 2; // mm
/** A bright ball in a dark box, off the middle in every direction; smooth, so that JPEG keeps it. Grows with time. */
function ball(x: number, y: number, z: number, moment = 0): number {
  const distance = Math.hypot(x - 18, y - 13, z - 20);
  return Math.max(0, Math.min(200, Math.round(200 - 14 * (distance - moment))));
}

const ds = (tag: number, value: string): DicomElement => ({ tag, vr: 'DS', value });
const fd = (tag: number, value: readonly number[]): DicomElement => ({ tag, vr: 'FD', value });
const sq = (tag: number, item: readonly DicomElement[]): DicomElement => ({ tag, vr: 'SQ', value: [[...item]] });

interface Plane {
  readonly origin: readonly number[];
  readonly turned: readonly number[];
  readonly seconds: number;
  readonly at: (column: number, row: number) => number;
}

/** An Enhanced US Volume: the functional groups that DICOM PS3.3 A.59 demands of its planes. */
async function enhancedVolume(planes: readonly Plane[], burnedIn = 'NO'): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  for (const { at } of planes) {
    const data = Uint8Array.from({ length: SIDE * SIDE }, (_value, i) => at(i % SIDE, Math.floor(i / SIDE)));
    frames.push(await encodeJpegGray({ width: SIDE, height: SIDE, data }, 100));
  }
  const groups = planes.map(({ origin, turned, seconds }) => [
    sq(0x0020930e, [fd(0x00209301, origin)]),
    sq(0x0020930f, [fd(0x00209302, turned)]),
    sq(0x00209310, [fd(0x0020930d, [seconds])]),
  ]);
  return dicomBytes(
    [
      { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.6.2' },
      { tag: 0x00080018, vr: 'UI', value: '2.25.1' },
      { tag: 0x00080060, vr: 'CS', value: 'US' },
      { tag: 0x00080070, vr: 'LO', value: 'Acme' },
      { tag: 0x00100010, vr: 'PN', value: 'Doe^Jane' },
      { tag: 0x00100020, vr: 'LO', value: 'ID1' },
      { tag: 0x00280002, vr: 'US', value: [1] },
      { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
      { tag: 0x00280008, vr: 'IS', value: String(planes.length) },
      { tag: 0x00280010, vr: 'US', value: [SIDE] },
      { tag: 0x00280011, vr: 'US', value: [SIDE] },
      { tag: 0x00280100, vr: 'US', value: [8] },
      { tag: 0x00280101, vr: 'US', value: [8] },
      { tag: 0x00280102, vr: 'US', value: [7] },
      { tag: 0x00280103, vr: 'US', value: [0] },
      { tag: 0x00280301, vr: 'CS', value: burnedIn },
      sq(0x52009229, [sq(0x00289110, [ds(0x00280030, `${STEP}\\${STEP}`)])]),
      { tag: 0x52009230, vr: 'SQ', value: groups },
    ],
    frames,
  );
}

/** Planes across the elevation, columns along the depth, stored from back to front: nothing lies as the volume does. */
const stacked = (moment = 0): Plane[] =>
  Array.from({ length: SIDE }, (_value, n) => {
    const y = SIDE - 1 - n;
    return {
      origin: [-5, y * STEP, 7],
      turned: [0, 0, 1, 1, 0, 0],
      seconds: 0.05 * moment,
      at: (column: number, row: number) => ball(row, y, column, moment),
    };
  });

const expected = sliceVolume({
  shape: [SIDE, SIDE, SIDE],
  spacing: [STEP, STEP, STEP],
  data: Uint8Array.from({ length: SIDE ** 3 }, (_value, i) =>
    ball(i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)),
  ),
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

describe('slices of an Enhanced US Volume', () => {
  it('are those of the volume, however its planes lie', async () => {
    const { slices, framesPerSecond, maybeScreen } = await slicesOfDicom(
      readDicomBytes(await enhancedVolume(stacked()), 'volume'),
    );
    expect([framesPerSecond, maybeScreen]).toEqual([null, false]);
    expect(slices.map(({ plane }) => plane)).toEqual([
      ...Array.from({ length: 12 }, (_value, n) => `AB${String(15 * n).padStart(3, '0')}`),
      'C1',
      'C2',
      'C3',
    ]);
    for (const [index, { images, millimetresPerPixel }] of slices.entries()) {
      expect(millimetresPerPixel).toBeCloseTo(STEP, 9);
      expect(images[0]).toMatchObject({ width: expected[index]!.image.width, height: expected[index]!.image.height });
      expect(meanDifference(images[0]!.data, expected[index]!.image.data)).toBeLessThan(1); // JPEG at quality 100
    }
  });

  it('become clips where there are several moments', async () => {
    const bytes = await enhancedVolume([...stacked(2), ...stacked(0), ...stacked(1)]);
    const { slices, framesPerSecond } = await slicesOfDicom(readDicomBytes(bytes, 'volume'));
    expect(framesPerSecond).toBeCloseTo(20, 9); // 50 ms apart
    const bright = slices[0]!.images.map(({ data }) => data.reduce((sum, value) => sum + value, 0));
    expect(bright[0]).toBeLessThan(bright[1]!);
    expect(bright[1]).toBeLessThan(bright[2]!);
  });

  it('are the planes themselves where those are not parallel', async () => {
    const planes = [0, 60, 120].map((degrees): Plane => {
      const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      return {
        origin: [0, 0, 0],
        turned: [cos, sin, 0, 0, 0, 1],
        seconds: 0,
        at: (x, z) => ball(x, 13, z) + degrees / 3,
      };
    });
    const { slices } = await slicesOfDicom(readDicomBytes(await enhancedVolume(planes), 'volume'));
    expect(slices.map(({ plane, images }) => [plane, images.length])).toEqual([
      ['P01', 1],
      ['P02', 1],
      ['P03', 1],
    ]);
  });

  it('are refused where the planes make no volume', async () => {
    const open = async (planes: readonly Plane[]): Promise<unknown> =>
      slicesOfDicom(readDicomBytes(await enhancedVolume(planes), 'volume'));
    await expect(open(stacked().slice(0, 5))).rejects.toThrow(/5 parallel planes make no volume/);
    await expect(open(stacked().filter((_plane, n) => n !== 9))).rejects.toThrow(/even distances/);
    const skew = stacked().map((plane) => ({ ...plane, turned: [0, 0, 1, 0.5, 0, 0.9] }));
    await expect(open(skew)).rejects.toThrow(/not at right angles/);
  });
});

describe('curateFolder on volumes', () => {
  const input = join(folder.path, 'in');
  const output = join(folder.path, 'out');

  beforeAll(async () => {
    mkdirSync(input);
    writeFileSync(join(input, 'Doe^Jane.dcm'), await enhancedVolume([...stacked(0), ...stacked(1)]));
    writeFileSync(join(input, 'burned.dcm'), await enhancedVolume(stacked(), 'YES'));
    const shape = [SIDE, SIDE, SIDE, 1] as const;
    const spacing = [STEP, STEP, STEP, 0] as const;
    const data = Float32Array.from({ length: SIDE ** 3 }, (_value, i) =>
      ball(i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)),
    );
    writeNifti(join(input, 'grid.nii.gz'), { shape, spacing, data });
    // A screen whose letters stand still, stacked up as if it were a volume.
    const screen = data.map((value, i) => (i % SIDE < 6 && Math.floor(i / SIDE) % SIDE < 3 ? 220 : value));
    writeNifti(join(input, 'screen.nii.gz'), { shape, spacing, data: screen });
    writeNifti(join(input, 'cine.nii.gz'), {
      shape: [SIDE, SIDE, 5, 1],
      spacing,
      data: data.slice(0, 5 * SIDE * SIDE),
    });
  }, 60_000);

  it('writes 15 slices a volume, and quarantines what may be a screen', async () => {
    const report = await curateFolder(input, output, { salt, workers: 0, size: 48 });
    expect(report).toMatchObject({
      files: 5,
      written: 2,
      skipped: { 'not-a-clip': 1 },
      quarantined: { 'text-may-remain': 2 },
      withoutSpacing: 0,
    });
    const study = openDataset(join(output, 'manifest.json'), output);
    if (study.layout !== 'view-study') throw new Error('layout');
    expect(study.findings).toEqual([]);
    expect(study.samples).toHaveLength(30);
    const suffixes = study.samples.map(({ id }) => id.replace(/^.*\./, ''));
    expect([suffixes.filter((one) => one === 'avi').length, suffixes.filter((one) => one === 'png').length]).toEqual([
      15, 15,
    ]);
    const clip = study.samples.find(({ extra, id }) => extra.plane === 'AB015' && id.endsWith('.avi'))!;
    expect(clip).toMatchObject({ vendor: 'Acme' });
    expect(await clip.readClip()).toMatchObject({ width: 48, height: 48, frameCount: 2 });
    expect(Number(clip.extra.mm_per_pixel)).toBeGreaterThan(0);
    for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
      expect(name).not.toMatch(/Doe|grid/);
      if (/\.(csv|json|jsonl)$/.test(name))
        expect(readFileSync(join(output, name), 'utf8')).not.toMatch(/Doe|grid|ID1/);
    }
    expect((await curateFolder(input, output, { salt, workers: 0, size: 48 })).doneInThisRun).toBe(0);
  });

  it('keeps the size of a pixel through crop and resize', async () => {
    const slices = (await slicesOfNifti(join(input, 'grid.nii.gz')))!.slices;
    const study = openDataset(join(output, 'manifest.json'), output);
    if (study.layout !== 'view-study') throw new Error('layout');
    // The ball seen in AB000 is as wide as deep: its crop's side in mm is that of the result.
    const slice = slices[0]!.images[0]!;
    const columns = Array.from({ length: slice.width }, (_value, x) => x).filter((x) =>
      slice.data.some((value, i) => value > 0 && i % slice.width === x),
    );
    const rows = new Set(
      [...slice.data.keys()].filter((i) => slice.data[i]! > 0).map((i) => Math.floor(i / slice.width)),
    );
    const side = Math.max(columns.length, rows.size) * STEP;
    const sample = study.samples.find(({ extra, id }) => extra.plane === 'AB000' && id.endsWith('.png'))!;
    expect(48 * Number(sample.extra.mm_per_pixel)).toBeCloseTo(side, 9);
  });
});
