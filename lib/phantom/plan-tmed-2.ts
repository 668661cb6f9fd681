import { stream } from '../core/random.js';
import type { ViewName } from '../core/views.js';
import { type PhantomDataConfig, patientsIn, splitOf, type Tmed2Config } from './data-config.js';
import type { SetPlan, StillJob } from './set-plan.js';

const FOLDER = 'tmed-2';
const SOURCE = 'view_and_diagnosis_labeled_set/labeled';

/** Columns of the official `labels_per_image.csv`. */
export const TMED_2_COLUMNS: readonly string[] = [
  'query_key',
  'view_label',
  'diagnosis_label',
  'SourceFolder',
  'view_classifier_split',
];

/** TMED-2's labels and the views that carry them. */
const LABELS: readonly (readonly [string, readonly ViewName[]])[] = [
  ['PLAX', ['PLAX:LV', 'PLAX:VAL']],
  ['PSAX', ['PSAX:AV', 'PSAX:MV']],
  ['A4C', ['A4C']],
  ['A2C', ['A2C']],
  ['A4CorA2CorOther', ['A3C', 'A5C', 'SC:4C']],
];

/** The layout of TMED-2 (Huang et al. 2022): `labels_per_image.csv` and PNG stills named `<patient>s<study>_<n>.png`. */
export function planTmed2(config: PhantomDataConfig, set: Tmed2Config): SetPlan {
  const jobs: StillJob[] = [];
  const rows: Record<string, string>[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const label = `tmed-2/patient/${index}`;
    const random = stream(config.seed, `${label}/study`);
    LABELS.forEach(([viewLabel, views], n) => {
      const key = `${index + 1}s1_${n}.png`;
      jobs.push({
        kind: 'still',
        file: `${FOLDER}/${SOURCE}/${key}`,
        plan: {
          seed: config.seed,
          patient: label,
          population: 'adult',
          clip: `still/${n}`,
          view: random.pick(views),
          size: set.size,
          frames: 12,
          transducer: 'any',
          gate: 'free',
          turn: 0,
          mirrored: false,
        },
        frame: random.integer(12),
      });
      rows.push({
        query_key: key,
        view_label: viewLabel,
        diagnosis_label: 'Not_Provided',
        SourceFolder: SOURCE,
        view_classifier_split: splitOf(set.patients, index),
      });
    });
  }
  const file = `${FOLDER}/labels_per_image.csv`;
  return { name: FOLDER, jobs, tableFiles: [file], tables: () => [{ file, columns: TMED_2_COLUMNS, rows }] };
}
