import { resolve } from 'node:path';
import type { Command } from 'commander';
import { messageOf } from '../core/errors.js';
import { SWEEPS } from '../experiments/sweeps.js';
import { codeVersion } from '../records/environment.js';
import { DATA_KINDS, SCALES } from '../records/record.js';
import { localExecutor } from '../sweeps/local-executor.js';
import { runCell } from '../sweeps/run-cell.js';
import { runSweep, type SweepOutcome } from '../sweeps/run-sweep.js';
import { readSlurmConfig, type SlurmConfig } from '../sweeps/slurm-config.js';
import { slurmExecutor } from '../sweeps/slurm-executor.js';
import { type RegisteredSweep, type SweepSetting, sweepName } from '../sweeps/sweep.js';
import { sweepFolder } from '../sweeps/sweep-folder.js';
import { type SweepStatus, sweepStatus } from '../sweeps/sweep-plan.js';
import { EXIT, UsageError } from './exit.js';
import { choice } from './options.js';
import { alignColumns, makeOutput, type Output } from './output.js';

/** What the two commands know of. */
export interface SweepRegistry {
  readonly sweeps: readonly RegisteredSweep[];
  /** Hash of the code that runs; default the library's. */
  readonly codeHash?: string;
}

interface SweepCommandOptions extends SweepSetting {
  readonly executor: 'local' | 'slurm';
  readonly slurmConfig?: string;
  readonly maxParallel?: number;
  readonly retries: number;
  readonly retryFailed: boolean;
  readonly status: boolean;
  readonly json: boolean;
}

/** `echolab sweep [name]`: compute a grid of cells, here or as Slurm array jobs; go on where the last run stopped. */
export function addSweep(command: Command, registry: SweepRegistry = { sweeps: SWEEPS }): void {
  const names = registry.sweeps.map(({ name, does }) => `  ${name}: ${does}`).join('\n');
  command
    .argument('[name]', 'which sweep; default: list them')
    .addOption(choice('--scale <scale>', 'size of the grid and of its cells', SCALES, 'mini'))
    .addOption(choice('--data <kind>', 'made on the spot, or your own (see data-manifests/)', DATA_KINDS, 'phantom'))
    .addOption(choice('--executor <where>', 'processes here, or Slurm array jobs', ['local', 'slurm'], 'local'))
    .option('--slurm-config <file>', 'JSON: partition, gres, time, memory and more (lib/sweeps/README.md)')
    .option('--max-parallel <count>', 'most cells at once; default what memory and cores, or Slurm, allow', Number)
    .option('--retries <count>', 'further attempts of a cell that failed', Number, 1)
    .option('--retry-failed', 'try cells again that have used up their attempts', false)
    .option('--status', 'say how the sweep stands; compute nothing', false)
    .option('--json', 'print one JSON value', false)
    .addHelpText('after', `\nSweeps:\n${names || '  none'}`)
    .action((name: string | undefined, options: SweepCommandOptions) => sweepCommand(name, options, registry));
}

/** `echolab sweep-cell <folder> <key>`: the worker process of a sweep; started by `echolab sweep`, not by hand. */
export function addSweepCell(command: Command, registry: SweepRegistry = { sweeps: SWEEPS }): void {
  command
    .argument('<folder>', 'folder of the sweep')
    .argument('<key>', 'which cell')
    .option('--job <task>', "Slurm's name of the task")
    .option('--cores <count>', 'threads of the cell', Number)
    .action(async (folder: string, key: string, given: { job?: string; cores?: number }) => {
      const find = async (cell: string) => (await registry.sweeps.find((each) => each.cell === cell)?.load())?.cell;
      const codeHash = registry.codeHash ?? codeVersion().hash;
      process.exit(await runCell(resolve(folder), key, { find, codeHash, ...given }));
    });
}

