import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from '../core/csv.js';
import { DataError } from '../core/errors.js';
import { joinInside } from '../core/files.js';
import { VIEW_NAMES, type ViewName } from '../core/views.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { leakingPatients, splitNamed } from './split.js';
import { rowOf, uniqueRows } from './table.js';

/** A clip of a view study. */
export interface ViewSample extends ClipSample {
  /** `null` in unlabelled (pretraining) sets. */
  readonly view: ViewName | null;
  readonly vendor: string;
  readonly site: string;
  /** All other columns of the row, as text, e.g. `transducer`, `echo3m`. */
  readonly extra: Readonly<Record<string, string>>;
}

/** A folder of clips with a CSV. */
export type ViewStudy = Dataset<'view-study', ViewSample>;

const COLUMNS = ['path', 'patient', 'view', 'vendor', 'site'];
const KNOWN = new Set<string>(VIEW_NAMES);

/**
 * Reads a view study: a folder of AVI, DICOM, PNG or JPEG files and one CSV, `path,patient,view,vendor,site`, optional `split` and more columns.
 * `path` is relative to the CSV and may not leave its folder.
 *
 * @param root folder with `clips.csv`, or with one CSV of these columns
 * @throws {DataError} if there is no such CSV, or several and none is `clips.csv`
 */
export function readViewStudy(root: string, manifest: Manifest): ViewStudy {
  const findings = new Findings();
  const file = tableIn(root, manifest.name);
  const rows = uniqueRows(file, readCsv(join(root, file), COLUMNS), (row) => row.path!, findings);
  const samples: ViewSample[] = [];
  for (const { row, index } of rows) {
    const where = rowOf(file, index);
    const { path, patient, view, vendor, site, split, ...extra } = row as Record<string, string>;
    let absolute: string;
    try {
      absolute = joinInside(root, path!);
    } catch {
      findings.add('path-outside', 'unrepairable', where, `path ${JSON.stringify(path)} leaves the folder`, 'left out');
      continue;
    }
    if (!existsSync(absolute)) {
      findings.add('missing-file', 'unrepairable', where, `${path} is not there`, 'left out');
      continue;
    }
    if (patient!.trim() === '') {
      findings.add('missing-value', 'unrepairable', where, 'patient is empty; a split by patient needs it', 'left out');
      continue;
    }
    if (view !== '' && !KNOWN.has(view!)) {
      findings.add(
        'unknown-label',
        'unrepairable',
        where,
        `view must be one of the ${VIEW_NAMES.length} names of the paper or empty, got ${JSON.stringify(view)}`,
        'left out',
      );
      continue;
    }
    const side = split === undefined || split === '' ? null : splitNamed(split);
    if (side === null && split !== undefined && split !== '') {
      findings.add(
        'unknown-label',
        'unrepairable',
        where,
        `split ${JSON.stringify(split)} is none`,
        'left without a split',
      );
    }
    samples.push({
      id: path!,
      patient: patient!,
      split: side,
      view: view === '' ? null : (view as ViewName),
      vendor: vendor!,
      site: site!,
      extra,
      ...clipFile(absolute),
    });
  }
  reportLeaks(samples, file, findings);
  return { layout: 'view-study', manifest, root, samples, findings: findings.list() };
}

/** Adds a finding for each patient on two sides of the official split. */
export function reportLeaks(
  samples: readonly { readonly patient: string; readonly split: string | null }[],
  file: string,
  findings: Findings,
): void {
  const sided = samples.flatMap(({ patient, split }) => (split === null ? [] : [{ patient, side: split }]));
  for (const { patient, sides } of leakingPatients(sided)) {
    findings.add(
      'patient-leak',
      'unrepairable',
      file,
      `patient ${patient} stands in ${sides.join(' and ')}`,
      'officialSplit throws',
    );
  }
}

/** `clips.csv`, or the only CSV file of the folder. */
function tableIn(root: string, name: string): string {
  const files = existsSync(root) ? readdirSync(root) : [];
  if (files.includes('clips.csv')) return 'clips.csv';
  const tables = files.filter((file) => file.endsWith('.csv') && !file.startsWith('.'));
  const [table] = tables;
  if (table === undefined || tables.length > 1) {
    throw new DataError(
      `${name}: ${root} must hold clips.csv, or one CSV file, with the columns ${COLUMNS.join(', ')}; found ${tables.join(', ') || 'none'}`,
    );
  }
  return table;
}
