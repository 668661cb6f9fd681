import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, FormatError } from '../core/errors.js';
import { frameOf, type GrayClip, type GrayImage, type PixelSpacing } from '../imaging/image.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import { readNifti } from '../imaging/nifti/read-nifti.js';
import type { Dataset, Sample } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import type { SplitName } from './split.js';
import { reportLeaks } from './view-study.js';

/** Labels of a CAMUS mask. */
export const CAMUS_LABELS = { background: 0, leftVentricle: 1, myocardium: 2, leftAtrium: 3 } as const;

/** A picture with its labels. */
export interface LabelledPicture {
  readonly image: GrayImage;
  /** `[height, width]`, {@link CAMUS_LABELS}. */
  readonly labels: Uint8Array;
  readonly spacing: PixelSpacing;
}

/** One view of one CAMUS patient. */
export interface CamusSample extends Sample {
  readonly view: 'A4C' | 'A2C';
  /** From `Info_*.cfg`; null where a line is missing. */
  readonly imageQuality: 'Good' | 'Medium' | 'Poor' | null;
  /** Percent, of the patient (biplane), not of this view. */
  readonly ejectionFraction: number | null;
  readonly age: number | null;
  readonly sex: 'F' | 'M' | null;
  readonly framesPerSecond: number | null;
  /** Of the half sequence; null where the file does not say. */
  readonly frameCount: number | null;
  /** 0-based index in the half sequence; the file counts from 1. */
  readonly diastolicFrame: number | null;
  readonly systolicFrame: number | null;
  /** Picture and labels at end-diastole or end-systole. */
  readPhase(phase: 'ED' | 'ES'): Promise<LabelledPicture>;
  /** The half sequence. */
  readClip(): Promise<GrayClip>;
  /** One frame of the half sequence. */
  readFrame(index: number): Promise<GrayImage>;
  /** Labels of the half sequence, `[frameCount, height, width]`. */
  readClipLabels(): Promise<Uint8Array>;
}

/** CAMUS on disk. */
export type Camus = Dataset<'camus', CamusSample>;

const SPLIT_FILES: readonly (readonly [SplitName, string])[] = [
  ['train', 'subgroup_training.txt'],
  ['validation', 'subgroup_validation.txt'],
  ['test', 'subgroup_testing.txt'],
];
const VIEWS = [
  ['4CH', 'A4C'],
  ['2CH', 'A2C'],
] as const;

/**
 * Reads CAMUS (NIfTI release): `database_nifti/patientNNNN/…` and `database_split/subgroup_*.txt`.
 *
 * @param root the folder that holds `database_nifti`
 */
export function readCamus(root: string, manifest: Manifest): Camus {
  const findings = new Findings();
  const database = join(root, 'database_nifti');
  if (!existsSync(database)) {
    throw new DataError(
      `${manifest.name}: database_nifti is not in ${root}; the root must be the folder that holds it`,
    );
  }
  const patients = readdirSync(database)
    .filter((name) => /^patient\d{4}$/.test(name))
    .sort();
  const sides = officialSides(root, new Set(patients), findings);
  const samples: CamusSample[] = [];
  for (const patient of patients) {
    for (const [tag, view] of VIEWS) {
      const sample = sampleOf(join(database, patient), patient, tag, view, sides?.get(patient) ?? null, findings);
      if (sample !== null) samples.push(sample);
    }
    if (sides !== null && !sides.has(patient)) {
      findings.add(
        'missing-value',
        'unrepairable',
        'database_split',
        `${patient} is in no split file`,
        'left without a split',
      );
    }
  }
  reportLeaks(samples, 'database_split', findings);
  return { layout: 'camus', manifest, root, samples, findings: findings.list() };
}

function officialSides(root: string, patients: ReadonlySet<string>, findings: Findings): Map<string, SplitName> | null {
  const folder = join(root, 'database_split');
  if (!existsSync(folder)) {
    findings.add(
      'missing-file',
      'note',
      'database_split',
      'there are no split files',
      'samples carry no split; use patientSplit',
    );
    return null;
  }
  const sides = new Map<string, SplitName>();
  for (const [side, file] of SPLIT_FILES) {
    const path = join(folder, file);
    if (!existsSync(path)) {
      findings.add(
        'missing-file',
        'unrepairable',
        `database_split/${file}`,
        'is not there',
        'its patients are left without a split',
      );
      continue;
    }
    for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
      const patient = line.trim();
      if (patient === '') continue;
      const where = `database_split/${file}`;
      if (!patients.has(patient))
        findings.add('missing-file', 'unrepairable', where, `${patient} is not on disk`, 'ignored');
      const known = sides.get(patient);
      if (known !== undefined && known !== side) {
        findings.add(
          'patient-leak',
          'unrepairable',
          where,
          `${patient} stands in ${known} and ${side}`,
          `left in ${known}`,
        );
        continue;
      }
      sides.set(patient, side);
    }
  }
  return sides;
}

