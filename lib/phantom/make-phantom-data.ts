import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { writeCsv } from '../core/csv.js';
import { ArgumentError, DataError } from '../core/errors.js';
import { joinInside, sweepPartials, writeFileWhole, writeJsonWhole } from '../core/files.js';
import { hashOf } from '../core/hash.js';
import type { ProgressFactory } from '../core/progress.js';
import type { PhantomDataConfig } from './data-config.js';
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

/** The file that names the phantom in a folder and says that it is whole. */
const SUMMARY_FILE = 'phantom.json';
/** Raised whenever the same config would give other pixels. */
const PHANTOM_VERSION = 1;

/** One set on disk. */
export interface PhantomSetSummary {
  readonly name: string;
  readonly clips: number;
  readonly frames: number;
  /** CSV files, relative to the data folder. */
  readonly tables: readonly string[];
}

/** What a data folder holds; also written to `phantom.json`. */
export interface PhantomSummary {
  readonly kind: 'phantom';
  readonly version: number;
  readonly scale: string;
  readonly seed: number;
  /** Hash of the config and the version: equal hashes mean equal bytes. */
  readonly configHash: string;
  readonly complete: boolean;
  readonly sets: readonly PhantomSetSummary[];
}

/** Size of a data set before it is written. */
export interface PhantomEstimate {
  readonly clips: number;
  readonly frames: number;
  /** Within a quarter or so: JPEG sizes depend on the pictures. */
  readonly bytes: number;
}

/** Where to stop and how many threads to use. */
export interface MakePhantomOptions {
  /** Threads; 0 works on the calling thread. Default: one a processor, at most 16. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

/** What a config will write, without drawing anything. */
export function estimatePhantomData(config: PhantomDataConfig): PhantomEstimate {
  const jobs = planSets(config).flatMap((set) => set.jobs);
  let frames = 0;
  let bytes = 0;
  for (const job of jobs) {
    frames += framesOf(job);
    bytes += bytesOf(job, config.quality);
  }
  return { clips: jobs.length, frames, bytes: Math.round(bytes) };
}

/**
 * Writes the phantom data sets of a config.
 *
 * A killed run goes on where it stopped: every file is whole or absent, and a file that is there is kept. The same config gives the same
 * bytes whatever the number of threads.
 *
 * @param folder data folder; made if absent
 * @returns the summary, also in `<folder>/phantom.json`
 * @throws {DataError} if the folder holds phantom data of another config, or a file cannot be written
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
  const sets = planSets(config);
  const summary = summarise(config, sets);
  refuseOther(folder, summary);
  writeJsonWhole(join(folder, SUMMARY_FILE), summary);
  const jobs = sets.flatMap((set) => set.jobs);
  sweep(folder, jobs);
  const open = jobs.filter((job) => !isDone(folder, job));
  const bar = progress(`phantom ${config.scale}`, jobs.length, 'clips');
  const kept = jobs.length - open.length;
  bar.update(kept);
  await writeJobs(open, {
    folder,
    quality: config.quality,
    workers,
    signal: options.signal,
    onDone: (done) => bar.update(kept + done),
  });
  for (const table of sets.flatMap((set) => set.tables())) {
    const path = joinInside(folder, table.file);
    if ('text' in table) writeFileWhole(path, table.text);
    else writeCsv(path, table.rows, table.columns);
  }
  const complete = { ...summary, complete: true };
  writeJsonWhole(join(folder, SUMMARY_FILE), complete);
  bar.finish(kept > 0 ? `${kept} clips were there` : undefined);
  return complete;
}

/** The summary of a data folder, or `undefined` if it holds no phantom. */
export function readPhantomSummary(folder: string): PhantomSummary | undefined {
  const path = join(folder, SUMMARY_FILE);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as PhantomSummary;
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

function summarise(config: PhantomDataConfig, sets: readonly SetPlan[]): PhantomSummary {
  return {
    kind: 'phantom',
    version: PHANTOM_VERSION,
    scale: config.scale,
    seed: config.seed,
    configHash: hashOf({ version: PHANTOM_VERSION, config }),
    complete: false,
    sets: sets.map(({ name, jobs, tableFiles }) => ({
      name,
      clips: jobs.length,
      frames: jobs.reduce((total, job) => total + framesOf(job), 0),
      tables: tableFiles,
    })),
  };
}

function refuseOther(folder: string, summary: PhantomSummary): void {
  const present = readPhantomSummary(folder);
  if (present !== undefined && present.configHash !== summary.configHash) {
    throw new DataError(
      `makePhantomData: ${folder} holds phantom data of another config (${present.scale}, seed ${present.seed}, version ${present.version}); delete it or choose another folder`,
    );
  }
}

function sweep(folder: string, jobs: readonly PhantomJob[]): void {
  for (const place of new Set(jobs.map((job) => dirname(joinInside(folder, job.file))))) sweepPartials(place);
}
