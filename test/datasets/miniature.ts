import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CsvCell, writeCsv } from '../../lib/core/csv.js';
import { writeAvi } from '../../lib/imaging/avi/write-avi.js';
import type { GrayClip } from '../../lib/imaging/image.js';

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

/** A row of a table under construction. */
export type Row = Record<string, CsvCell>;

/** Miniature EchoNet-Dynamic in the official layout; change the rows before they are written to plant a fault. */
export async function writeMiniatureDynamic(
  root: string,
  change: (tables: { list: Row[]; tracings: Row[] }) => void = () => {},
): Promise<void> {
  const list: Row[] = [];
  const tracings: Row[] = [];
  const clip = discClip(12);
  for (let n = 0; n < 6; n++) {
    const name = `0X${n}A`;
    await writeAvi(join(root, 'Videos', `${name}.avi`), clip);
    list.push({
      FileName: name,
      EF: 60 + n,
      ESV: 40,
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
      mkdirSync(join(root, 'clips', `V${n}`), { recursive: true });
      await writeAvi(join(root, path), discClip(5, 48));
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
