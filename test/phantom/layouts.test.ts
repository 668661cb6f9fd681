import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../lib/core/csv.js';
import { silentProgress } from '../../lib/core/progress.js';
import { openAvi } from '../../lib/imaging/avi/open-avi.js';
import { curateClip } from '../../lib/imaging/curation/curate-clip.js';
import { readDicom } from '../../lib/imaging/dicom/read-dicom.js';
import { readNifti } from '../../lib/imaging/nifti/read-nifti.js';
import { PHANTOM_SMOKE } from '../../lib/phantom/data-config.js';
import { makePhantomData } from '../../lib/phantom/make-phantom-data.js';

const folder = mkdtempSync(join(tmpdir(), 'phantom-layouts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  await makePhantomData(
    folder,
    {
      ...PHANTOM_SMOKE,
      pretrain: null,
      views: null,
      echonetDynamic: null,
      camus: { patients: { train: 1, val: 1, test: 1 }, size: 112, frames: 3 },
      echonetPediatric: { patients: 3, size: 112, frames: 8 },
      echonetLvh: { patients: { train: 2, val: 1, test: 1 }, size: 112, frames: 8 },
      unity: { patients: { train: 2, val: 1, test: 0 }, size: 112 },
      volBiplane: { patients: { train: 1, val: 0, test: 1 }, size: 96 },
      volumes: { patients: { train: 1, val: 0, test: 0 }, side: 28 },
      tmed2: { patients: { train: 1, val: 1, test: 0 }, size: 64 },
      dicom: { patients: { train: 1, val: 0, test: 0 }, clipsPerPatient: 2, size: 160, frames: 6 },
      generic: { images: 3, size: 48 },
    },
    silentProgress,
    { workers: 2 },
  );
}, 120_000);

describe('CAMUS', () => {
  const file = (part: string): string =>
    join(folder, 'camus/database_nifti/patient0001', `patient0001_4CH_${part}.nii.gz`);

  it('has pictures, masks and sequences of one size and spacing', async () => {
    const [ed, edMask, es, sequence, sequenceMask] = await Promise.all(
      ['ED', 'ED_gt', 'ES', 'half_sequence', 'half_sequence_gt'].map((part) => readNifti(file(part))),
    );
    expect(edMask!.shape).toEqual(ed!.shape);
    expect(ed!.shape[0]).toBe(112);
    expect(sequence!.shape).toEqual([ed!.shape[0], ed!.shape[1], 3, 1]);
    expect(sequence!.spacing[0]).toBeCloseTo(sequence!.spacing[1], 6);
    const frame = ed!.data.length;
    expect(sequence!.data.slice(0, frame)).toEqual(ed!.data);
    expect(sequence!.data.slice(2 * frame)).toEqual(es!.data);
    const area = (from: number, label: number): number =>
      sequenceMask!.data.slice(from, from + frame).filter((value) => value === label).length;
    expect(new Set(sequenceMask!.data)).toEqual(new Set([0, 1, 2, 3]));
    expect(area(0, 1)).toBeGreaterThan(area(2 * frame, 1)); // the cavity shrinks
  });

  it('has the official split files and info keys', () => {
    expect(readFileSync(join(folder, 'camus/database_split/subgroup_testing.txt'), 'utf8')).toBe('patient0003\n');
    const info = readFileSync(join(folder, 'camus/database_nifti/patient0001/Info_4CH.cfg'), 'utf8');
    expect(info.match(/^(\w+): /gm)?.map((key) => key.slice(0, -2))).toEqual(
      ['ED', 'ES', 'NbFrame', 'Sex', 'Age', 'ImageQuality', 'EF', 'FrameRate'], // reference of the layout
    );
  });
});

describe('EchoNet-Pediatric', () => {
  it('has the same child, fold and EF in both views and lists systole first', () => {
    const [apical, short] = (['A4C', 'PSAX'] as const).map((view) =>
      readCsv(join(folder, `echonet-pediatric/${view}/FileList.csv`), [
        'FileName',
        'EF',
        'Sex',
        'Age',
        'Weight',
        'Height',
        'Split',
      ]),
    );
    expect(apical!.map(({ EF, Split }) => [EF, Split])).toEqual(short!.map(({ EF, Split }) => [EF, Split]));
    expect(apical!.every(({ FileName }) => FileName!.endsWith('.avi'))).toBe(true);
    const tracings = readCsv(join(folder, 'echonet-pediatric/A4C/VolumeTracings.csv'), ['FileName', 'X', 'Y', 'Frame']);
    const first = tracings.filter(({ FileName }) => FileName === apical![0]!.FileName);
    const frames = [...new Set(first.map(({ Frame }) => Frame))];
    const area = (frame: string | undefined): number =>
      shoelace(first.filter(({ Frame }) => Frame === frame).map(({ X, Y }) => [Number(X), Number(Y)] as const));
    expect(frames).toHaveLength(2);
    expect(area(frames[0])).toBeLessThan(area(frames[1]));
  });
});