async function sweepCommand(
  name: string | undefined,
  options: SweepCommandOptions,
  registry: SweepRegistry,
): Promise<void> {
  const output = makeOutput(options.json);
  if (name === undefined) {
    for (const line of alignColumns(registry.sweeps.map((each) => [each.name, each.does]))) output.line(line);
    output.result(registry.sweeps.map((each) => ({ name: each.name, does: each.does })));
    return;
  }
  const registered = registry.sweeps.find((each) => each.name === name);
  if (!registered) {
    const known = registry.sweeps.map((each) => each.name).join(', ');
    throw new UsageError(`sweep: there is no sweep "${name}"; known: ${known || 'none'}`);
  }
  checkNumbers(options);
  if (options.status) {
    showStatus(sweepName(name, options), output);
    return;
  }
  const slurm = slurmConfigOf(options);
  const { plan } = await registered.load();
  const say = (text: string): void => output.line(text);
  const { scale, data } = options;
  const sweep = await plan({ scale, data, progress: output.progress, say });
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const { maxParallel } = options;
    const limit = maxParallel === undefined ? {} : { maxParallel };
    const outcome = await runSweep(sweep, {
      executor: slurm ? slurmExecutor({ ...slurm, ...limit }) : localExecutor(limit),
      retries: options.retries,
      retryFailed: options.retryFailed,
      command: [process.execPath, resolve(process.argv[1] ?? ''), 'sweep-cell'],
      ...(registry.codeHash !== undefined && { codeHash: registry.codeHash }),
      progress: output.progress,
      say,
      signal: interrupt.signal,
    });
    showOutcome(outcome, output);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    const jobs = slurm ? '; jobs in Slurm go on' : '';
    output.line(`interrupted${jobs}; run the same command again to go on`);
    process.exitCode = EXIT.interrupted;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function checkNumbers({ maxParallel, retries }: SweepCommandOptions): void {
  if (maxParallel !== undefined && !(Number.isInteger(maxParallel) && maxParallel >= 1)) {
    throw new UsageError('sweep: --max-parallel must be an integer >= 1');
  }
  if (!(Number.isInteger(retries) && retries >= 0)) throw new UsageError('sweep: --retries must be an integer >= 0');
}

function slurmConfigOf({ executor, slurmConfig }: SweepCommandOptions): SlurmConfig | undefined {
  if (executor === 'slurm') return slurmConfig === undefined ? {} : usableConfig(resolve(slurmConfig));
  if (slurmConfig !== undefined) throw new UsageError('sweep: --slurm-config needs --executor slurm');
  return undefined;
}

function usableConfig(path: string): SlurmConfig {
  try {
    return readSlurmConfig(path);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function showOutcome({ folder, cells, missing, kept }: SweepOutcome<object, object>, output: Output): void {
  output.line(
    `${cells.length} of ${cells.length + missing.length} cells done, ${kept} of them before; ${folder}/rows.csv`,
  );
  for (const { label, attempts, reason, log } of missing) {
    output.line(`missing ${label}: ${reason} (${attempts} attempts)${log === null ? '' : `; log ${log}`}`);
  }
  output.result({ folder, done: cells.length, kept, missing });
  if (missing.length > 0) {
    output.line('run the same command with --retry-failed to try them again');
    process.exitCode = EXIT.failed;
  }
}

function showStatus(name: string, output: Output): void {
  const status: SweepStatus = sweepStatus(sweepFolder(name)) ?? { name, folder: sweepFolder(name), cells: [] };
  const counts = { done: 0, running: 0, waiting: 0, failed: 0 };
  for (const { state } of status.cells) counts[state.is]++;
  const summary = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  output.line(
    status.cells.length === 0 ? `${name} was not started` : `${name}: ${summary.join(', ')}; ${status.folder}`,
  );
  for (const { label, state } of status.cells) {
    if (state.is === 'running') {
      const where = state.claim.job === null ? `process ${state.claim.pid}` : `job ${state.claim.job}`;
      output.line(`running ${label}: ${where} on ${state.claim.host}${state.claim.doing && `, ${state.claim.doing}`}`);
    }
    if (state.is === 'failed') {
      const last = state.failures.at(-1);
      output.line(`failed  ${label}: ${last?.reason}; log ${last?.log}`);
    }
  }
  output.result({ ...status, counts });
}
