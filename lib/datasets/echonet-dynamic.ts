import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CsvRow } from '../core/csv.js';
import { joinInside } from '../core/files.js';
import { fillPolygon, type Point } from '../imaging/polygon-fill.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { splitNamed } from './split.js';
import { numberIn, readTable, rowOf, uniqueRows } from './table.js';
import { byPhase, type LeftVentricleTracing, type PhasedTracings, reportSwappedPhases } from './tracing.js';

/** One apical four-chamber clip of EchoNet-Dynamic. */
export interface EchonetDynamicSample extends ClipSample {
  readonly view: 'A4C';
  /** Percent. */
  readonly ejectionFraction: number;
  /** mL. */
  readonly endDiastolicVolume: number | null;
  /** mL. */
  readonly endSystolicVolume: number | null;
  readonly width: number;
  readonly height: number;
  /** As the list says; the file decides. */
  readonly frameCount: number;
  readonly framesPerSecond: number;
  /** End-diastole first; empty where the clip was not traced. */
  readonly tracings: readonly LeftVentricleTracing[];
}

/** EchoNet-Dynamic on disk. */
export type EchonetDynamic = Dataset<'echonet-dynamic', EchonetDynamicSample>;

const LIST = 'FileList.csv';
const TRACINGS = 'VolumeTracings.csv';

/**
 * Reads EchoNet-Dynamic: `FileList.csv`, `VolumeTracings.csv`, `Videos/`.
 *
 * Source: echonet/dynamic, echonet/datasets/echo.py. Deviates: end-diastole is the larger of two traced areas, not the later row; clips
 * that were not traced twice keep their EF.
 *
 * @param root the folder that holds `FileList.csv`
 */
export function readEchonetDynamic(root: string, manifest: Manifest): EchonetDynamic {
  const findings = new Findings();
  const list = readTable(manifest.name, root, LIST, [
    'FileName',
    'EF',
    'ESV',
    'EDV',
    'FrameHeight',
    'FrameWidth',
    'FPS',
    'NumberOfFrames',
    'Split',
  ]);
  const tracings = tracingsByName(
    readTable(manifest.name, root, TRACINGS, ['FileName', 'X1', 'Y1', 'X2', 'Y2', 'Frame']),
  );
  const samples: EchonetDynamicSample[] = [];
  const listed = new Set(list.map((row) => bareName(row.FileName!)));
  const phased: { name: string; listedFirst: LeftVentricleTracing['phase'] }[] = [];
  for (const { row, index } of uniqueRows(LIST, list, (row) => bareName(row.FileName!), findings)) {
    const where = rowOf(LIST, index);
    const name = bareName(row.FileName!);
    const path = videoPath(root, name, where, findings);
    if (path === null) continue;
    const number = (column: string): number | null => numberIn(row, column, where, findings);
    const ejectionFraction = number('EF');
    const [width, height, frameCount, framesPerSecond] = [
      number('FrameWidth'),
      number('FrameHeight'),
      number('NumberOfFrames'),
      number('FPS'),
    ];
    if (
      ejectionFraction === null ||
      width === null ||
      height === null ||
      frameCount === null ||
      framesPerSecond === null
    ) {
      findings.add(
        'missing-value',
        'unrepairable',
        where,
        `${name} lacks EF, frame size, frame count or FPS`,
        'left out',
      );
      continue;
    }
    const split = splitNamed(row.Split!);
    if (split === null) {
      findings.add('unknown-label', 'unrepairable', where, `Split ${JSON.stringify(row.Split)} is none`, 'left out');
      continue;
    }
    const size = { width, height, frameCount };
    const found = tracedPhases(name, tracings.get(name), size, where, findings);
    if (found !== null) phased.push({ name, listedFirst: found.listedFirst });
    samples.push({
      id: name,
      patient: name,
      split,
      view: 'A4C',
      ejectionFraction,
      endDiastolicVolume: number('EDV'),
      endSystolicVolume: number('ESV'),
      ...size,
      framesPerSecond,
      tracings: found?.tracings ?? [],
      ...clipFile(path),
    });
  }
  reportSwappedPhases(phased, TRACINGS, findings);
  reportStrays(root, listed, tracings.keys(), findings);
  return { layout: 'echonet-dynamic', manifest, root, samples, findings: findings.list() };
}

/** A file name without its suffix: releases disagree about it between the two tables. */
export function bareName(name: string): string {
  return name.trim().replace(/\.avi$/i, '');
}

