import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { type CsvCell, writeCsv } from '../../core/csv.js';
import { ArgumentError, DataError } from '../../core/errors.js';
import { sweepPartials, writeJsonWhole } from '../../core/files.js';
import { hashOf } from '../../core/hash.js';
import { type ProgressFactory, silentProgress } from '../../core/progress.js';
import type { Manifest } from '../manifest.js';
import { beamSidecarOf } from './beam-sidecar.js';
import { type CuratedFile, type CurationOutcome, type CurationReason, curateFile } from './curate-file.js';
import type { CurationTask } from './curate-worker.js';
import { curateOnWorkers } from './curation-pool.js';
import { keyedHash } from './keyed-hash.js';

/** Options of {@link curateFolder}. */
export interface CurateFolderOptions {
  /** Secret that file names and patients are hashed with, at least 16 characters; the user keeps it, it is written nowhere. */
  readonly salt: string;
  /** Side of the result, pixels; default 112, as the paper pretrains. */
  readonly size?: number;
  /** JPEG quality; default 95. */
  readonly quality?: number;
  /** Site written to every row; default empty. */
  readonly site?: string;
  /** Views by path relative to the input; rows without one stay unlabelled. */
  readonly views?: ReadonlyMap<string, string>;
  /** Worker threads; default one less than the cores, at least 1; 0 works in this thread. */
  readonly workers?: number;
  /** Where to write which source became which clip. It names patients' files: keep it with the originals, never with the result. */
  readonly keyFile?: string;
  readonly progress?: ProgressFactory;
}

/** What was done with a folder. */
export interface CurationReport {
  readonly files: number;
  readonly written: number;
  readonly skipped: Readonly<Partial<Record<CurationReason, number>>>;
  readonly quarantined: Readonly<Partial<Record<CurationReason, number>>>;
  /** Files whose source carried each identifying attribute. None was copied. */
  readonly identifyingAttributes: Readonly<Record<string, number>>;
  readonly withoutSpacing: number;
  /** Of all files, how many this run did; the others were done before. */
  readonly doneInThisRun: number;
}

interface JournalEntry {
  /** Hashed relative path with size and time of the source. */
  readonly key: string;
  readonly options: string;
  readonly clip: string;
  readonly outcome: CurationOutcome;
}

const JOURNAL = 'curation-journal.jsonl';
const FEWEST_SALT_CHARACTERS = 16;

/**
 * Curates a folder of DICOM, AVI and NIfTI volume files into a view study: `clips.csv`, `clips/<patient>/<clip>.avi`, `manifest.json`, `report.json`.
 * Names and patients are keyed hashes; no attribute of the sources is copied but vendor, rate and spacing. Interrupted runs go on where they
 * stopped: a file is journalled after its clip stands whole.
 *
 * Source: EchoApex A.1 (pretraining set) and A.2 (view classification).
 *
 * @throws {ArgumentError} if the salt is short, or the output lies inside the input
 */
