import type { CsvCell } from '../core/csv.js';
import { stream } from '../core/random.js';
import { instantOf, type PlannedClip, pictureOf, planClip } from './clip-plan.js';
import { conventionOf, type EchonetPediatricConfig, type PhantomDataConfig } from './data-config.js';
import { labelledVolume } from './label-convention.js';
import type { SetPlan, VideoJob } from './set-plan.js';
import { tracePolygon } from './tracing.js';

const FOLDER = 'echonet-pediatric';
const FOLDS = 10;
/** Share of clips where a reader found no such frame; the release marks them `No Systolic` and `No Diastolic`. */
const UNTRACED = 0.02;
/** Share of weights and heights that nobody wrote down. */
const UNWRITTEN = 0.03;

/** Columns of the official `FileList.csv`. */
export const PEDIATRIC_LIST_COLUMNS: readonly string[] = ['FileName', 'EF', 'Sex', 'Age', 'Weight', 'Height', 'Split'];

/** Columns of the official `VolumeTracings.csv`. */
export const PEDIATRIC_TRACING_COLUMNS: readonly string[] = ['FileName', 'X', 'Y', 'Frame'];

/**
 * The layout of EchoNet-Pediatric (Reddy et al. 2023, J Am Soc Echocardiogr 36:482): `{A4C,PSAX}/{FileList.csv,VolumeTracings.csv,Videos/}`.
 *
 * FileName carries its suffix; the split is a fold, 0 to 9, the same for both clips of a child; outlines are polygons, systole first.
 */
export function planEchonetPediatric(config: PhantomDataConfig, set: EchonetPediatricConfig): SetPlan {
  const studies = (['A4C', 'PSAX'] as const).map((view) => ({
    view,
    jobs: Array.from({ length: set.patients }, (_, index): VideoJob => {
      const patient = `echonet-pediatric/patient/${index}`;
      return {
        kind: 'video',
        file: `${FOLDER}/${view}/Videos/${childName(config.seed, patient)}-${view}.avi`,
        plan: {
          seed: config.seed,
          patient,
          population: 'paediatric',
          clip: view,
          view: view === 'A4C' ? 'A4C' : 'PSAX:PAP',
          size: set.size,
          frames: set.frames,
          transducer: 'any',
          gate: 'outline',
          turn: 0,
          mirrored: false,
          ...conventionOf(config),
        },
      };
    }),
  }));
  return {
    name: FOLDER,
    jobs: studies.flatMap(({ jobs }) => jobs),
    tableFiles: studies.flatMap(({ view }) => [
      `${FOLDER}/${view}/FileList.csv`,
      `${FOLDER}/${view}/VolumeTracings.csv`,
    ]),
    tables: () =>
      studies.flatMap(({ view, jobs }) => {
        const clips = jobs.map((job) => ({ name: job.file.split('/').pop()!, planned: planClip(job.plan) }));
        return [
          {
            file: `${FOLDER}/${view}/FileList.csv`,
            columns: PEDIATRIC_LIST_COLUMNS,
            rows: clips.map(({ name, planned }, index) => listRow(name, planned, index)),
          },
          {
            file: `${FOLDER}/${view}/VolumeTracings.csv`,
            columns: PEDIATRIC_TRACING_COLUMNS,
            rows: clips.flatMap(({ name, planned }) => tracingRows(name, planned)),
          },
        ];
      }),
  };
}

function childName(seed: number, patient: string): string {
  return `CR${stream(seed, `${patient}/name`)
    .integer(2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;
}

function listRow(name: string, { patient, heart, plan }: PlannedClip, index: number): Record<string, CsvCell> {
  const gaps = stream(plan.seed, `${plan.patient}/gaps`);
  return {
    FileName: name,
    EF: 100 * (1 - labelledVolume(heart, 1, plan.labels) / labelledVolume(heart, 0, plan.labels)),
    Sex: patient.sex,
    Age: patient.age,
    Weight: gaps.chance(UNWRITTEN) ? 'nan' : patient.weight,
    Height: gaps.chance(UNWRITTEN) ? 'nan' : patient.height,
    Split: index % FOLDS,
  };
}

function tracingRows(name: string, planned: PlannedClip): Record<string, CsvCell>[] {
  const picture = pictureOf(planned);
  const gaps = stream(planned.plan.seed, `${planned.plan.patient}/${planned.plan.clip}/untraced`);
  return (
    [
      ['No Systolic', planned.endSystole],
      ['No Diastolic', planned.endDiastole],
    ] as const
  ).flatMap(([absent, frame]): Record<string, CsvCell>[] => {
    if (gaps.chance(UNTRACED)) return [{ FileName: name, X: '', Y: '', Frame: absent }];
    const { state, sway } = instantOf(planned, frame);
    return tracePolygon(state, picture, sway).map(([x, y]) => ({ FileName: name, X: x, Y: y, Frame: frame }));
  });
}
