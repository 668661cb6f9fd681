import type { ProgressFactory } from '../core/progress.js';
import type { Figure } from '../figures/figure.js';
import type { DataKind, Metrics, Scale, Table, TextTables } from '../records/record.js';

/** What every config has; the four scales of an experiment are four frozen configs. */
export interface ExperimentConfig {
  /** Seeds of the repetitions; the first one also seeds everything that is not repeated. */
  readonly seeds: readonly number[];
}

/** What a run may use. */
export interface RunContext {
  readonly scale: Scale;
  readonly data: DataKind;
  readonly progress: ProgressFactory;
  /** A folder of this run's own for checkpoints; an interrupted run finds it again. */
  readonly workFolder: string;
  /** Runs a stage; its seconds and peak memory go into the record. */
  stage<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  /** Puts a sentence into the record: a lowered setting, a resumed run. */
  note(text: string): void;
  /** A line for the person who watches. */
  say(text: string): void;
}

/** What a run hands over. */
export interface ExperimentOutput {
  /** `samples` must be there, one row a prediction. */
  readonly tables: Readonly<Record<string, Table>>;
  /** Pictures that figures need, by file name. */
  readonly assets: Readonly<Record<string, Uint8Array>>;
  /** Hash of each data set as read, by name. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly engine: Readonly<Record<string, string | number | boolean>>;
}

/** One experiment of the paper. */
export interface Experiment<Config extends ExperimentConfig> {
  /** Folder under results/, e.g. `e01-scaling-study`. */
  readonly id: string;
  readonly title: string;
  /** Notebook file name without suffix, e.g. `01-scaling-study`. */
  readonly notebook: string;
  readonly configs: Readonly<Record<Scale, Config>>;
  /** What it works on whatever was asked for: phantoms only, or no data set at all. Left out: what was asked for. */
  readonly origin?: 'phantom' | 'none';
  run(config: Config, context: RunContext): Promise<ExperimentOutput>;
  /** Every number of the record, from its tables alone. */
  metrics(tables: TextTables): Metrics;
  /** Every figure of the record, from its tables and pictures alone. */
  figures(tables: TextTables, assets: Readonly<Record<string, Uint8Array>>, data: DataKind): Promise<readonly Figure[]>;
}

/** What verifying, listing and drawing need of an experiment, whatever its config. */
export type AnyExperiment = Pick<Experiment<ExperimentConfig>, 'id' | 'title' | 'notebook' | 'metrics' | 'figures'>;
