import { ArgumentError } from '../core/errors.js';
import { type RandomStream, stream } from '../core/random.js';
import { VIEW_NAMES, type ViewName } from '../core/views.js';
import { C_PLANE_DEPTHS } from './c-plane.js';
import { type ClipPlan, vendorOf } from './clip-plan.js';
import {
  type PhantomDataConfig,
  type PretrainSetConfig,
  patientsIn,
  splitOf,
  VIEW_SHARES,
  type ViewSetConfig,
} from './data-config.js';
import type { SetPlan, VideoJob } from './set-plan.js';

/** Clinical sites of the view study (six in EchoApex A.2) and of pretraining (eleven in A.1). */
const VIEW_SITES = 6;
const PRETRAIN_SITES = 11;
/** One site in each study shows apical views mirrored now and then. */
const MIRRORING_SITE = 3;

/**
 * Clips of the labelled study: acquired by sonographers for the view they name, and readable. A reader names no picture in which
 * nothing can be told, so windows worse than the least quality are drawn at it here; pretraining has them as they are.
 */
const LABELLED = {
  operator: 'sonographer',
  appearance: 'camus',
  leastQuality: 0.7,
} as const satisfies Partial<ClipPlan>;

/** Columns of the view study's CSV: those that a user's own study has, then the split. */
export const VIEW_STUDY_COLUMNS: readonly string[] = ['path', 'patient', 'view', 'vendor', 'site', 'split'];

/** Columns of the pretraining set's CSV. `view` is empty: nothing may learn from labels here. */
export const PRETRAIN_COLUMNS: readonly string[] = [
  'path',
  'patient',
  'view',
  'vendor',
  'site',
  'transducer',
  'echo3m',
  'echo12m',
  'echo20m',
];

/** Share of the whole set in the Echo12M analogue (12 of 20 million images). */
const ECHO_12M_SHARE = 0.6;

/**
 * The labelled view study: `views/clips.csv` and `views/clips/<patient>/<nn>.avi`.
 *
 * Each clip's view is drawn by the class shares, whatever the patient's other clips show. Only the first patients of each part begin with one view each,
 * the rarest first, so that no part with as many patients as there are views lacks one.
 */
export function planViewStudy(config: PhantomDataConfig, set: ViewSetConfig): SetPlan {
  const jobs: VideoJob[] = [];
  const notes: { patient: string; view: ViewName; site: string; split: string }[] = [];
  const rarest = [...set.views].sort((a, b) => VIEW_SHARES[a] - VIEW_SHARES[b]);
  const starts = { train: 0, val: set.patients.train, test: set.patients.train + set.patients.val };
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const label = `views/patient/${index}`;
    const random = stream(config.seed, `${label}/study`);
    const site = 1 + random.integer(VIEW_SITES);
    const patient = `V${String(index).padStart(5, '0')}`;
    const split = splitOf(set.patients, index);
    const drawn = drawViews(random, set.views, set.clipsPerPatient, set.imbalance);
    const first = rarest[index - starts[split]];
    if (first !== undefined) drawn[0] = first;
    drawn.forEach((view, n) => {
      jobs.push(
        aviJob(`views/clips/${patient}/${String(n).padStart(2, '0')}.avi`, {
          ...clip(config, set, label, n, view, site, random),
          ...LABELLED,
        }),
      );
      notes.push({ patient, view, site: `site-${site}`, split });
    });
  }
  return {
    name: 'views',
    jobs,
    tableFiles: ['views/clips.csv'],
    tables: () => [
      {
        file: 'views/clips.csv',
        columns: VIEW_STUDY_COLUMNS,
        rows: jobs.map((job, n) => ({ path: within('views/', job), vendor: vendorOf(job.plan).name, ...notes[n]! })),
      },
    ],
  };
}

/**
 * The unlabelled set: `pretrain/clips.csv` and `pretrain/clips/<patient>/<nn>.avi`.
 *
 * `echo3m` marks the slices of the volume transducer (biplanes, C-planes) and nothing else, `echo12m` a random 60 % of the patients with all their clips,
 * `echo20m` everything, as in EchoApex 2.1.
 */
