import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { dataFolder } from '../../core/paths.js';
import type { ProgressFactory } from '../../core/progress.js';
import { spread } from '../../core/spread.js';
import type { ViewName } from '../../core/views.js';
import { hashOfManifest } from '../../datasets/manifest.js';
import { type AnyDataset, openDataset } from '../../datasets/open-dataset.js';
import { officialSplit } from '../../datasets/split.js';
import type { ViewSample } from '../../datasets/view-study.js';
import { PAPER_VIEWS } from '../../paper/tables-views.js';
import type { DataKind } from '../../records/record.js';
import { locateSets } from '../locate-sets.js';
import { clipInMemory, curatedFrames, type Sequence } from './sequence-frames.js';
import type { ViewClassificationConfig } from './view-config.js';

/** Views in the order of the paper's tables, by the names of data sets (`PLAX:VAL` where the tables print `PLAX:Valves`). */
export const VIEW_ORDER: readonly ViewName[] = PAPER_VIEWS.map((view) => (view === 'PLAX:Valves' ? 'PLAX:VAL' : view));

/** A data set that no model trains on (Table 4). */
export interface UnseenSet {
  /** `camus` or `echonet-dynamic`. */
  readonly set: string;
  readonly origin: DataKind;
  readonly sequences: readonly Sequence[];
}

/** Everything that notebook 02 reads from disk. */
export interface ViewData {
  /** Views that have a training sequence, in the paper's order: the classes. */
  readonly classes: readonly ViewName[];
  readonly train: readonly Sequence[];
  readonly validation: readonly Sequence[];
  readonly test: readonly Sequence[];
  readonly unseen: readonly UnseenSet[];
  readonly manifests: Readonly<Record<string, string>>;
}

const UNSEEN = ['camus', 'echonet-dynamic'] as const;

/**
 * Opens the labelled views, and the sets of Table 4: phantom twins in a phantom run, and the real ones wherever they are present under
 * `data/real/`.
 *
 * @throws {LeakError} if a patient stands on two sides of the split
 * @throws {DataError} if a view that is trained has no validation or test sequence
 */
export async function readViewData(
  config: ViewClassificationConfig,
  data: DataKind,
  progress: ProgressFactory,
): Promise<ViewData> {
  const root = await locateSets(config.phantom, ['views', ...UNSEEN], data, progress);
  const views = openDataset(data === 'phantom' ? 'phantom-views' : 'view-study', root.folder('views'));
  if (views.layout !== 'view-study') throw new DataError(`readViewData: expected a view study, got ${views.layout}`);
  const labelled = views.samples.filter(({ view }) => view !== null);
  const split = officialSplit(labelled);
  const toSequences = (samples: readonly ViewSample[]): Sequence[] =>
    [...samples].sort((a, b) => (a.id < b.id ? -1 : 1)).map((sample) => viewSequence(sample, data));
  const train = toSequences(split.train);
  const test = toSequences(split.test);
  const classes = VIEW_ORDER.filter((view) => train.some(({ label }) => label === view));
  const missing = classes.filter((view) => !test.some(({ label }) => label === view));
  if (missing.length > 0 || classes.length < 2) {
    throw new DataError(
      `readViewData: every view that is trained needs a test sequence, and there must be two views; without one: ${missing.join(', ') || 'none'}; trained: ${classes.join(', ')}`,
    );
  }
  const known = (sequences: readonly Sequence[]): Sequence[] =>
    sequences.filter(({ label }) => classes.includes(label));
  const opened = UNSEEN.flatMap((set) => {
    const real = join(dataFolder(), 'real', set);
    const places: { manifest: string; folder: string; origin: DataKind }[] = [];
    if (data === 'phantom') places.push({ manifest: root.manifest(set), folder: root.folder(set), origin: 'phantom' });
    if (existsSync(real)) places.push({ manifest: set, folder: real, origin: 'real' });
    return places.map(({ manifest, folder, origin }) => ({ set, origin, dataset: openDataset(manifest, folder) }));
  });
  return {
    classes,
    train,
    validation: known(toSequences(split.validation)),
    test: known(test),
    unseen: opened.map(({ set, origin, dataset }) => ({
      set,
      origin,
      sequences: spread(unseenSequences(dataset, set, origin), config.unseenSequences).filter(({ label }) =>
        classes.includes(label),
      ),
    })),
    manifests: {
      views: hashOfManifest(views.manifest),
      ...Object.fromEntries(
        opened.map(({ set, origin, dataset }) => [`${set} (${origin})`, hashOfManifest(dataset.manifest)]),
      ),
    },
  };
}

function viewSequence(sample: ViewSample, origin: DataKind): Sequence {
  const { id, patient } = sample;
  return { id, patient, label: sample.view!, set: 'views', origin, open: () => sample.open() };
}

/** Side to which sequences of unseen sets are curated before they are resized. */
const CURATED_SIDE = 128;

function unseenSequences(dataset: AnyDataset, set: string, origin: DataKind): Sequence[] {
  if (dataset.layout !== 'camus' && dataset.layout !== 'echonet-dynamic') {
    throw new DataError(`readViewData: ${set} must have the layout camus or echonet-dynamic, got ${dataset.layout}`);
  }
  return dataset.samples.map(({ id, patient, view, readClip }) => ({
    id,
    patient,
    label: view,
    set,
    origin,
    open: async () => clipInMemory(curatedFrames(await readClip(), CURATED_SIDE).clip),
  }));
}
