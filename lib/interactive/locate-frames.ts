import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { DataError } from '../core/errors.js';
import { dataFolder } from '../core/paths.js';
import { CLIP_SUFFIXES, clipFile } from '../datasets/clip-file.js';
import { manifestNames } from '../datasets/manifest.js';
import { openDataset } from '../datasets/open-dataset.js';
import { readNifti } from '../imaging/nifti/read-nifti.js';
import { readPhantomSummary } from '../phantom/phantom-summary.js';
import { datasetFrames, openClip } from './dataset-frames.js';
import type { FrameGroup, OpenFrames } from './frame-source.js';
import { niftiFrames } from './nifti-frames.js';

/** The file or folder by which each layout is known. */
const MARKS = [
  ['camus', 'database_nifti'],
  ['echonet-dynamic', 'VolumeTracings.csv'],
  ['echonet-pediatric', 'A4C/VolumeTracings.csv'],
  ['vol-biplane', 'biplanes.csv'],
  ['echonet-lvh', 'MeasurementsList.csv'],
  ['volume-set', 'volumes.csv'],
] as const;

/** Phantom sets that are worth segmenting, in the order in which they are offered. */
const PHANTOM_SETS = ['camus', 'echonet-dynamic', 'echonet-pediatric', 'vol-biplane', 'views'] as const;

const NIFTI = /\.nii(\.gz)?$/i;
/** A folder with more files than this is not a folder of one's own pictures but a data set without a manifest. */
const MOST_FILES = 20_000;

/**
 * What a person may segment.
 *
 * @param path a clip (AVI, DICOM, PNG, JPEG) or NIfTI file; a data set's folder; a folder of phantom sets; any other folder, whose files become a list.
 *   Left out: the phantom sets on disk, the largest scale first.
 * @param manifest name of, or path to, the manifest of the data set at `path`; left out: told from the files that lie there
 * @throws {DataError} if there is nothing to show, with what to do
 */
export function locateFrames(path: string | undefined, manifest?: string): FrameGroup[] {
  if (path === undefined) return phantomOnDisk();
  const whole = resolve(path);
  if (!existsSync(whole)) throw new DataError(`locateFrames: ${whole} is not there; give a file, a folder or nothing`);
  if (manifest !== undefined) return [datasetFrames(openDataset(manifest, whole))];
  if (!statSync(whole).isDirectory()) return [fileGroup(dirname(whole), [basename(whole)], basename(whole))];
  if (readPhantomSummary(whole) !== undefined) return phantomSets(whole);
  const twin = `phantom-${basename(whole)}`;
  if (readPhantomSummary(dirname(whole)) !== undefined && manifestNames().includes(twin)) {
    return [datasetFrames(openDataset(twin, whole))];
  }
  const layout = MARKS.find(([, mark]) => existsSync(join(whole, mark)))?.[0];
  if (layout !== undefined) return [datasetFrames(openDataset(layout, whole))];
  const files = picturesUnder(whole);
  if (files.length === 0) {
    throw new DataError(
      `locateFrames: ${whole} holds no data set that is known by its files and no picture (${[...CLIP_SUFFIXES.filter(Boolean), '.nii', '.nii.gz'].join(', ')})`,
    );
  }
  return [fileGroup(whole, files, basename(whole))];
}

function phantomOnDisk(): FrameGroup[] {
  const folders = existsSync(dataFolder()) ? readdirSync(dataFolder()).map((name) => join(dataFolder(), name)) : [];
  const rank = ['full', 'mini', 'smoke'];
  const found = folders
    .flatMap((folder) => {
      const scale = readPhantomSummary(folder)?.scale;
      return scale === undefined ? [] : [{ folder, place: rank.indexOf(scale) }];
    })
    .sort((a, b) => a.place - b.place);
  for (const { folder } of found) {
    const groups = phantomSets(folder);
    if (groups.length > 0) return groups;
  }
  throw new DataError(
    `locateFrames: there are no phantom sets in ${dataFolder()}; run "npm run echolab -- data make --scale smoke", or give a file or a folder of your own`,
  );
}

function phantomSets(folder: string): FrameGroup[] {
  const whole = new Set(
    readPhantomSummary(folder)
      ?.sets.filter(({ complete }) => complete)
      .map(({ name }) => name),
  );
  const known = new Set(manifestNames());
  return PHANTOM_SETS.filter((name) => whole.has(name) && known.has(`phantom-${name}`)).map((name) =>
    datasetFrames(openDataset(`phantom-${name}`, join(folder, name))),
  );
}

function picturesUnder(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => NIFTI.test(name) || CLIP_SUFFIXES.includes(extname(name).toLowerCase()))
    .filter((name) => !(NIFTI.test(name) && /_gt\.nii/i.test(name)));
  if (files.length > MOST_FILES) {
    throw new DataError(
      `locateFrames: ${folder} holds ${files.length} pictures; at most ${MOST_FILES} are listed, give a folder inside it`,
    );
  }
  return files.sort();
}

/** Files as they are, one clip each. A NIfTI file `x.nii.gz` takes its truth from `x_gt.nii.gz` beside it. */
function fileGroup(folder: string, files: readonly string[], title: string): FrameGroup {
  const known = new Set(files);
  return {
    id: 'files',
    title,
    origin: 'real',
    clips: files.map((name) => ({
      id: name,
      title: name,
      patient: name,
      attributes: { folder: dirname(name) === '.' ? title : dirname(name), format: formatOf(name) },
    })),
    async open(name) {
      if (!known.has(name)) throw new DataError(`locateFrames: ${name} is not among the files of ${folder}`);
      const path = join(folder, name);
      return NIFTI.test(name) ? openNifti(path) : openClip(clipFile(path));
    },
  };
}

function formatOf(name: string): string {
  if (NIFTI.test(name)) return 'NIfTI';
  const suffix = extname(name).toLowerCase();
  return suffix === '' || suffix === '.dcm' || suffix === '.dicom' ? 'DICOM' : suffix.slice(1).toUpperCase();
}

async function openNifti(path: string): Promise<OpenFrames> {
  const truth = path.replace(NIFTI, (suffix) => `_gt${suffix}`);
  return niftiFrames(await readNifti(path), existsSync(truth) ? await readNifti(truth) : null);
}