function sampleOf(
  folder: string,
  patient: string,
  tag: '4CH' | '2CH',
  view: CamusSample['view'],
  split: SplitName | null,
  findings: Findings,
): CamusSample | null {
  const id = `${patient}_${tag}`;
  const path = (part: string): string => join(folder, `${id}_${part}.nii.gz`);
  const parts = ['ED', 'ED_gt', 'ES', 'ES_gt'];
  const missing = parts.filter((part) => !existsSync(path(part)));
  if (missing.length > 0) {
    const message = `${missing.map((part) => `${id}_${part}.nii.gz`).join(', ')} not there`;
    findings.add('missing-file', 'unrepairable', `database_nifti/${patient}`, message, 'view left out');
    return null;
  }
  const info = readInfo(join(folder, `Info_${tag}.cfg`), patient, findings);
  const number = (key: string): number | null => {
    const value = Number(info.get(key));
    return info.has(key) && Number.isFinite(value) ? value : null;
  };
  const frame = (key: string): number | null => {
    const value = number(key);
    return value === null ? null : value - 1;
  };
  const quality = info.get('ImageQuality');
  const sex = info.get('Sex');
  const framesPerSecond = number('FrameRate');
  const sequence = async (): Promise<GrayClip> => toClip(await readNifti(path('half_sequence')), id, framesPerSecond);
  return {
    id,
    patient,
    split,
    view,
    imageQuality: quality === 'Good' || quality === 'Medium' || quality === 'Poor' ? quality : null,
    ejectionFraction: number('EF'),
    age: number('Age'),
    sex: sex === 'F' || sex === 'M' ? sex : null,
    framesPerSecond,
    frameCount: number('NbFrame'),
    diastolicFrame: frame('ED'),
    systolicFrame: frame('ES'),
    async readPhase(phase) {
      const [picture, mask] = [await readNifti(path(phase)), await readNifti(path(`${phase}_gt`))];
      if (picture.shape.join() !== mask.shape.join()) {
        throw new FormatError(
          `readCamus: ${id} ${phase} has a picture of ${picture.shape.join(' x ')} and a mask of ${mask.shape.join(' x ')}`,
        );
      }
      const [xMillimetres, yMillimetres] = picture.spacing;
      return {
        image: frameOf(toClip(picture, `${id} ${phase}`, null), 0),
        labels: toLabels(mask, `${id} ${phase}`),
        spacing: { xMillimetres, yMillimetres },
      };
    },
    readClip: sequence,
    readFrame: async (index) => frameOf(await sequence(), index),
    readClipLabels: async () => toLabels(await readNifti(path('half_sequence_gt')), `${id} half sequence`),
  };
}

/** `Key: value` lines, by key: releases differ in order. */
function readInfo(path: string, patient: string, findings: Findings): Map<string, string> {
  const info = new Map<string, string>();
  if (!existsSync(path)) {
    findings.add(
      'missing-file',
      'repaired',
      `database_nifti/${patient}`,
      `${path.split(/[\\/]/).pop()} is not there`,
      'its values are null',
    );
    return info;
  }
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) info.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return info;
}

/** A stored series: frames lie along z, or along time. */
function toClip(volume: NiftiVolume, origin: string, framesPerSecond: number | null): GrayClip {
  const [width, height, depth, times] = volume.shape;
  const data = new Uint8Array(volume.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = volume.data[i]!;
    if (!(value >= -0.5 && value < 255.5)) {
      throw new FormatError(`readCamus: ${origin} has grey value ${value}, outside 0 to 255`);
    }
    data[i] = Math.round(value);
  }
  return { width, height, frameCount: depth * times, framesPerSecond, data };
}

function toLabels(volume: NiftiVolume, origin: string): Uint8Array {
  const labels = new Uint8Array(volume.data.length);
  for (let i = 0; i < labels.length; i++) {
    const value = volume.data[i]!;
    if (value !== 0 && value !== 1 && value !== 2 && value !== 3) {
      throw new FormatError(`readCamus: ${origin} has label ${value}; labels are 0, 1, 2, 3`);
    }
    labels[i] = value;
  }
  return labels;
}
