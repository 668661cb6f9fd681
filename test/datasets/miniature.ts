import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { type CsvCell, writeCsv } from '../../lib/core/csv.js';
import { writeFileWhole } from '../../lib/core/files.js';
import { writeAvi } from '../../lib/imaging/avi/write-avi.js';
import type { GrayClip } from '../../lib/imaging/image.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';

/** A folder that is gone after the tests. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'echolab-data-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A pulsing bright disc on black: enough for readers that only have to find frames. */
export function discClip(frameCount: number, size = 112, framesPerSecond = 50): GrayClip {
  const data = new Uint8Array(frameCount * size * size);
  for (let k = 0, i = 0; k < frameCount; k++) {
    const radius = size * (0.25 + 0.08 * Math.cos((2 * Math.PI * k) / frameCount));
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++, i++) data[i] = Math.hypot(x - size / 2, y - size / 2) < radius ? 20 : 120;
  }
  return { width: size, height: size, frameCount, framesPerSecond, data };
}

const written = new Map<string, Buffer>();

/** Writes a disc clip; encoded once per size. */
async function writeDisc(path: string, frameCount: number, size = 112): Promise<void> {
  const key = `${frameCount}x${size}`;
  mkdirSync(dirname(path), { recursive: true });
  const known = written.get(key);
  if (known !== undefined) return writeFileSync(path, known);
  await writeAvi(path, discClip(frameCount, size));
  written.set(key, readFileSync(path));
}

/** A row of a table under construction. */
export type Row = Record<string, CsvCell>;

/** Miniature EchoNet-Dynamic in the official layout; change the rows before they are written to plant a fault. */
export async function writeMiniatureDynamic(
  root: string,
  change: (tables: { list: Row[]; tracings: Row[] }) => void = () => {},
): Promise<void> {
  const list: Row[] = [];
  const tracings: Row[] = [];
  for (let n = 0; n < 6; n++) {
    const name = `0X${n}A`;
    await writeDisc(join(root, 'Videos', `${name}.avi`), 12);
    list.push({
      FileName: name,
      EF: 60 + n,
      ESV: 40 - n,
      EDV: 100,
      FrameHeight: 112,
      FrameWidth: 112,
      FPS: 50,
      NumberOfFrames: 12,
      Split: ['TRAIN', 'TRAIN', 'TRAIN', 'VAL', 'TEST', 'TEST'][n]!,
    });
    for (const [frame, radius] of [
      [0, 30 + n],
      [6, 20 + n],
    ] as const) {
      tracings.push({ FileName: `${name}.avi`, X1: 56, Y1: 56 - radius, X2: 56, Y2: 56 + radius, Frame: frame });
      for (let chord = 0; chord < 20; chord++) {
        const y = 56 - radius + (2 * radius * (chord + 0.5)) / 20;
        const half = Math.sqrt(radius ** 2 - (y - 56) ** 2);
        tracings.push({ FileName: `${name}.avi`, X1: 56 - half, Y1: y, X2: 56 + half, Y2: y, Frame: frame });
      }
    }
  }
  change({ list, tracings });
  writeCsv(join(root, 'FileList.csv'), list, Object.keys(list[0]!));
  writeCsv(join(root, 'VolumeTracings.csv'), tracings, ['FileName', 'X1', 'Y1', 'X2', 'Y2', 'Frame']);
}

/** Miniature view study: 6 patients, two clips each. */
export async function writeMiniatureViews(root: string, change: (rows: Row[]) => void = () => {}): Promise<void> {
  const rows: Row[] = [];
  for (let n = 0; n < 6; n++) {
    for (const view of ['A4C', 'PLAX:LV']) {
      const path = `clips/V${n}/${view === 'A4C' ? '00' : '01'}.avi`;
      await writeDisc(join(root, path), 5, 48);
      rows.push({
        path,
        patient: `V${n}`,
        view,
        vendor: 'Acme',
        site: `site-${1 + (n % 2)}`,
        split: ['train', 'train', 'train', 'train', 'val', 'test'][n]!,
      });
    }
  }
  change(rows);
  writeCsv(join(root, 'clips.csv'), rows, Object.keys(rows[0]!));
}