export function planPretraining(config: PhantomDataConfig, set: PretrainSetConfig): SetPlan {
  const depths = cPlaneDepths(set);
  const jobs: VideoJob[] = [];
  const notes: { patient: string; site: string; echo12m: number }[] = [];
  for (let index = 0; index < set.patients; index++) {
    const label = `pretrain/patient/${index}`;
    const random = stream(config.seed, `${label}/study`);
    const site = 1 + random.integer(PRETRAIN_SITES);
    const patient = `P${String(index).padStart(5, '0')}`;
    const note = { patient, site: `site-${site}`, echo12m: random.chance(ECHO_12M_SHARE) ? 1 : 0 };
    const views = drawViews(random, VIEW_NAMES, set.clipsPerPatient, 0.5);
    const plans: { readonly plan: ClipPlan; readonly cPlane?: number }[] = views.map((view, n) => ({
      plan: clip(config, set, label, n, view, site, random),
    }));
    for (let n = 0; n < set.biplanesPerPatient; n++) {
      // two slices at right angles of one volume, at one of the 15-degree steps of EchoApex A.1
      const turn = 15 * random.integer(6);
      const slice = {
        ...clip(config, set, label, views.length + n, 'A4C', 0, random),
        transducer: 'volume',
        turn,
      } as const;
      plans.push({ plan: slice }, { plan: { ...slice, turn: turn + 90 } });
      if (n === 0) plans.push(...depths.map((cPlane) => ({ plan: slice, cPlane })));
    }
    plans.forEach((own, n) => {
      jobs.push({ kind: 'video', file: `pretrain/clips/${patient}/${String(n).padStart(2, '0')}.avi`, ...own });
      notes.push(note);
    });
  }
  return {
    name: 'pretrain',
    jobs,
    tableFiles: ['pretrain/clips.csv'],
    tables: () => [
      {
        file: 'pretrain/clips.csv',
        columns: PRETRAIN_COLUMNS,
        rows: jobs.map((job, n) => ({
          path: within('pretrain/', job),
          view: '',
          vendor: vendorOf(job.plan).name,
          transducer: job.plan.transducer === 'volume' ? 'volume' : '2d',
          echo3m: job.plan.transducer === 'volume' ? 1 : 0,
          echo20m: 1,
          ...notes[n]!,
        })),
      },
    ],
  };
}

function cPlaneDepths({ cPlanesPerPatient = 0, biplanesPerPatient }: PretrainSetConfig): readonly number[] {
  const most = biplanesPerPatient === 0 ? 0 : C_PLANE_DEPTHS.length;
  if (!Number.isInteger(cPlanesPerPatient) || cPlanesPerPatient < 0 || cPlanesPerPatient > most) {
    throw new ArgumentError(
      `planPretraining: pretrain.cPlanesPerPatient must be 0 to ${most} with ${biplanesPerPatient} biplanes a patient, got ${cPlanesPerPatient}`,
    );
  }
  return C_PLANE_DEPTHS.slice(0, cPlanesPerPatient);
}

function clip(
  config: PhantomDataConfig,
  set: { readonly size: number; readonly frames: number },
  patient: string,
  number: number,
  view: ViewName,
  site: number,
  random: RandomStream,
): ClipPlan {
  const apical = view.startsWith('A') || view.startsWith('Cont:A');
  return {
    seed: config.seed,
    patient,
    population: 'adult',
    clip: `clip/${number}`,
    view,
    size: set.size,
    frames: set.frames,
    transducer: 'any',
    gate: 'free',
    turn: 0,
    mirrored: apical && site === MIRRORING_SITE && random.chance(0.3),
  };
}

function aviJob(file: string, plan: ClipPlan): VideoJob {
  return { kind: 'video', file, plan };
}

function within(folder: string, job: VideoJob): string {
  return job.file.slice(folder.length);
}

/** Views of one patient's clips, each drawn by the shares raised to `imbalance`: a study may hold two clips of one view, as real ones do. */
export function drawViews(
  random: RandomStream,
  views: readonly ViewName[],
  count: number,
  imbalance: number,
): ViewName[] {
  const weights = views.map((view) => VIEW_SHARES[view] ** imbalance);
  return Array.from({ length: count }, () => views[random.weighted(weights)]!);
}
