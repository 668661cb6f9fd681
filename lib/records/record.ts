import type { CsvCell, CsvRow } from '../core/csv.js';
import type { Figure } from '../figures/figure.js';

/** The four frozen sizes of every experiment (design: Scales). */
export const SCALES = ['smoke', 'mini', 'full', 'paper'] as const;
export type Scale = (typeof SCALES)[number];

/** Where the data come from: made on the spot, or the user's own. */
export const DATA_KINDS = ['phantom', 'real'] as const;
export type DataKind = (typeof DATA_KINDS)[number];

/** A table as an experiment makes it. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, CsvCell>>[];
}

/** A table as read back from its CSV file: metrics and figures are derived from this, never from what was in memory. */
export type TextTables = Readonly<Record<string, readonly CsvRow[]>>;

/** Columns that samples.csv always has; an experiment may add more. One row a prediction. */
export const SAMPLE_COLUMNS = ['sample', 'patient', 'split', 'label', 'prediction', 'score', 'seed'] as const;

/** Numbers (and nested groups of them) derived from samples.csv. */
export type Metrics = { readonly [name: string]: number | string | null | readonly (number | null)[] | Metrics };

/** Seconds and memory of one part of a run. */
export interface StageUse {
  readonly stage: string;
  readonly seconds: number;
  /** Largest resident set seen during the stage, in MiB (sampled every 100 ms). */
  readonly peakMemoryMiB: number;
}

/** What ran, on what, from what: everything needed to run it again. */
export interface RunInfo {
  readonly experiment: string;
  readonly title: string;
  readonly scale: Scale;
  readonly data: DataKind;
  /** What the rows and figures are made from; `none` where an experiment reads no data set. */
  readonly origin: DataKind | 'none';
  readonly config: Readonly<Record<string, unknown>>;
  readonly configHash: string;
  readonly seeds: readonly number[];
  /** Hash of each data set's manifest as read. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly code: CodeVersion;
  readonly machine: Machine;
  readonly packages: Readonly<Record<string, string>>;
  /** What computed: engine, device, threads. */
  readonly engine: Readonly<Record<string, string | number | boolean>>;
  readonly started: string;
  readonly finished: string;
  readonly stages: readonly StageUse[];
  /** Said on the face of the record: deviations, lowered settings, interruptions. */
  readonly notes: readonly string[];
}

/** Which sources ran. */
export interface CodeVersion {
  readonly version: string;
  /** Git commit; `null` outside a clone. */
  readonly commit: string | null;
  /** True when the clone had uncommitted changes outside results/; `null` outside a clone. */
  readonly dirty: boolean | null;
  /** SHA-256 over the library's compiled modules. */
  readonly hash: string;
}

/** The computer. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

/** A record as read from its folder. */
export interface LoadedRecord {
  readonly folder: string;
  readonly run: RunInfo;
  readonly tables: TextTables;
  readonly metrics: Metrics;
  /** The figures, when the record was written by this process; else they are drawn again from the tables. */
  readonly figures?: readonly Figure[];
}
