import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/errors.js';
import { writeJsonWhole } from '../core/files.js';
import { hashOf } from '../core/hash.js';
import { dataFolder } from '../core/paths.js';
import type { PhantomDataConfig } from './data-config.js';
import { framesOf, type SetPlan } from './set-plan.js';

/** The file that names the phantom in a folder and says what of it is whole. */
const FILE = 'phantom.json';
/** Raised whenever the same config would give other pixels or labels. */
const PHANTOM_VERSION = 7;

/** One set on disk. */
export interface PhantomSetSummary {
  readonly name: string;
  /** Videos, stills, volumes or views, as the set has them. */
  readonly clips: number;
  readonly frames: number;
  /** Tables and label files, relative to the data folder. */
  readonly tables: readonly string[];
  readonly complete: boolean;
}

/** What a data folder holds; also written to `phantom.json`. */
export interface PhantomSummary {
  readonly kind: 'phantom';
  readonly version: number;
  readonly scale: string;
  readonly seed: number;
  /** Hash of the config and the version: equal hashes mean equal bytes. */
  readonly configHash: string;
  /** True when all sets of the config are there. */
  readonly complete: boolean;
  readonly sets: readonly PhantomSetSummary[];
}

/** The summary of a data folder, or `undefined` if it holds no phantom. */
export function readPhantomSummary(folder: string): PhantomSummary | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as PhantomSummary;
}

/** Hash of a config and the phantom's version: equal hashes mean equal bytes. */
function phantomHash(config: PhantomDataConfig): string {
  return hashOf({ version: PHANTOM_VERSION, config });
}

/** Where the phantom data of a config live unless another folder is asked for: named by the hash, so that a newer phantom never meets an older one. */
export function phantomFolder(config: PhantomDataConfig): string {
  return join(dataFolder(), `phantom-${config.scale}-${phantomHash(config).slice(0, 8)}`);
}

/**
 * The summary of what a folder holds of a config so far.
 *
 * @throws {DataError} if the folder holds another phantom
 */
export function summaryOf(folder: string, config: PhantomDataConfig, sets: readonly SetPlan[]): PhantomSummary {
  const configHash = phantomHash(config);
  const present = readPhantomSummary(folder);
  if (present !== undefined && present.configHash !== configHash) {
    throw new DataError(
      `makePhantomData: ${folder} holds phantom data of another config (${present.scale}, seed ${present.seed}, version ${present.version}); delete it or choose another folder`,
    );
  }
  const done = new Set(present?.sets.filter(({ complete }) => complete).map(({ name }) => name));
  return {
    kind: 'phantom',
    version: PHANTOM_VERSION,
    scale: config.scale,
    seed: config.seed,
    configHash,
    complete: sets.every(({ name }) => done.has(name)),
    sets: sets.map(({ name, jobs, tableFiles }) => ({
      name,
      clips: jobs.length,
      frames: jobs.reduce((total, job) => total + framesOf(job), 0),
      tables: tableFiles,
      complete: done.has(name),
    })),
  };
}

/** Marks sets as whole or as being worked on, and writes the file. */
export function writeSummary(
  folder: string,
  summary: PhantomSummary,
  names: ReadonlySet<string>,
  complete: boolean,
): PhantomSummary {
  const sets = summary.sets.map((set) => (names.has(set.name) ? { ...set, complete } : set));
  const next = { ...summary, sets, complete: sets.every((set) => set.complete) };
  writeJsonWhole(join(folder, FILE), next);
  return next;
}
