import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, FormatError, messageOf } from '../core/errors.js';
import { joinInside } from '../core/files.js';
import type { LabelledPicture } from './camus.js';
import { readPicture } from './clip-file.js';
import type { Dataset, Sample } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { splitNamed } from './split.js';
import { numberIn, readTable, rowOf, uniqueRows } from './table.js';
import { reportLeaks } from './view-study.js';

/** One slice of a volume with the masks of the four chambers. */
export interface VolBiplaneSample extends Sample {
  readonly path: string;
  readonly maskPath: string;
  readonly view: 'A4C' | 'A2C';
  /** Degrees about the probe's axis. */
  readonly plane: number;
  readonly phase: 'ED' | 'ES';
  readonly vendor: string;
  readonly site: string;
  readonly millimetresPerPixel: number;
  /** Picture and labels; the values are those of {@link VolBiplane.labels}. */
  readPicture(): Promise<LabelledPicture>;
}

/** Biplanes of volumes, as the paper's Vol-biplane set (its Table 8). */
export interface VolBiplane extends Dataset<'vol-biplane', VolBiplaneSample> {
  /** Value of each structure in the masks; 0 is background. */
  readonly labels: Readonly<Record<string, number>>;
}

const FILE = 'biplanes.csv';
const labelsSchema = z.record(z.string(), z.number().int().min(1).max(255));

/**
 * Reads biplanes: `biplanes.csv` (`path,mask,patient,view,plane,phase,vendor,site,spacing`, optional `split`), `labels.json` (structure: value), and
 * the PNG files the table names.
 *
 * @param root the folder that holds `biplanes.csv`
 */
export function readVolBiplane(root: string, manifest: Manifest): VolBiplane {
  const findings = new Findings();
  const columns = ['path', 'mask', 'patient', 'view', 'plane', 'phase', 'vendor', 'site', 'spacing'];
  const rows = uniqueRows(FILE, readTable(manifest.name, root, FILE, columns), (row) => row.path!, findings);
  const labels = readLabels(root, manifest.name);
  const known = new Set([0, ...Object.values(labels)]);
  const samples: VolBiplaneSample[] = [];
  for (const { row, index } of rows) {
    const where = rowOf(FILE, index);
    let paths: [string, string];
    try {
      paths = [joinInside(root, row.path!), joinInside(root, row.mask!)];
    } catch {
      findings.add('path-outside', 'unrepairable', where, 'a path leaves the folder', 'left out');
      continue;
    }
    const missing = paths.filter((path) => !existsSync(path));
    if (missing.length > 0) {
      findings.add('missing-file', 'unrepairable', where, `${missing.join(', ')} not there`, 'left out');
      continue;
    }
    const { view, phase, patient, vendor, site } = row as Record<string, string>;
    const plane = numberIn(row, 'plane', where, findings);
    const spacing = numberIn(row, 'spacing', where, findings);
    if ((view !== 'A4C' && view !== 'A2C') || (phase !== 'ED' && phase !== 'ES')) {
      findings.add(
        'unknown-label',
        'unrepairable',
        where,
        `view ${view} must be A4C or A2C, phase ${phase} ED or ES`,
        'left out',
      );
      continue;
    }
    if (patient === '' || plane === null || spacing === null || !(spacing > 0)) {
      findings.add('missing-value', 'unrepairable', where, 'patient, plane or spacing is missing', 'left out');
      continue;
    }
    samples.push({
      id: row.path!,
      patient: patient!,
      split: splitNamed(row.split ?? ''),
      path: paths[0],
      maskPath: paths[1],
      view,
      plane,
      phase,
      vendor: vendor!,
      site: site!,
      millimetresPerPixel: spacing,
      readPicture: () => readLabelled(paths, spacing, known),
    });
  }
  reportLeaks(samples, FILE, findings);
  return { layout: 'vol-biplane', manifest, root, samples, labels, findings: findings.list() };
}

function readLabels(root: string, name: string): Readonly<Record<string, number>> {
  const path = join(root, 'labels.json');
  try {
    return labelsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new DataError(`${name}: ${path} must hold {structure: value from 1 to 255}: ${messageOf(error)}`);
  }
}

async function readLabelled(
  paths: readonly [string, string],
  spacing: number,
  known: ReadonlySet<number>,
): Promise<LabelledPicture> {
  const [image, mask] = [await readPicture(paths[0]), await readPicture(paths[1])];
  if (image.width !== mask.width || image.height !== mask.height) {
    throw new FormatError(
      `readVolBiplane: ${paths[1]} is ${mask.width} x ${mask.height}, its picture ${image.width} x ${image.height}`,
    );
  }
  const stranger = mask.data.find((value) => !known.has(value));
  if (stranger !== undefined)
    throw new FormatError(`readVolBiplane: ${paths[1]} has value ${stranger}, which labels.json does not name`);
  return { image, labels: mask.data, spacing: { xMillimetres: spacing, yMillimetres: spacing } };
}
