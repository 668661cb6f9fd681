import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CsvRow } from '../core/csv.js';
import { ArgumentError } from '../core/errors.js';
import { joinInside } from '../core/files.js';
import { fillPolygon, type Point } from '../imaging/polygon-fill.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { bareName } from './echonet-dynamic.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { checkedSplit, leakingPatients, type Split, type SplitName } from './split.js';
import { numberIn, readTable, rowOf, uniqueRows } from './table.js';
import { byPhase, type LeftVentricleTracing, reportSwappedPhases } from './tracing.js';

/** One clip of EchoNet-Pediatric. */
export interface EchonetPediatricSample extends ClipSample {
  readonly view: 'A4C' | 'PSAX';
  /** Always null: the split is by fold, see {@link foldSplit}. */
  readonly split: null;
  /** 0 to 9. */
  readonly fold: number;
  /** Percent. */
  readonly ejectionFraction: number;
  readonly sex: string;
  /** Years. */
  readonly age: number | null;
  readonly weightKilograms: number | null;
  readonly heightCentimetres: number | null;
  /** End-diastole first; empty where the clip was not traced twice. */
  readonly tracings: readonly LeftVentricleTracing[];
}

/** EchoNet-Pediatric on disk. */
export type EchonetPediatric = Dataset<'echonet-pediatric', EchonetPediatricSample>;

/** Pictures are 112 x 112 in every release. */
const SIDE = 112;
/** More groups than this on several folds, and the names do not tell patients apart. */
const BELIEVABLE_LEAKS = 0.05;

/**
 * Reads EchoNet-Pediatric: `{A4C,PSAX}/{FileList.csv,VolumeTracings.csv,Videos/}`.
 *
 * Source: bryanhe/dynamic, branch pediatric, scripts/process_pediatric.py. A tracing is an ordered outline: no point is dropped.
 * Clips of one examination are grouped by the part of their name before the first dash; where that contradicts the folds on a large scale,
 * each clip stands alone and a finding says so.
 *
 * @param root the folder that holds `A4C` and `PSAX`
 */
export function readEchonetPediatric(root: string, manifest: Manifest): EchonetPediatric {
  const findings = new Findings();
  const views = (['A4C', 'PSAX'] as const).filter((view) => existsSync(join(root, view)));
  const samples = (views.length > 0 ? views : (['A4C'] as const)).flatMap((view) =>
    viewSamples(root, view, manifest, findings),
  );
  const grouped = believablePatients(samples, findings);
  return { layout: 'echonet-pediatric', manifest, root, samples: grouped, findings: findings.list() };
}

/**
 * The split of fold `k`: fold k is test, fold k + 1 (modulo 10) validation, the rest training.
 *
 * @throws {ArgumentError} if k is not 0 to 9
 * @throws {LeakError} if a patient stands on two sides
 */
export function foldSplit<S extends { readonly id: string; readonly patient: string; readonly fold: number }>(
  samples: readonly S[],
  k: number,
): Split<S> {
  if (!Number.isInteger(k) || k < 0 || k > 9) throw new ArgumentError(`foldSplit: k must be 0 to 9, got ${k}`);
  const sides: Record<SplitName, S[]> = { train: [], validation: [], test: [] };
  for (const sample of samples) {
    const side = sample.fold === k ? 'test' : sample.fold === (k + 1) % 10 ? 'validation' : 'train';
    sides[side].push(sample);
  }
  return checkedSplit(sides);
}

function viewSamples(
  root: string,
  view: 'A4C' | 'PSAX',
  manifest: Manifest,
  findings: Findings,
): EchonetPediatricSample[] {
  const [listFile, tracingFile] = [`${view}/FileList.csv`, `${view}/VolumeTracings.csv`];
  const list = readTable(manifest.name, root, listFile, ['FileName', 'EF', 'Sex', 'Age', 'Weight', 'Height', 'Split']);
  const traced = outlinesByName(
    readTable(manifest.name, root, tracingFile, ['FileName', 'X', 'Y', 'Frame']),
    tracingFile,
    findings,
  );
  const listed = new Set(list.map((row) => bareName(row.FileName!)));
  for (const name of traced.keys()) {
    if (!listed.has(name))
      findings.add('extra-file', 'note', tracingFile, `${name} is traced but not listed`, 'ignored');
  }
  const samples: EchonetPediatricSample[] = [];
  const phased: { name: string; listedFirst: LeftVentricleTracing['phase'] }[] = [];
  for (const { row, index } of uniqueRows(listFile, list, (row) => bareName(row.FileName!), findings)) {
    const where = rowOf(listFile, index);
    const name = bareName(row.FileName!);
    const path = pathOf(root, view, name, where, findings);
    if (path === null) continue;
    const number = (column: string): number | null => numberIn(row, column, where, findings);
    const [ejectionFraction, fold] = [number('EF'), number('Split')];
    if (ejectionFraction === null || fold === null || !Number.isInteger(fold) || fold < 0 || fold > 9) {
      findings.add(
        'missing-value',
        'unrepairable',
        where,
        `${name} lacks EF or a fold 0 to 9 (Split ${row.Split})`,
        'left out',
      );
      continue;
    }
    const outlines = traced.get(name) ?? [];
    if (outlines.length < 2) {
      const message = `${name} has ${outlines.length} traced frames, 2 are needed`;
      findings.add('too-few-traced-frames', 'repaired', tracingFile, message, 'kept for EF, not for segmentation');
    }
    const phases = outlines.length < 2 ? null : byPhase(outlines, { width: SIDE, height: SIDE }, roundedFill);
    if (phases !== null) phased.push({ name, listedFirst: phases.listedFirst });
    samples.push({
      id: `${view}/${name}`,
      patient: name.includes('-') ? name.slice(0, name.indexOf('-')) : name,
      split: null,
      view,
      fold,
      ejectionFraction,
      sex: row.Sex!,
      age: number('Age'),
      weightKilograms: number('Weight'),
      heightCentimetres: number('Height'),
      tracings: phases?.tracings ?? [],
      ...clipFile(path),
    });
  }
  reportSwappedPhases(phased, tracingFile, findings);
  return samples;
}

