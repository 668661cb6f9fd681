import { type ClipPlan, pictureOf, planClip } from './clip-plan.js';
import {
  conventionOf,
  type PhantomDataConfig,
  patientsIn,
  splitOf,
  type VolBiplaneConfig,
  type VolumeSetConfig,
} from './data-config.js';
import type { BiplaneJob, SetPlan, VolumeJob } from './set-plan.js';
import { Chamber } from './tissue.js';

/** Columns of `vol-biplane/biplanes.csv`. `plane` is 0 (four-chamber) or 90 (near two-chamber) degrees about the probe's axis; spacing in mm. */
export const BIPLANE_COLUMNS: readonly string[] = [
  'path',
  'mask',
  'patient',
  'view',
  'plane',
  'phase',
  'vendor',
  'site',
  'spacing',
  'split',
];

/** Columns of `volumes/volumes.csv`. */
export const VOLUME_COLUMNS: readonly string[] = ['path', 'patient', 'vendor', 'site', 'mask', 'phase', 'split'];

/**
 * The Vol-biplane analogue (EchoApex A.3): for each patient two perpendicular slices of the volume transducer at end-diastole and end-systole
 * with four chambers. `vol-biplane/biplanes.csv`, `images/*.png`, `masks/*.png` (grey values are those of `labels.json`).
 */
export function planVolBiplane(config: PhantomDataConfig, set: VolBiplaneConfig): SetPlan {
  const jobs: BiplaneJob[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    for (const turn of [0, 90]) {
      for (const phase of ['ED', 'ES'] as const) {
        const name = `${nameOf('B', index)}_${turn}_${phase}.png`;
        jobs.push({
          kind: 'biplane',
          file: `vol-biplane/masks/${name}`,
          image: `vol-biplane/images/${name}`,
          plan: volumePlan(config, `vol-biplane/patient/${index}`, turn, set.size),
          phase,
        });
      }
    }
  }
  const { leftVentricle, myocardium, leftAtrium, rightVentricle, rightAtrium } = Chamber;
  const labels = { leftVentricle, myocardium, leftAtrium, rightVentricle, rightAtrium };
  return {
    name: 'vol-biplane',
    jobs,
    tableFiles: ['vol-biplane/biplanes.csv', 'vol-biplane/labels.json'],
    tables: () => [
      {
        file: 'vol-biplane/biplanes.csv',
        columns: BIPLANE_COLUMNS,
        rows: jobs.map((job, n) => ({
          path: job.image.replace('vol-biplane/', ''),
          mask: job.file.replace('vol-biplane/', ''),
          patient: nameOf('B', Math.floor(n / 4)),
          view: job.plan.turn === 0 ? 'A4C' : 'A2C',
          plane: job.plan.turn,
          phase: job.phase,
          vendor: 'Siemens',
          site: 'site-1',
          spacing: pictureOf(planClip(job.plan)).spacing,
          split: splitOf(set.patients, Math.floor(n / 4)),
        })),
      },
      { file: 'vol-biplane/labels.json', text: `${JSON.stringify(labels, null, 2)}\n` },
    ],
  };
}

/**
 * A set of three-dimensional pictures: `volumes/volumes.csv` and Cartesian NIfTI volumes and masks of the same chambers,
 * x across, y in elevation, z along the depth, mm.
 */
export function planVolumes(config: PhantomDataConfig, set: VolumeSetConfig): SetPlan {
  const jobs: VolumeJob[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    for (const phase of ['ED', 'ES'] as const) {
      const name = `${nameOf('D', index)}_${phase}`;
      jobs.push({
        kind: 'volume',
        file: `volumes/masks/${name}_gt.nii.gz`,
        volume: `volumes/volumes/${name}.nii.gz`,
        plan: volumePlan(config, `volumes/patient/${index}`, 0, set.side),
        phase,
        side: set.side,
      });
    }
  }
  return {
    name: 'volumes',
    jobs,
    tableFiles: ['volumes/volumes.csv'],
    tables: () => [
      {
        file: 'volumes/volumes.csv',
        columns: VOLUME_COLUMNS,
        rows: jobs.map((job, n) => ({
          path: job.volume.replace('volumes/', ''),
          mask: job.file.replace('volumes/', ''),
          patient: nameOf('D', Math.floor(n / 2)),
          vendor: 'Siemens',
          site: 'site-1',
          phase: job.phase,
          split: splitOf(set.patients, Math.floor(n / 2)),
        })),
      },
    ],
  };
}

function volumePlan(config: PhantomDataConfig, patient: string, turn: number, size: number): ClipPlan {
  return {
    seed: config.seed,
    patient,
    population: 'adult',
    clip: 'volume',
    view: 'A4C',
    size,
    frames: 8,
    transducer: 'volume',
    gate: 'chords',
    turn,
    mirrored: false,
    ...conventionOf(config),
  };
}

function nameOf(letter: string, index: number): string {
  return `${letter}${String(index).padStart(5, '0')}`;
}
