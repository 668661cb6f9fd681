import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CsvRow } from '../core/csv.js';
import type { Point } from '../imaging/polygon-fill.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { type SplitName, splitNamed } from './split.js';
import { numberIn, readTable, rowOf } from './table.js';

/** What EchoNet-LVH measures: septum, cavity, posterior wall; d in diastole, s in systole. */
export const CALIPERS = ['IVSd', 'IVSs', 'LVIDd', 'LVIDs', 'LVPWd', 'LVPWs'] as const;

/** A caliper's name. */
export type CaliperName = (typeof CALIPERS)[number];

/** One measured distance. */
export interface CaliperMeasurement {
  readonly name: CaliperName;
  readonly centimetres: number;
  /** 0-based. */
  readonly frame: number;
  readonly from: Point;
  readonly to: Point;
  /** `10 * centimetres / distance`. */
  readonly millimetresPerPixel: number;
}

/** One parasternal long-axis clip of EchoNet-LVH. */
export interface EchonetLvhSample extends ClipSample {
  readonly view: 'PLAX';
  /** null where the table contradicts itself: open the clip to learn them. */
  readonly width: number | null;
  readonly height: number | null;
  readonly frameCount: number | null;
  readonly framesPerSecond: number | null;
  /** Several may be of one name: all are kept in file order. */
  readonly measurements: readonly CaliperMeasurement[];
  /** Median over the clip's measurements. */
  readonly millimetresPerPixel: number;
}

/** EchoNet-LVH on disk. */
export type EchonetLvh = Dataset<'echonet-lvh', EchonetLvhSample>;

const FILE = 'MeasurementsList.csv';
const COLUMNS = [
  'HashedFileName',
  'Calc',
  'CalcValue',
  'Frame',
  'X1',
  'X2',
  'Y1',
  'Y2',
  'Frames',
  'FPS',
  'Width',
  'Height',
  'split',
];
const NAMES = new Set<string>(CALIPERS);
/** Hashes whose Width holds FPS and FPS the frame count. */
const KNOWN_SHIFTED = new Set(['0XBD41EBF599F7EE4F', '0X2061669A27571EA3', '0XA26FCACCC289023E']);
/** A scale this far from the median of its clip is a wrong caliper or a wrong value. */
const SCALE_TOLERANCE = 0.25;

/**
 * Reads EchoNet-LVH: `MeasurementsList.csv` and a folder a batch with `<hash>.avi`.
 *
 * Source: echonet/lvh, issues 12 (scale), 13 and 15 (splits).
 *
 * @param root the folder that holds `MeasurementsList.csv`
 */
export function readEchonetLvh(root: string, manifest: Manifest): EchonetLvh {
  const findings = new Findings();
  const videos = videosByHash(root, findings);
  const groups = new Map<string, { row: CsvRow; index: number }[]>();
  const seen = new Map<string, number>();
  readTable(manifest.name, root, FILE, COLUMNS).forEach((row, index) => {
    const text = JSON.stringify(COLUMNS.map((column) => row[column]));
    const before = seen.get(text);
    if (before !== undefined) {
      findings.add('duplicate-row', 'repaired', rowOf(FILE, index), `repeats row ${before + 1}`, 'taken once');
      return;
    }
    seen.set(text, index);
    const hash = row.HashedFileName!.trim().replace(/\.avi$/i, '');
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [{ row, index }]);
    else group.push({ row, index });
  });
  const samples: EchonetLvhSample[] = [];
  for (const [hash, rows] of groups) {
    const sample = sampleOf(hash, rows, videos.get(hash), findings);
    if (sample !== null) samples.push(sample);
  }
  for (const [hash, path] of videos) {
    if (!groups.has(hash)) findings.add('extra-file', 'note', path.slice(root.length + 1), `not in ${FILE}`, 'ignored');
  }
  return { layout: 'echonet-lvh', manifest, root, samples, findings: findings.list() };
}

/** All clips in the batch folders. */
function videosByHash(root: string, findings: Findings): Map<string, string> {
  const videos = new Map<string, string>();
  const batches = existsSync(root)
    ? readdirSync(root)
        .filter((name) => /^batch/i.test(name))
        .sort()
    : [];
  for (const batch of batches) {
    for (const file of readdirSync(join(root, batch))) {
      if (!file.toLowerCase().endsWith('.avi')) continue;
      const hash = file.slice(0, -4);
      if (videos.has(hash)) {
        findings.add('extra-file', 'note', `${batch}/${file}`, 'stands in an earlier batch too', 'ignored');
        continue;
      }
      videos.set(hash, join(root, batch, file));
    }
  }
  return videos;
}

