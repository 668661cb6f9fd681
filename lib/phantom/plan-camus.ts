import { CAMUS_SITE } from './camus-site.js';
import { type CamusConfig, conventionOf, type PhantomDataConfig, patientsIn, splitOf } from './data-config.js';
import type { CamusJob, SetPlan } from './set-plan.js';

const SPLIT_FILES = {
  train: 'subgroup_training.txt',
  val: 'subgroup_validation.txt',
  test: 'subgroup_testing.txt',
} as const;

/**
 * The layout of CAMUS (Leclerc et al. 2019, IEEE TMI 38:2198), NIfTI release: `camus/database_nifti/patientNNNN/…` and
 * `camus/database_split/subgroup_*.txt`. All frames of the half sequence carry masks; ED is its first frame and ES its last.
 */
export function planCamus(config: PhantomDataConfig, set: CamusConfig): SetPlan {
  const jobs: CamusJob[] = [];
  const parts = { train: [] as string[], val: [] as string[], test: [] as string[] };
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const name = `patient${String(index + 1).padStart(4, '0')}`;
    parts[splitOf(set.patients, index)].push(name);
    for (const view of ['4CH', '2CH'] as const) {
      jobs.push({
        kind: 'camus',
        file: `camus/database_nifti/${name}/Info_${view}.cfg`,
        view,
        plan: {
          seed: config.seed,
          patient: `camus/patient/${index}`,
          clip: view,
          view: view === '4CH' ? 'A4C' : 'A2C',
          size: set.size,
          frames: set.frames,
          transducer: 'GE', // CAMUS was recorded on one GE scanner
          gate: 'half',
          turn: 0,
          mirrored: false,
          ...CAMUS_SITE,
          ...conventionOf(config),
        },
      });
    }
  }
  const files = (['train', 'val', 'test'] as const).map((part) => ({
    file: `camus/database_split/${SPLIT_FILES[part]}`,
    text: parts[part].map((name) => `${name}\n`).join(''),
  }));
  return { name: 'camus', jobs, tables: () => files, tableFiles: files.map(({ file }) => file) };
}