describe('EchoNet-LVH', () => {
  it('measures six distances a clip at one scale, walls thicker and cavity smaller in systole', async () => {
    const rows = readCsv(join(folder, 'echonet-lvh/MeasurementsList.csv'), [
      'HashedFileName',
      'Calc',
      'CalcValue',
      'split',
    ]);
    expect(rows).toHaveLength(4 * 6);
    for (let n = 0; n < rows.length; n += 6) {
      const clip = rows.slice(n, n + 6);
      const value = (calc: string): number => Number(clip.find(({ Calc }) => Calc === calc)!.CalcValue);
      expect(value('LVIDs')).toBeLessThan(value('LVIDd'));
      const scales = clip.map((row) => {
        const length = Math.hypot(Number(row.X1) - Number(row.X2), Number(row.Y1) - Number(row.Y2));
        return (10 * Number(row.CalcValue)) / length; // lvh#12
      });
      for (const scale of scales) expect(scale / scales[0]!).toBeCloseTo(1, 6);
      const batch = 1 + ((n / 6) % 4);
      const video = await openAvi(join(folder, `echonet-lvh/Batch${batch}/${clip[0]!.HashedFileName}.avi`));
      expect(video.width).toBe(112);
      await video.close();
    }
  });
});

describe('Unity', () => {
  it('names pictures by code and frame, and labels four points or less', () => {
    const all = JSON.parse(readFileSync(join(folder, 'unity/labels-all.json'), 'utf8')) as Record<
      string,
      { labels: Record<string, { type: string; x: string; y: string }> }
    >;
    expect(Object.keys(all)).toHaveLength(3);
    for (const [name, { labels }] of Object.entries(all)) {
      expect(name).toMatch(/^01-[0-9a-f]{64}-\d{4}\.png$/); // a 67-character code
      readFileSync(join(folder, 'unity/png-cache', name.slice(0, 2), name.slice(3, 5), name.slice(5, 7), name));
      const y = (label: string): number => Number(labels[label]!.y);
      expect(y('lv-ivs-top')).toBeLessThan(y('lv-ivs-bottom'));
      expect(y('lv-ivs-bottom')).toBeLessThan(y('lv-pw-top'));
    }
  });
});

describe('volumes', () => {
  it('has a cubic picture and chambers that agree in shape', async () => {
    const [row] = readCsv(join(folder, 'volumes/volumes.csv'), ['path', 'patient', 'vendor', 'site', 'mask', 'split']);
    const picture = await readNifti(join(folder, 'volumes', row!.path!));
    const mask = await readNifti(join(folder, 'volumes', row!.mask!));
    expect(picture.shape).toEqual([28, 28, 28, 1]);
    expect(mask.shape).toEqual(picture.shape);
    const cavity =
      (mask.data.filter((label) => label === 1).length * mask.spacing.slice(0, 3).reduce((a, b) => a * b)) / 1000;
    expect(cavity).toBeGreaterThan(25); // mL; parts may lie outside the pyramid
    expect(cavity).toBeLessThan(320);
  });
});

describe('DICOM', () => {
  it('is read, knows its scale and is curated to a cone', async () => {
    const [row] = readCsv(join(folder, 'dicom/clips.csv'), ['path', 'patient', 'view', 'vendor', 'site', 'split']);
    const cine = await readDicom(join(folder, 'dicom', row!.path!));
    expect(cine.frameCount).toBe(6);
    expect(cine.manufacturer).toBe(row!.vendor);
    expect(cine.patientId).toBe(row!.patient);
    expect(cine.identifyingTags.named).toContain("Patient's Name");
    expect(cine.spacing.known).toBe(true);
    const curated = curateClip(await cine.readClip(), { size: 112 });
    expect(curated.clip.frameCount).toBe(6);
  });
});

describe('TMED-2, biplanes and textures', () => {
  it('list files that exist', () => {
    const exist = (base: string, table: string, column: string): number => {
      const rows = readCsv(join(folder, base, table), [column]);
      for (const row of rows) readFileSync(join(folder, base, row[column]!));
      return rows.length;
    };
    expect(exist('vol-biplane', 'biplanes.csv', 'path')).toBe(8);
    expect(exist('vol-biplane', 'biplanes.csv', 'mask')).toBe(8);
    expect(exist('generic', 'images.csv', 'path')).toBe(3);
    const stills = readCsv(join(folder, 'tmed-2/labels_per_image.csv'), ['query_key', 'view_label', 'SourceFolder']);
    for (const row of stills) readFileSync(join(folder, 'tmed-2', row.SourceFolder!, row.query_key!));
    expect(stills.map(({ view_label }) => view_label).slice(0, 5)).toEqual([
      'PLAX',
      'PSAX',
      'A4C',
      'A2C',
      'A4CorA2CorOther',
    ]);
  });
});

function shoelace(points: readonly (readonly [number, number])[]): number {
  let twice = 0;
  points.forEach(([x, y], n) => {
    const [nextX, nextY] = points[(n + 1) % points.length]!;
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}
