import { existsSync } from 'node:fs';
import { joinInside } from '../core/files.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import { readNifti } from '../imaging/nifti/read-nifti.js';
import type { Dataset, Sample } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import { splitNamed } from './split.js';
import { readTable, rowOf, uniqueRows } from './table.js';
import { reportLeaks } from './view-study.js';

/** One three-dimensional echocardiogram; nothing of it is in memory until asked for. */
export interface VolumeSample extends Sample {
  readonly path: string;
  readonly vendor: string;
  readonly site: string;
  /** All other columns of the row, as text. */
  readonly extra: Readonly<Record<string, string>>;
  readVolume(): Promise<NiftiVolume>;
  /** The mask of column `mask`; null where there is none. */
  readMask(): Promise<NiftiVolume | null>;
}

/** A folder of volumes with `volumes.csv`. */
export type VolumeSet = Dataset<'volume-set', VolumeSample>;

const FILE = 'volumes.csv';

/**
 * Reads a volume set: `volumes.csv` with `path,patient,vendor,site`, optional `mask`, `split` and more columns; volumes are Cartesian NIfTI, x across, y
 * along the elevation, z along the depth, in mm.
 *
 * @param root the folder that holds `volumes.csv`
 */
export function readVolumeSet(root: string, manifest: Manifest): VolumeSet {
  const findings = new Findings();
  const table = readTable(manifest.name, root, FILE, ['path', 'patient', 'vendor', 'site']);
  const samples: VolumeSample[] = [];
  for (const { row, index } of uniqueRows(FILE, table, (row) => row.path!, findings)) {
    const where = rowOf(FILE, index);
    const { path, patient, vendor, site, split, mask, ...extra } = row as Record<string, string>;
    const [volumeFile, maskFile] = [path!, mask ?? ''].map((name) => (name === '' ? '' : inside(root, name)));
    if (volumeFile === null || maskFile === null) {
      findings.add('path-outside', 'unrepairable', where, 'a path leaves the folder', 'left out');
      continue;
    }
    const missing = [volumeFile!, maskFile!].filter((file) => file !== '' && !existsSync(file));
    if (missing.length > 0) {
      findings.add('missing-file', 'unrepairable', where, `${missing.join(', ')} not there`, 'left out');
      continue;
    }
    if (patient!.trim() === '') {
      findings.add('missing-value', 'unrepairable', where, 'patient is empty; a split by patient needs it', 'left out');
      continue;
    }
    samples.push({
      id: path!,
      patient: patient!,
      split: splitNamed(split ?? ''),
      path: volumeFile!,
      vendor: vendor!,
      site: site!,
      extra,
      readVolume: () => readNifti(volumeFile!),
      readMask: async () => (maskFile === '' ? null : readNifti(maskFile!)),
    });
  }
  reportLeaks(samples, FILE, findings);
  return { layout: 'volume-set', manifest, root, samples, findings: findings.list() };
}

function inside(root: string, name: string): string | null {
  try {
    return joinInside(root, name);
  } catch {
    return null;
  }
}