/** Miniature EchoNet-Pediatric: 10 patients, one clip a view and fold. */
export async function writeMiniaturePediatric(
  root: string,
  change: (tables: { view: string; list: Row[]; tracings: Row[] }) => void = () => {},
): Promise<void> {
  for (const view of ['A4C', 'PSAX']) {
    const list: Row[] = [];
    const tracings: Row[] = [];
    for (let n = 0; n < 10; n++) {
      const name = `CR${n}-${view}-0001.avi`;
      await writeDisc(join(root, view, 'Videos', name), 8);
      list.push({ FileName: name, EF: 55 + n, Sex: 'F', Age: n, Weight: n === 3 ? 'NaN' : 20, Height: 110, Split: n });
      for (const [frame, radius] of [
        [4, 20],
        [0, 30],
      ] as const) {
        for (let k = 0; k < 24; k++) {
          const angle = (2 * Math.PI * k) / 24;
          tracings.push({
            FileName: name,
            X: 56 + radius * Math.cos(angle),
            Y: 56 + radius * Math.sin(angle),
            Frame: frame,
          });
        }
      }
    }
    change({ view, list, tracings });
    writeCsv(join(root, view, 'FileList.csv'), list, Object.keys(list[0]!));
    writeCsv(join(root, view, 'VolumeTracings.csv'), tracings, ['FileName', 'X', 'Y', 'Frame']);
  }
}

/** Miniature EchoNet-LVH: 4 clips in two batches, 6 calipers each, 0.5 mm a pixel. */
export async function writeMiniatureLvh(root: string, change: (rows: Row[]) => void = () => {}): Promise<void> {
  const rows: Row[] = [];
  for (let n = 0; n < 4; n++) {
    const hash = `0XL${n}`;
    await writeDisc(join(root, `Batch${1 + (n % 2)}`, `${hash}.avi`), 10, 160);
    ['IVSd', 'LVIDd', 'LVPWd', 'IVSs', 'LVIDs', 'LVPWs'].forEach((Calc, k) => {
      const length = [20, 90, 18, 26, 60, 24][k]!;
      rows.push({
        HashedFileName: hash,
        Calc,
        CalcValue: (length * 0.5) / 10,
        Frame: k < 3 ? 0 : 5,
        X1: 80,
        X2: 80,
        Y1: 30,
        Y2: 30 + length,
        Frames: 10,
        FPS: 50,
        Width: 160,
        Height: 160,
        split: ['train', 'train', 'val', 'test'][n]!,
      });
    });
  }
  change(rows);
  writeCsv(join(root, 'MeasurementsList.csv'), rows, Object.keys(rows[0]!));
}

/** Miniature CAMUS: 3 patients, both views. */
export function writeMiniatureCamus(root: string, change: (files: Map<string, string>) => void = () => {}): void {
  const width = 40;
  const height = 60;
  const picture = (radius: number, labelled: boolean): Float32Array =>
    Float32Array.from({ length: width * height }, (_, i) => {
      const inside = Math.hypot((i % width) - 20, Math.floor(i / width) - 25) < radius;
      return labelled ? (inside ? 1 : 0) : inside ? 30 : 120;
    });
  const text = new Map<string, string>();
  for (let n = 1; n <= 3; n++) {
    const patient = `patient000${n}`;
    for (const view of ['4CH', '2CH']) {
      const base = join(root, 'database_nifti', patient, `${patient}_${view}`);
      const write = (part: string, data: Float32Array, frames: number): void =>
        writeNifti(`${base}_${part}.nii.gz`, { shape: [width, height, frames, 1], spacing: [0.5, 0.5, 1, 0], data });
      for (const [phase, radius] of [
        ['ED', 15],
        ['ES', 10],
      ] as const) {
        write(phase, picture(radius, false), 1);
        write(`${phase}_gt`, picture(radius, true), 1);
      }
      const sequence = (labelled: boolean): Float32Array => {
        const frames = [15, 13, 11, 10].map((radius) => picture(radius, labelled));
        return Float32Array.from(frames.flatMap((frame) => [...frame]));
      };
      write('half_sequence', sequence(false), 4);
      write('half_sequence_gt', sequence(true), 4);
      text.set(
        `database_nifti/${patient}/Info_${view}.cfg`,
        'ED: 1\nES: 4\nNbFrame: 4\nSex: F\nAge: 60\nImageQuality: Good\nEF: 55\nFrameRate: 48.2\n',
      );
    }
  }
  text.set('database_split/subgroup_training.txt', 'patient0001\n');
  text.set('database_split/subgroup_validation.txt', 'patient0002\n');
  text.set('database_split/subgroup_testing.txt', 'patient0003\n');
  change(text);
  for (const [file, content] of text) {
    if (content !== '') writeFileWhole(join(root, file), content);
  }
}

/** A 67-character Unity code. */
export const unityCode = (n: number): string => `01-${String(n).repeat(64)}`;

