import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/errors.js';
import { sweepPartials } from '../core/files.js';
import { hashOf } from '../core/hash.js';
import { resultsFolder, workFolder } from '../core/paths.js';
import { type ProgressFactory, terminalProgress } from '../core/progress.js';
import { codeVersion, describeMachine, packageVersions } from '../records/environment.js';
import { hasRecord, readRecord } from '../records/read-record.js';
import type { LoadedRecord } from '../records/record.js';
import { StageClock } from '../records/stages.js';
import { writeRecord } from '../records/write-record.js';
import type { Experiment, ExperimentConfig, RunContext } from './experiment.js';
import { type Settings, settings } from './settings.js';

/** How a run reports. */
export interface RunOptions extends Partial<Settings> {
  readonly progress?: ProgressFactory;
  readonly say?: (text: string) => void;
}

/** Where the record of an experiment stands. */
export function recordFolder(id: string, chosen: Pick<Settings, 'data' | 'scale'>): string {
  return join(resultsFolder(), id, `${chosen.data}-${chosen.scale}`);
}

/**
 * Runs an experiment and leaves its record in results/, or loads the record that is there; see `RECORD_USES`.
 *
 * A run that was killed goes on: its checkpoints lie in a folder named by config and code, removed once the record is written.
 *
 * @throws {DataError} if any record is asked for and there is none
 */
export async function runExperiment<Config extends ExperimentConfig>(
  experiment: Experiment<Config>,
  options: RunOptions = {},
): Promise<LoadedRecord> {
  const chosen: Settings = { ...settings(), ...definedOf(options) };
  const config = experiment.configs[chosen.scale];
  const configHash = hashOf(config);
  const code = codeVersion();
  const folder = recordFolder(experiment.id, chosen);
  if (chosen.record !== 'fresh' && hasRecord(folder)) {
    const record = readRecord(folder);
    const unchanged = record.run.configHash === configHash && record.run.code.hash === code.hash;
    if (unchanged || chosen.record === 'any') return record;
  }
  if (chosen.record === 'any') {
    throw new DataError(`runExperiment: ${folder} must hold a record, got none; run it once without --from-record`);
  }

  const name = `${experiment.id}-${chosen.data}-${chosen.scale}-${hashOf([configHash, code.hash]).slice(0, 16)}`;
  const work = join(workFolder(), name);
  mkdirSync(work, { recursive: true });
  sweepPartials(join(resultsFolder(), experiment.id));
  const clock = new StageClock();
  const notes: string[] = [];
  const say = options.say ?? ((text: string) => process.stderr.write(`${text}\n`));
  const context: RunContext = {
    scale: chosen.scale,
    data: chosen.data,
    progress: options.progress ?? terminalProgress(),
    workFolder: work,
    stage: (stage, body) => clock.measure(stage, body),
    note: (text) => notes.push(text),
    say,
  };
  const started = new Date().toISOString();
  const output = await experiment.run(config, context);
  const record = await writeRecord(folder, {
    run: {
      experiment: experiment.id,
      title: experiment.title,
      scale: chosen.scale,
      data: chosen.data,
      origin: experiment.origin ?? chosen.data,
      config: JSON.parse(JSON.stringify(config)) as Record<string, unknown>,
      configHash,
      seeds: config.seeds,
      manifests: output.manifests,
      code,
      machine: describeMachine(),
      packages: packageVersions(),
      engine: output.engine,
      started,
      finished: new Date().toISOString(),
      stages: clock.stages,
      notes,
    },
    tables: output.tables,
    assets: output.assets,
    metricsOf: (tables) => experiment.metrics(tables),
    figuresOf: (tables, assets) => experiment.figures(tables, assets, chosen.data),
  });
  rmSync(work, { recursive: true, force: true });
  return record;
}

/** The options that were given, so that a missing one does not hide the setting. */
function definedOf(options: RunOptions): Partial<Settings> {
  return {
    ...(options.scale !== undefined && { scale: options.scale }),
    ...(options.data !== undefined && { data: options.data }),
    ...(options.record !== undefined && { record: options.record }),
  };
}
