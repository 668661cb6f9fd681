import { existsSync } from 'node:fs';
import { joinInside } from '../core/files.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { splitNamed } from './split.js';
import { readTable, rowOf, uniqueRows } from './table.js';

/** A single picture that shows no patient; `readFrame(0)` reads it as luma. */
export interface PictureSample extends ClipSample {
  readonly kind: string;
}

/** Pictures of anything, for pretraining without echocardiograms. */
export type PictureSet = Dataset<'picture-set', PictureSample>;

const FILE = 'images.csv';

/**
 * Reads a picture set: `images.csv` (`path,kind`, optional `split`) and the PNG or JPEG files it names. Every picture is its own unit of
 * independence.
 *
 * @param root the folder that holds `images.csv`
 */
export function readPictureSet(root: string, manifest: Manifest): PictureSet {
  const findings = new Findings();
  const samples: PictureSample[] = [];
  for (const { row, index } of uniqueRows(
    FILE,
    readTable(manifest.name, root, FILE, ['path', 'kind']),
    (row) => row.path!,
    findings,
  )) {
    const where = rowOf(FILE, index);
    let path: string;
    try {
      path = joinInside(root, row.path!);
    } catch {
      findings.add(
        'path-outside',
        'unrepairable',
        where,
        `path ${JSON.stringify(row.path)} leaves the folder`,
        'left out',
      );
      continue;
    }
    if (!existsSync(path)) {
      findings.add('missing-file', 'unrepairable', where, `${row.path} is not there`, 'left out');
      continue;
    }
    samples.push({
      id: row.path!,
      patient: row.path!,
      split: splitNamed(row.split ?? ''),
      kind: row.kind!,
      ...clipFile(path),
    });
  }
  return { layout: 'picture-set', manifest, root, samples, findings: findings.list() };
}
