import { stream } from '../core/random.js';
import { VIEW_NAMES } from '../core/views.js';
import { vendorOf } from './clip-plan.js';
import { type DicomStudyConfig, type PhantomDataConfig, patientsIn, splitOf } from './data-config.js';
import { drawViews } from './plan-view-study.js';
import type { DicomJob, SetPlan } from './set-plan.js';

/** Columns of `dicom/clips.csv`: those of a view study. */
export const DICOM_COLUMNS: readonly string[] = ['path', 'patient', 'view', 'vendor', 'site', 'split'];

/** A study folder as a hospital exports it: `dicom/<patient>/<nn>.dcm` with names, text, ECG and grey bars to be removed, and `dicom/clips.csv`. */
export function planDicomStudy(config: PhantomDataConfig, set: DicomStudyConfig): SetPlan {
  const jobs: DicomJob[] = [];
  const notes: { site: string; split: string }[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const label = `dicom/patient/${index}`;
    const random = stream(config.seed, `${label}/study`);
    const site = `site-${1 + random.integer(6)}`;
    const patient = `H${String(index).padStart(5, '0')}`;
    drawViews(random, VIEW_NAMES, set.clipsPerPatient, 0.5).forEach((view, n) => {
      jobs.push({
        kind: 'dicom',
        file: `dicom/${patient}/${String(n).padStart(2, '0')}.dcm`,
        patient,
        plan: {
          seed: config.seed,
          patient: label,
          population: 'adult',
          clip: `clip/${n}`,
          view,
          size: set.size,
          frames: set.frames,
          transducer: 'any',
          gate: 'free',
          turn: 0,
          mirrored: false,
        },
      });
      notes.push({ site, split: splitOf(set.patients, index) });
    });
  }
  return {
    name: 'dicom',
    jobs,
    tableFiles: ['dicom/clips.csv'],
    tables: () => [
      {
        file: 'dicom/clips.csv',
        columns: DICOM_COLUMNS,
        rows: jobs.map((job, n) => ({
          path: job.file.replace('dicom/', ''),
          patient: job.patient,
          view: job.plan.view,
          vendor: vendorOf(job.plan).name,
          ...notes[n]!,
        })),
      },
    ],
  };
}