function sampleOf(
  hash: string,
  rows: readonly { readonly row: CsvRow; readonly index: number }[],
  path: string | undefined,
  findings: Findings,
): EchonetLvhSample | null {
  const where = rowOf(FILE, rows[0]!.index);
  if (path === undefined) {
    findings.add('missing-file', 'unrepairable', where, `${hash}.avi is in no batch folder`, 'left out');
    return null;
  }
  const split = splitOf(hash, rows, where, findings);
  if (split === null) return null;
  const size = sizeOf(hash, rows[0]!.row, where, findings);
  const measurements = rows.flatMap(({ row, index }) => {
    const measurement = measurementOf(hash, row, size, rowOf(FILE, index), findings);
    return measurement === null ? [] : [measurement];
  });
  if (measurements.length === 0) {
    findings.add('missing-value', 'unrepairable', where, `${hash} has no usable measurement`, 'left out');
    return null;
  }
  const millimetresPerPixel = median(measurements.map((one) => one.millimetresPerPixel));
  for (const one of measurements) {
    if (Math.abs(one.millimetresPerPixel / millimetresPerPixel - 1) > SCALE_TOLERANCE) {
      findings.add(
        'implausible-value',
        'unrepairable',
        where,
        `${hash}: ${one.name} in frame ${one.frame} gives ${one.millimetresPerPixel.toFixed(3)} mm a pixel, the clip ${millimetresPerPixel.toFixed(3)}`,
        "kept; the clip's scale is the median",
      );
    }
  }
  return {
    id: hash,
    patient: hash,
    split,
    view: 'PLAX',
    ...size,
    measurements,
    millimetresPerPixel,
    ...clipFile(path),
  };
}

function splitOf(
  hash: string,
  rows: readonly { readonly row: CsvRow }[],
  where: string,
  findings: Findings,
): SplitName | null {
  const names = new Set(rows.map(({ row }) => row.split!.trim()));
  const split = splitNamed(rows[0]!.row.split!);
  if (names.size > 1) {
    findings.add('patient-leak', 'unrepairable', where, `${hash} stands in ${[...names].join(' and ')}`, 'left out');
    return null;
  }
  if (split === null) {
    findings.add(
      'unknown-label',
      'unrepairable',
      where,
      `split ${JSON.stringify(rows[0]!.row.split)} is none`,
      'left out',
    );
  }
  return split;
}

type ClipSize = Pick<EchonetLvhSample, 'width' | 'height' | 'frameCount' | 'framesPerSecond'>;

/** Size, rate and frame count of the table, or nulls where columns are shifted: a caliper beyond the width, or a known hash. */
function sizeOf(hash: string, row: CsvRow, where: string, findings: Findings): ClipSize {
  const number = (column: string): number | null => numberIn(row, column, where, findings);
  const [width, height, frameCount, framesPerSecond] = [
    number('Width'),
    number('Height'),
    number('Frames'),
    number('FPS'),
  ];
  const furthest = Math.max(number('X1') ?? 0, number('X2') ?? 0);
  const shifted = KNOWN_SHIFTED.has(hash) || (width !== null && width < 120 && furthest > width);
  if (!shifted) return { width, height, frameCount, framesPerSecond };
  findings.add(
    'shifted-columns',
    'repaired',
    where,
    `${hash} has Width ${width}, FPS ${framesPerSecond} and a caliper at x = ${furthest}: columns are shifted`,
    'size, rate and frame count are null; the file has them',
  );
  return { width: null, height: null, frameCount: null, framesPerSecond: null };
}

function measurementOf(
  hash: string,
  row: CsvRow,
  size: ClipSize,
  where: string,
  findings: Findings,
): CaliperMeasurement | null {
  const number = (column: string): number | null => numberIn(row, column, where, findings);
  const name = row.Calc!.trim();
  if (!NAMES.has(name)) {
    findings.add(
      'unknown-label',
      'unrepairable',
      where,
      `Calc ${JSON.stringify(name)} is none of ${CALIPERS.join(', ')}`,
      'row left out',
    );
    return null;
  }
  const [centimetres, frame, x1, y1, x2, y2] = ['CalcValue', 'Frame', 'X1', 'Y1', 'X2', 'Y2'].map(number) as (
    | number
    | null
  )[];
  if (centimetres == null || frame == null || x1 == null || y1 == null || x2 == null || y2 == null) {
    findings.add(
      'missing-value',
      'unrepairable',
      where,
      `${hash} ${name} lacks a value, a frame or a point`,
      'row left out',
    );
    return null;
  }
  const distance = Math.hypot(x2 - x1, y2 - y1);
  if (distance === 0 || !(centimetres > 0)) {
    findings.add(
      'implausible-value',
      'unrepairable',
      where,
      `${hash} ${name} measures ${centimetres} cm over ${distance} pixels`,
      'row left out',
    );
    return null;
  }
  if (!Number.isInteger(frame) || frame < 0 || (size.frameCount !== null && frame >= size.frameCount)) {
    const message = `${hash} ${name}: frame must be in [0, ${(size.frameCount ?? 0) - 1}], got ${frame}`;
    findings.add('frame-out-of-range', 'unrepairable', where, message, 'row left out');
    return null;
  }
  const outside =
    [x1, x2].some((x) => x < 0 || x > (size.width ?? x)) || [y1, y2].some((y) => y < 0 || y > (size.height ?? y));
  if (outside) {
    const message = `${hash} ${name} has a point outside ${size.width} x ${size.height}`;
    findings.add('point-out-of-picture', 'unrepairable', where, message, 'row left out');
    return null;
  }
  return {
    name: name as CaliperName,
    centimetres,
    frame,
    from: { x: x1, y: y1 },
    to: { x: x2, y: y2 },
    millimetresPerPixel: (10 * centimetres) / distance,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