export async function curateFolder(
  input: string,
  output: string,
  options: CurateFolderOptions,
): Promise<CurationReport> {
  if (options.salt.length < FEWEST_SALT_CHARACTERS) {
    throw new ArgumentError(
      `curateFolder: salt must have at least ${FEWEST_SALT_CHARACTERS} characters, got ${options.salt.length}`,
    );
  }
  if (!statSync(input, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError(`curateFolder: ${input} is no folder`);
  }
  const way = relative(input, output);
  if (way === '' || (!way.startsWith('..') && !way.includes(':'))) {
    throw new ArgumentError(`curateFolder: the output must not lie inside the input, got ${output}`);
  }
  const fileOptions = { size: options.size ?? 112, quality: options.quality ?? 95 };
  const optionsHash = hashOf({ ...fileOptions, salt: keyedHash(options.salt, 'salt') });
  mkdirSync(output, { recursive: true });
  sweepClips(output);
  const journal = readJournal(join(output, JOURNAL), optionsHash);
  const sources = filesBelow(input).map((path) => describe(path, input, options));
  const open = sources.filter(({ key }) => !journal.has(key));
  const bar = (options.progress ?? silentProgress)('curate', open.length, 'files');
  let done = 0;
  const finish = (source: Source, outcome: CurationOutcome): void => {
    const entry: JournalEntry = {
      key: source.key,
      options: optionsHash,
      clip: source.name,
      outcome,
    };
    appendFileSync(join(output, JOURNAL), `${JSON.stringify(entry)}\n`);
    journal.set(source.key, entry);
    bar.update(++done);
  };
  await curateAll(open, output, options, fileOptions, finish);
  bar.finish();
  // Views come from this call, so that labels may follow curation.
  const entries = sources.map(({ key, view }) => ({ ...journal.get(key)!, view }));
  writeStudy(output, entries, options);
  if (options.keyFile !== undefined) {
    const rows = sources.map((source) => ({
      source: source.relative,
      clip: source.name,
      status: journal.get(source.key)!.outcome.status,
    }));
    writeCsv(options.keyFile, rows, ['source', 'clip', 'status']);
  }
  const report = reportOf(entries, open.length);
  writeJsonWhole(join(output, 'report.json'), report);
  return report;
}

interface Source {
  readonly path: string;
  readonly relative: string;
  readonly key: string;
  readonly name: string;
  readonly view: string;
}

async function curateAll(
  sources: readonly Source[],
  output: string,
  options: CurateFolderOptions,
  settings: { readonly size: number; readonly quality: number },
  finish: (source: Source, outcome: CurationOutcome) => void,
): Promise<void> {
  const tasks = new Map<CurationTask, Source>();
  for (const source of sources) {
    const fallbackPatient = `folder ${dirname(source.relative)}`;
    const fileOptions = { ...settings, output, name: source.name, salt: options.salt, fallbackPatient };
    tasks.set({ path: source.path, options: fileOptions }, source);
  }
  const done = (task: CurationTask, outcome: CurationOutcome): void => finish(tasks.get(task)!, outcome);
  const workers = options.workers ?? Math.max(1, availableParallelism() - 1);
  if (workers > 0) return curateOnWorkers([...tasks.keys()], workers, done);
  for (const task of tasks.keys()) done(task, await curateFile(task.path, task.options));
}

/** Removes half-written clips of runs that were killed. */
function sweepClips(output: string): void {
  const clips = join(output, 'clips');
  if (!existsSync(clips)) return;
  for (const patient of readdirSync(clips)) sweepPartials(join(clips, patient));
}

function describe(path: string, input: string, options: CurateFolderOptions): Source {
  const way = relative(input, path).split(sep).join('/');
  const { size, mtimeMs } = statSync(path);
  // A volume is another one once a file beside it says that it holds beams.
  const beams = /\.nii(\.gz)?$/i.test(path) && statSync(beamSidecarOf(path), { throwIfNoEntry: false });
  const beside = beams ? ` ${beams.size} ${beams.mtimeMs}` : '';
  return {
    path,
    relative: way,
    key: keyedHash(options.salt, `file ${way} ${size} ${mtimeMs}${beside}`),
    name: keyedHash(options.salt, `clip ${way}`).slice(0, 20),
    view: options.views?.get(way) ?? '',
  };
}

/** All regular files, sorted; links are not followed. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readJournal(path: string, options: string): Map<string, JournalEntry> {
  const entries = new Map<string, JournalEntry>();
  if (!existsSync(path)) return entries;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    let entry: JournalEntry;
    try {
      entry = JSON.parse(line) as JournalEntry;
    } catch {
      continue; // the last line of a killed run
    }
    if (entry.options === options) entries.set(entry.key, entry);
  }
  return entries;
}

const COLUMNS = ['path', 'patient', 'view', 'vendor', 'site', 'frames', 'fps', 'mm_per_pixel'];

function writeStudy(
  output: string,
  entries: readonly (JournalEntry & { readonly view: string })[],
  options: CurateFolderOptions,
): void {
  const rows: Record<string, CsvCell>[] = [];
  for (const { outcome, clip, view } of entries) {
    if (outcome.status !== 'written') continue;
    const { patient, vendor, frames, framesPerSecond, millimetresPerPixel, slices } = outcome.clip;
    const common = { patient, view, vendor, site: options.site ?? '', frames, fps: framesPerSecond };
    if (slices === undefined) {
      const path = `clips/${patient}/${clip}.avi`;
      rows.push({ ...common, path, mm_per_pixel: millimetresPerPixel, plane: '' });
    }
    for (const { file, plane, millimetresPerPixel: mm_per_pixel } of slices ?? []) {
      rows.push({ ...common, path: `clips/${patient}/${file}`, mm_per_pixel, plane });
    }
  }
  const columns = rows.some(({ plane }) => plane !== '') ? [...COLUMNS, 'plane'] : COLUMNS;
  writeCsv(join(output, 'clips.csv'), rows, columns);
  const manifest: Manifest = {
    name: 'curated-study',
    title: 'Curated view study',
    origin: 'real',
    layout: 'view-study',
    meaning: 'Clips curated from DICOM and AVI files: cone only, square, grey, names hashed with a salt.',
    licence: { name: 'As your institution grants', redistributable: false },
    citation: 'Your own study; curated by EchoLab after EchoApex, sections A.1 and A.2.',
    access: { steps: ['Curated on the spot by "echolab curate"; ask the owner of the study.'] },
    files: [
      {
        path: 'clips.csv',
        meaning: 'path, patient, view, vendor, site, frames, fps, mm_per_pixel; plane for slices of volumes.',
      },
      {
        path: 'clips/<patient>/<clip>.avi',
        meaning: 'Motion JPEG, square, black outside the cone; slices of a volume at one moment are PNG.',
      },
    ],
    splits: { kind: 'column', meaning: 'There is none; use a seeded split by patient.', expected: [] },
    independence: { unit: 'patient', from: 'Keyed hash of Patient ID, else of the study, else of the folder.' },
    knownErrors: [],
    expectedCounts: { samples: rows.length },
  };
  writeJsonWhole(join(output, 'manifest.json'), manifest);
}

function reportOf(entries: readonly JournalEntry[], doneInThisRun: number): CurationReport {
  const tally = (status: 'skipped' | 'quarantined'): Partial<Record<CurationReason, number>> => {
    const counts: Partial<Record<CurationReason, number>> = {};
    for (const { outcome } of entries) {
      if (outcome.status === status) counts[outcome.reason] = (counts[outcome.reason] ?? 0) + 1;
    }
    return counts;
  };
  const clips: CuratedFile[] = entries.flatMap(({ outcome }) => (outcome.status === 'written' ? [outcome.clip] : []));
  const attributes: Record<string, number> = {};
  for (const name of clips.flatMap(({ identifyingAttributes }) => identifyingAttributes)) {
    attributes[name] = (attributes[name] ?? 0) + 1;
  }
  return {
    files: entries.length,
    written: clips.length,
    skipped: tally('skipped'),
    quarantined: tally('quarantined'),
    identifyingAttributes: attributes,
    withoutSpacing: clips.filter((clip) => clip.millimetresPerPixel === null && clip.slices === undefined).length,
    doneInThisRun,
  };
}