/** Corners rounded and filled, as the adult set's code does. */
function roundedFill(outline: readonly Point[], width: number, height: number): Uint8Array {
  return fillPolygon(
    outline.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })),
    width,
    height,
  );
}

function pathOf(root: string, view: string, name: string, where: string, findings: Findings): string | null {
  try {
    const path = joinInside(join(root, view, 'Videos'), `${name}.avi`);
    if (existsSync(path)) return path;
    findings.add(
      'missing-file',
      'unrepairable',
      where,
      `${view}/Videos/${name}.avi is not there`,
      'left out, with its outcome',
    );
  } catch {
    findings.add('path-outside', 'unrepairable', where, `${JSON.stringify(name)} leaves the folder`, 'left out');
  }
  return null;
}

/** Outlines of each clip in the order listed; frames named "No Systolic" or "No Diastolic" are none. */
function outlinesByName(
  rows: readonly CsvRow[],
  file: string,
  findings: Findings,
): Map<string, { frame: number; outline: Point[] }[]> {
  const names = new Map<string, Map<string, { readonly index: number; readonly outline: Point[] }>>();
  rows.forEach((row, index) => {
    const name = bareName(row.FileName!);
    const frames = names.get(name) ?? new Map<string, { index: number; outline: Point[] }>();
    names.set(name, frames);
    const text = row.Frame!.trim();
    if (/^no (systolic|diastolic)$/i.test(text)) return;
    const entry = frames.get(text) ?? { index, outline: [] };
    frames.set(text, entry);
    const where = rowOf(file, index);
    const [x, y] = [numberIn(row, 'X', where, findings), numberIn(row, 'Y', where, findings)];
    if (x !== null && y !== null) entry.outline.push({ x, y });
  });
  return new Map(
    [...names].map(([name, frames]) => [
      name,
      [...frames].flatMap(([text, { index, outline }]) => {
        const frame = Number(text);
        const where = rowOf(file, index);
        if (!Number.isInteger(frame) || frame < 0) {
          findings.add(
            'frame-out-of-range',
            'unrepairable',
            where,
            `${name}: frame ${JSON.stringify(text)} is none`,
            'tracing left out',
          );
          return [];
        }
        if (outline.length < 3) {
          findings.add(
            'empty-tracing',
            'unrepairable',
            where,
            `${name} frame ${frame} has ${outline.length} points`,
            'tracing left out',
          );
          return [];
        }
        if (outline.some(({ x, y }) => x < -1 || y < -1 || x > SIDE || y > SIDE)) {
          const message = `${name} frame ${frame} has points outside ${SIDE} x ${SIDE}`;
          findings.add('point-out-of-picture', 'unrepairable', where, message, 'kept; the mask ends at the border');
        }
        return [{ frame, outline }];
      }),
    ]),
  );
}

function believablePatients(
  samples: readonly EchonetPediatricSample[],
  findings: Findings,
): readonly EchonetPediatricSample[] {
  const leaks = leakingPatients(samples.map(({ patient, fold }) => ({ patient, side: `fold ${fold}` })));
  const patients = new Set(samples.map(({ patient }) => patient)).size;
  if (leaks.length > BELIEVABLE_LEAKS * patients) {
    const message = `${leaks.length} of ${patients} name groups stand in several folds: names do not tell patients apart here`;
    findings.add(
      'patient-leak',
      leaks.length > 0.5 * patients ? 'note' : 'unrepairable',
      'FileList.csv',
      message,
      'each clip stands alone',
    );
    return samples.map((sample) => ({ ...sample, patient: sample.id }));
  }
  for (const { patient, sides } of leaks) {
    findings.add(
      'patient-leak',
      'unrepairable',
      'FileList.csv',
      `patient ${patient} stands in ${sides.join(' and ')}`,
      'foldSplit throws',
    );
  }
  return samples;
}