function videoPath(root: string, name: string, where: string, findings: Findings): string | null {
  let path: string;
  try {
    path = joinInside(join(root, 'Videos'), `${name}.avi`);
  } catch {
    findings.add('path-outside', 'unrepairable', where, `${JSON.stringify(name)} leaves the folder`, 'left out');
    return null;
  }
  if (existsSync(path)) return path;
  findings.add('missing-file', 'unrepairable', where, `Videos/${name}.avi is not there`, 'left out, with its outcome');
  return null;
}

interface TracedRow {
  readonly row: CsvRow;
  readonly index: number;
}

/** Rows of each video, by frame, in file order. */
function tracingsByName(rows: readonly CsvRow[]): Map<string, Map<string, TracedRow[]>> {
  const names = new Map<string, Map<string, TracedRow[]>>();
  rows.forEach((row, index) => {
    const name = bareName(row.FileName!);
    const frames = names.get(name) ?? new Map<string, TracedRow[]>();
    names.set(name, frames);
    const frame = row.Frame!.trim();
    const traced = frames.get(frame);
    if (traced === undefined) frames.set(frame, [{ row, index }]);
    else traced.push({ row, index });
  });
  return names;
}

function tracedPhases(
  name: string,
  frames: Map<string, TracedRow[]> | undefined,
  size: { readonly width: number; readonly height: number; readonly frameCount: number },
  listedAt: string,
  findings: Findings,
): PhasedTracings | null {
  if (frames === undefined) {
    findings.add(
      'untraced',
      'repaired',
      listedAt,
      `${name} has no rows in ${TRACINGS}`,
      'kept for EF, not for segmentation',
    );
    return null;
  }
  const outlines: { frame: number; outline: Point[] }[] = [];
  for (const [text, rows] of frames) {
    const where = rowOf(TRACINGS, rows[0]!.index);
    const frame = Number(text);
    if (!Number.isInteger(frame) || frame < 0 || frame >= size.frameCount) {
      const wanted = `frame must be an integer in [0, ${size.frameCount - 1}], got ${JSON.stringify(text)}`;
      findings.add('frame-out-of-range', 'unrepairable', where, `${name}: ${wanted}`, 'tracing left out');
      continue;
    }
    const outline = outlineOf(rows, where, findings);
    if (outline.length < 3) {
      findings.add(
        'empty-tracing',
        'unrepairable',
        where,
        `${name} frame ${frame} has ${rows.length} rows`,
        'tracing left out',
      );
      continue;
    }
    if (outline.some(({ x, y }) => x < -1 || y < -1 || x > size.width || y > size.height)) {
      findings.add(
        'point-out-of-picture',
        'unrepairable',
        where,
        `${name} frame ${frame} has points outside ${size.width} x ${size.height}`,
        'kept; the mask ends at the border',
      );
    }
    outlines.push({ frame, outline });
  }
  if (outlines.length < 2) {
    const message = `${name} has ${outlines.length} traced frames, 2 are needed`;
    findings.add('too-few-traced-frames', 'repaired', TRACINGS, message, 'kept for EF, not for segmentation');
    return null;
  }
  return byPhase(outlines, size, polygonMask);
}

/** `[x1[1:], reverse(x2[1:])]`: the first row is the long axis and is dropped. */
function outlineOf(rows: readonly TracedRow[], where: string, findings: Findings): Point[] {
  const left: Point[] = [];
  const right: Point[] = [];
  for (const { row } of rows.slice(1)) {
    const [x1, y1, x2, y2] = ['X1', 'Y1', 'X2', 'Y2'].map((column) => numberIn(row, column, where, findings));
    if (x1 == null || y1 == null || x2 == null || y2 == null) continue;
    left.push({ x: x1, y: y1 });
    right.push({ x: x2, y: y2 });
  }
  return [...left, ...right.reverse()];
}

/** Corners rounded to even halves as numpy's `rint` does, then filled as scikit-image does. */
function polygonMask(outline: readonly Point[], width: number, height: number): Uint8Array {
  const corners = outline.map(({ x, y }) => ({ x: roundHalfEven(x), y: roundHalfEven(y) }));
  return fillPolygon(corners, width, height);
}

/** `numpy.rint`. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function reportStrays(root: string, listed: ReadonlySet<string>, traced: Iterable<string>, findings: Findings): void {
  for (const name of traced) {
    if (!listed.has(name))
      findings.add('extra-file', 'note', TRACINGS, `${name} is traced but not in ${LIST}`, 'ignored');
  }
  const videos = join(root, 'Videos');
  if (!existsSync(videos)) return;
  for (const file of readdirSync(videos)) {
    if (file.toLowerCase().endsWith('.avi') && !listed.has(bareName(file))) {
      findings.add('extra-file', 'note', `Videos/${file}`, `not in ${LIST}`, 'ignored');
    }
  }
}