/** Miniature Unity: 3 clips, one frame each. */
export async function writeMiniatureUnity(
  root: string,
  change: (labels: { train: Record<string, unknown>; val: Record<string, unknown> }) => void = () => {},
): Promise<void> {
  const labels: { train: Record<string, unknown>; val: Record<string, unknown> } = { train: {}, val: {} };
  for (let n = 1; n <= 3; n++) {
    const code = unityCode(n);
    const name = `${code}-0007.png`;
    const folder = join(root, 'png-cache', code.slice(0, 2), code.slice(3, 5), code.slice(5, 7));
    mkdirSync(folder, { recursive: true });
    const image = discClip(1, 64);
    await sharp(image.data, { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toFile(join(folder, name));
    labels[n < 3 ? 'train' : 'val'][name] = {
      labels: {
        'lv-ivs-top': { type: '', x: '20.5', y: '30' },
        'lv-endo': [{ type: '', x: '10 20 30', y: '5 6 7' }],
        'lv-pw-top': { type: 'off', x: '', y: '' },
        'lv-pw-bottom': { type: 'blurred', x: '', y: '' },
      },
    };
  }
  change(labels);
  writeFileWhole(join(root, 'labels', 'labels-train.json'), JSON.stringify(labels.train));
  writeFileWhole(join(root, 'labels', 'labels-val.json'), JSON.stringify(labels.val));
}

/** Miniature TMED-2: 4 pictures of 3 patients. */
export async function writeMiniatureTmed2(root: string, change: (rows: Row[]) => void = () => {}): Promise<void> {
  const rows: Row[] = [];
  for (const [key, view] of [
    ['1s1_0.png', 'PLAX'],
    ['1s2_3.png', 'A4C'],
    ['2s1_0.png', 'PSAX'],
    ['3s1_1.png', 'Not_Provided'],
  ] as const) {
    const folder = 'view_and_diagnosis_labeled_set/labeled';
    mkdirSync(join(root, folder), { recursive: true });
    await sharp(discClip(1, 64).data, { raw: { width: 64, height: 64, channels: 1 } })
      .png()
      .toFile(join(root, folder, key));
    rows.push({ query_key: key, view_label: view, diagnosis_label: 'no_AS', SourceFolder: folder });
  }
  change(rows);
  writeCsv(join(root, 'labels_per_image.csv'), rows, Object.keys(rows[0]!));
}

/** Miniature volume set: 2 volumes, one with a mask. */
export function writeMiniatureVolumes(root: string, change: (rows: Row[]) => void = () => {}): void {
  const rows: Row[] = [];
  for (let n = 0; n < 2; n++) {
    const data = Float32Array.from({ length: 12 * 10 * 8 }, (_, i) => (i + n) % 200);
    writeNifti(join(root, `volumes/${n}.nii.gz`), { shape: [12, 10, 8, 1], spacing: [1, 1, 1, 0], data });
    rows.push({
      path: `volumes/${n}.nii.gz`,
      patient: `P${n}`,
      vendor: 'Acme',
      site: 's',
      mask: n === 0 ? 'volumes/0.nii.gz' : '',
    });
  }
  change(rows);
  writeCsv(join(root, 'volumes.csv'), rows, Object.keys(rows[0]!));
}

/** Miniature biplane set: 2 patients, two planes, two phases. */
export async function writeMiniatureBiplanes(root: string, change: (rows: Row[]) => void = () => {}): Promise<void> {
  const rows: Row[] = [];
  const side = 24;
  for (let n = 0; n < 2; n++) {
    for (const plane of [0, 90]) {
      for (const phase of ['ED', 'ES']) {
        const name = `B${n}_${plane}_${phase}.png`;
        for (const folder of ['images', 'masks']) {
          mkdirSync(join(root, folder), { recursive: true });
          const data = Uint8Array.from({ length: side * side }, (_, i) =>
            folder === 'masks' ? Number(i % side > 12) : i % 200,
          );
          await sharp(data, { raw: { width: side, height: side, channels: 1 } })
            .png()
            .toFile(join(root, folder, name));
        }
        const view = plane === 0 ? 'A4C' : 'A2C';
        rows.push({
          path: `images/${name}`,
          mask: `masks/${name}`,
          patient: `B${n}`,
          view,
          plane,
          phase,
          vendor: 'Acme',
          site: 's',
          spacing: 1.5,
        });
      }
    }
  }
  change(rows);
  writeFileWhole(join(root, 'labels.json'), JSON.stringify({ leftVentricle: 1 }));
  writeCsv(join(root, 'biplanes.csv'), rows, Object.keys(rows[0]!));
}

/** Miniature picture set: 3 pictures. */
export async function writeMiniaturePictures(root: string, change: (rows: Row[]) => void = () => {}): Promise<void> {
  const rows: Row[] = [];
  mkdirSync(join(root, 'images'), { recursive: true });
  for (let n = 0; n < 3; n++) {
    const data = new Uint8Array(32 * 32 * 3).fill(40 * n);
    await sharp(data, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toFile(join(root, `images/${n}.png`));
    rows.push({ path: `images/${n}.png`, kind: 'flat' });
  }
  change(rows);
  writeCsv(join(root, 'images.csv'), rows, Object.keys(rows[0]!));
}
