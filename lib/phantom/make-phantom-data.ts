import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { writeCsv } from '../core/csv.js';
import { ArgumentError } from '../core/errors.js';
import { joinInside, sweepPartials, writeFileWhole } from '../core/files.js';
import type { ProgressFactory } from '../core/progress.js';
import type { PhantomDataConfig } from './data-config.js';
import { type PhantomSummary, summaryOf, writeSummary } from './phantom-summary.js';
import { planCamus } from './plan-camus.js';
import { planDicomStudy } from './plan-dicom-study.js';
import { planEchonetDynamic } from './plan-echonet-dynamic.js';
import { planEchonetLvh } from './plan-echonet-lvh.js';
import { planEchonetPediatric } from './plan-echonet-pediatric.js';
import { planGeneric } from './plan-generic.js';
import { planTmed2 } from './plan-tmed-2.js';
import { planUnity } from './plan-unity.js';
import { planPretraining, planViewStudy } from './plan-view-study.js';
import { planVolBiplane, planVolumes } from './plan-volumes.js';
import { bytesOf, framesOf, type PhantomJob, type SetPlan } from './set-plan.js';
import { isDone } from './write-job.js';
import { writeJobs } from './write-jobs.js';

export { type PhantomSetSummary, type PhantomSummary, readPhantomSummary } from './phantom-summary.js';

/** Size of a data set before it is written. */
export interface PhantomEstimate {
  readonly clips: number;
  readonly frames: number;
  /** Within a quarter or so: JPEG sizes depend on the pictures. */
  readonly bytes: number;
}

/** Names of the sets, which are also their folders. */
export const PHANTOM_SETS = [
  'pretrain',
  'views',
  'echonet-dynamic',
  'camus',
  'echonet-pediatric',
  'echonet-lvh',
  'unity',
  'vol-biplane',
  'volumes',
  'tmed-2',
  'dicom',
  'generic',
] as const;

/** One of the sets. */
export type PhantomSetName = (typeof PHANTOM_SETS)[number];

/** What to write, how many threads to use, and when to stop. */
export interface MakePhantomOptions {
  /** Only these sets of the config; the others may follow in a later call. Default: all. */
  readonly sets?: readonly PhantomSetName[];
  /** Threads; 0 works on the calling thread. Default: one a processor, at most 16. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** What a config will write, without drawing anything. */
export function estimatePhantomData(config: PhantomDataConfig, sets?: readonly PhantomSetName[]): PhantomEstimate {
  const jobs = chosen(planSets(config), sets).flatMap((set) => set.jobs);
  let frames = 0;
  let bytes = 0;
  for (const job of jobs) {
    frames += framesOf(job);
    bytes += bytesOf(job, config.quality);
  }
  return { clips: jobs.length, frames, bytes: Math.round(bytes) };
}

/**
 * Writes the phantom data sets of a config, each in the folder of its name.
 *
 * A killed run goes on where it stopped: every file is whole or absent, and a file that is there is kept. The same config gives the same
 * bytes whatever the number of threads and whatever sets are written first.
 *
 * @param folder data folder; made if absent
 * @returns the summary, also in `<folder>/phantom.json`
 * @throws {DataError} if the folder holds phantom data of another config, or a file cannot be written
 * @throws {ArgumentError} if `sets` names one that the config leaves out
 */
export async function makePhantomData(
  folder: string,
  config: PhantomDataConfig,
  progress: ProgressFactory,
  options: MakePhantomOptions = {},
): Promise<PhantomSummary> {
  const workers = options.workers ?? Math.min(16, availableParallelism());
  if (!Number.isInteger(workers) || workers < 0) {
    throw new ArgumentError(`makePhantomData: workers must be an integer >= 0, got ${workers}`);
  }
  const all = planSets(config);
  const before = summaryOf(folder, config, all);
  const sets = chosen(all, options.sets);
  const wanted = sets.filter((set) => !isWhole(folder, set, before));
  const names = new Set(wanted.map(({ name }) => name));
  const jobs = sets.flatMap((set) => set.jobs);
  const open = wanted.flatMap((set) => set.jobs).filter((job) => !isDone(folder, job));
  const bar = progress(`phantom ${config.scale}`, jobs.length, 'clips');
  const kept = jobs.length - open.length;
  bar.update(kept);
  const summary = writeSummary(folder, before, names, false);
  sweep(folder, open);
  await writeJobs(open, {
    folder,
    quality: config.quality,
    workers,
    signal: options.signal,
    onDone: (done) => bar.update(kept + done),
  });
  for (const table of wanted.flatMap((set) => set.tables())) {
    const path = joinInside(folder, table.file);
    if ('text' in table) writeFileWhole(path, table.text);
    else writeCsv(path, table.rows, table.columns);
  }
  bar.finish(kept > 0 ? `${kept} clips were there` : undefined);
  return writeSummary(folder, summary, names, true);
}

function planSets(config: PhantomDataConfig): SetPlan[] {
  const sets: SetPlan[] = [];
  if (config.pretrain) sets.push(planPretraining(config, config.pretrain));
  if (config.views) sets.push(planViewStudy(config, config.views));
  if (config.echonetDynamic) sets.push(planEchonetDynamic(config, config.echonetDynamic));
  if (config.camus) sets.push(planCamus(config, config.camus));
  if (config.echonetPediatric) sets.push(planEchonetPediatric(config, config.echonetPediatric));
  if (config.echonetLvh) sets.push(planEchonetLvh(config, config.echonetLvh));
  if (config.unity) sets.push(planUnity(config, config.unity));
  if (config.volBiplane) sets.push(planVolBiplane(config, config.volBiplane));
  if (config.volumes) sets.push(planVolumes(config, config.volumes));
  if (config.tmed2) sets.push(planTmed2(config, config.tmed2));
  if (config.dicom) sets.push(planDicomStudy(config, config.dicom));
  if (config.generic) sets.push(planGeneric(config, config.generic));
  return sets;
}

function chosen(sets: readonly SetPlan[], names: readonly PhantomSetName[] | undefined): readonly SetPlan[] {
  if (names === undefined) return sets;
  const absent = names.filter((name) => !sets.some((set) => set.name === name));
  if (absent.length > 0) {
    const present = sets.map(({ name }) => name).join(', ');
    throw new ArgumentError(`makePhantomData: the config has no set ${absent.join(', ')}; it has ${present}`);
  }
  return sets.filter(({ name }) => names.includes(name as PhantomSetName));
}

/** True if a set was finished before and nothing of it was deleted since. */
function isWhole(folder: string, set: SetPlan, summary: PhantomSummary): boolean {
  return (
    summary.sets.some(({ name, complete }) => name === set.name && complete) &&
    set.tableFiles.every((file) => existsSync(joinInside(folder, file))) &&
    set.jobs.every((job) => isDone(folder, job))
  );
}

function sweep(folder: string, jobs: readonly PhantomJob[]): void {
  for (const place of new Set(jobs.map((job) => dirname(joinInside(folder, job.file))))) sweepPartials(place);
}
