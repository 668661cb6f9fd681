import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { joinInside } from '../core/files.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { splitNamed } from './split.js';
import { readTable, rowOf, uniqueRows } from './table.js';
import { reportLeaks } from './view-study.js';

/** View labels of TMED-2. */
export const TMED_VIEWS = ['PLAX', 'PSAX', 'A2C', 'A4C', 'A4CorA2CorOther'] as const;

/** A view label of TMED-2. */
export type TmedView = (typeof TMED_VIEWS)[number];

/** One still picture of TMED-2; `readFrame(0)` reads it. */
export interface Tmed2Sample extends ClipSample {
  /** null where it was not given. */
  readonly view: TmedView | null;
  /** Grade of aortic stenosis as the table words it; null where it was not given. */
  readonly diagnosis: string | null;
  readonly study: number;
}

/** TMED-2 on disk. */
export type Tmed2 = Dataset<'tmed-2', Tmed2Sample>;

const FILE = 'labels_per_image.csv';
const VIEWS = new Set<string>(TMED_VIEWS);
/** Where pictures lie when the table has no SourceFolder. */
const FOLDERS = ['view_and_diagnosis_labeled_set/labeled', 'view_labeled_set/labeled', ''];

/**
 * Reads TMED-2: `labels_per_image.csv` and the PNG files it names. The split is that of the view classifier where the table has one.
 *
 * @param root the folder that holds `labels_per_image.csv`
 */
export function readTmed2(root: string, manifest: Manifest): Tmed2 {
  const findings = new Findings();
  const rows = uniqueRows(
    FILE,
    readTable(manifest.name, root, FILE, ['query_key', 'view_label']),
    (row) => row.query_key!,
    findings,
  );
  const samples: Tmed2Sample[] = [];
  for (const { row, index } of rows) {
    const where = rowOf(FILE, index);
    const key = row.query_key!.trim();
    const match = /^(\d+)s(\d+)_(\d+)\.png$/.exec(key);
    if (match === null) {
      findings.add(
        'unknown-label',
        'unrepairable',
        where,
        `query_key ${JSON.stringify(key)} is not <patient>s<study>_<n>.png`,
        'left out',
      );
      continue;
    }
    const path = pathOf(root, row.SourceFolder, key);
    if (path === null) {
      findings.add('missing-file', 'unrepairable', where, `${key} is not there`, 'left out');
      continue;
    }
    const view = given(row.view_label);
    if (view !== null && !VIEWS.has(view)) {
      findings.add(
        'unknown-label',
        'unrepairable',
        where,
        `view_label ${JSON.stringify(view)} is none of ${TMED_VIEWS.join(', ')}`,
        'left out',
      );
      continue;
    }
    samples.push({
      id: key,
      patient: match[1]!,
      study: Number(match[2]),
      split: splitNamed(row.view_classifier_split ?? ''),
      view: view as TmedView | null,
      diagnosis: given(row.diagnosis_label),
      ...clipFile(path),
    });
  }
  reportLeaks(samples, FILE, findings);
  return { layout: 'tmed-2', manifest, root, samples, findings: findings.list() };
}

function pathOf(root: string, source: string | undefined, key: string): string | null {
  for (const folder of source === undefined ? FOLDERS : [source]) {
    try {
      const path = joinInside(root, join(folder, key));
      if (existsSync(path)) return path;
    } catch {
      return null;
    }
  }
  return null;
}

const given = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' || text === 'Not_Provided' ? null : text.trim();
