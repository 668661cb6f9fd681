import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '../../core/errors.js';
import { sha256 } from '../../core/hash.js';
import { dataFolder, workbenchRoot } from '../../core/paths.js';
import { readCamus } from '../../datasets/camus.js';
import { readManifest } from '../../datasets/manifest.js';
import { officialSplit } from '../../datasets/split.js';
import { type Figure, writeFigure } from '../../figures/figure.js';
import { toBytes } from '../../imaging/image.js';
import { readNifti } from '../../imaging/nifti/read-nifti.js';
import { type AnnotatedFrame, camusFrames, type TracedPicture } from './annotated-frames.js';

/** Real CAMUS frames to look at, and where they are from. */
export interface RealCamus {
  readonly frames: readonly AnnotatedFrame[];
  /** `patients`: a handful of files; `test split`: the whole data set's official test patients. */
  readonly kind: 'patients' | 'test split';
  /** Hash of what was found. */
  readonly hash: string;
}

/**
 * Finds real CAMUS pictures: the whole data set under `data/real/camus` (its official test patients), or single patients as released
 * (`patientNNNN_4CH_ED.nii.gz` with `_gt`) in `$ECHOLAB_CAMUS_SAMPLES` or in `../shared/samples/camus` beside the clone.
 *
 * The licence (CC BY-NC-SA 4.0) lets nobody put them into this repository.
 *
 * @returns `null` if there are none
 */
export function findRealCamus(environment: NodeJS.ProcessEnv = process.env): RealCamus | null {
  const whole = join(dataFolder(), 'real', 'camus');
  if (existsSync(join(whole, 'database_nifti'))) {
    const { samples, manifest } = readCamus(whole, readManifest('camus'));
    const test = officialSplit(samples).test;
    return {
      frames: test.flatMap((sample) => camusFrames(sample, 'test')),
      kind: 'test split',
      hash: sha256(`${manifest.name} ${test.map(({ id }) => id).join(' ')}`),
    };
  }
  const beside = join(workbenchRoot(), '..', 'shared', 'samples', 'camus');
  const folder = [environment.ECHOLAB_CAMUS_SAMPLES, beside].find((each) => each !== undefined && existsSync(each));
  if (folder === undefined) return null;
  const names = readdirSync(folder)
    .flatMap((file) => /^(patient\d{4}_[24]CH_E[DS])_gt\.nii\.gz$/.exec(file)?.[1] ?? [])
    .filter((name) => existsSync(join(folder, `${name}.nii.gz`)))
    .sort();
  if (names.length === 0) return null;
  const digests = names.map((name) => sha256(readFileSync(join(folder, `${name}_gt.nii.gz`))));
  return { frames: names.map((name) => sampleFrame(folder, name)), kind: 'patients', hash: sha256(digests.join('')) };
}

/** Writes a figure that shows real frames to `data/real-overlays/`: their licence keeps them out of records. */
export async function writeRealOverlay(figure: Figure): Promise<void> {
  await writeFigure(join(dataFolder(), 'real-overlays'), figure);
}

function sampleFrame(folder: string, name: string): AnnotatedFrame {
  const [patient = '', tag, phase] = name.split('_');
  return {
    id: `camus/${patient}_${tag}#${phase}`,
    patient: `camus/${patient}`,
    set: 'camus',
    view: tag === '4CH' ? 'A4C' : 'A2C',
    phase: phase === 'ED' ? 'ED' : 'ES',
    structures: ['leftVentricle', 'myocardium', 'leftAtrium'],
    clip: { read: async (places) => Promise.all(places.map(() => readSample(folder, name))) },
    place: 0,
  };
}

async function readSample(folder: string, name: string): Promise<TracedPicture> {
  const picture = await readNifti(join(folder, `${name}.nii.gz`));
  const mask = await readNifti(join(folder, `${name}_gt.nii.gz`));
  if (picture.shape.join() !== mask.shape.join()) {
    throw new FormatError(
      `readSample: ${name} has a picture of ${picture.shape.join(' x ')}, a mask of ${mask.shape.join(' x ')}`,
    );
  }
  const [width, height] = picture.shape;
  const [xMillimetres, yMillimetres] = picture.spacing;
  const grey = toBytes(picture.data);
  return {
    image: { width, height, data: grey },
    labels: Uint8Array.from(mask.data),
    spacing: { xMillimetres, yMillimetres },
  };
}
