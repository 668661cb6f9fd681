import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import type { SweepWork } from './executor.js';
import type { SlurmConfig } from './slurm-config.js';
import { submitBatch } from './slurm-programs.js';
import { submissionFolder } from './slurm-state.js';

/** Name of a submission's job: by it a job is found whose number was not noted because the watcher died. */
export function jobName(work: Pick<SweepWork, 'name'>, token: string): string {
  return `echolab-${work.name}-${token}`;
}

/**
 * Submits one array job, a task a cell; leaves its script and its list of cells in the submission's folder.
 *
 * @returns the job's number
 * @throws what {@link submitBatch} throws
 */
export function submitCells(
  work: SweepWork,
  token: string,
  keys: readonly string[],
  config: SlurmConfig,
): Promise<string> {
  const folder = submissionFolder(work.folder, token);
  mkdirSync(folder, { recursive: true });
  writeFileWhole(join(folder, 'cells.txt'), `${keys.join('\n')}\n`);
  const script = batchScript(work, folder, config);
  writeFileWhole(join(folder, 'job.sh'), script);
  return submitBatch(arrayOptions(work, token, keys.length, config), script);
}

/** Options of sbatch. */
export function arrayOptions(work: SweepWork, token: string, tasks: number, config: SlurmConfig): string[] {
  const { partition, account, qos, constraint, gres, time, maxParallel } = config;
  const output = join(submissionFolder(work.folder, token), '%a.log');
  return [
    `--job-name=${jobName(work, token)}`,
    `--array=0-${tasks - 1}${maxParallel === undefined ? '' : `%${maxParallel}`}`,
    `--output=${output}`,
    `--error=${output}`,
    '--open-mode=append',
    '--no-requeue', // a task that Slurm ends is tried again by the watcher, which counts
    `--cpus-per-task=${coresOf(work, config)}`,
    `--mem=${Math.ceil(config.memoryMiB ?? work.resources.memoryMiB)}M`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(qos === undefined ? [] : [`--qos=${qos}`]),
    ...(constraint === undefined ? [] : [`--constraint=${constraint}`]),
    ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(config.options ?? []),
  ];
}

/** The script that every task runs: its line of the list is its cell. */
export function batchScript(work: SweepWork, folder: string, config: SlurmConfig): string {
  return [
    '#!/bin/bash',
    ...(config.setup ?? []),
    `key=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${quoted(join(folder, 'cells.txt'))})`,
    `exec ${work.command.map(quoted).join(' ')} ${quoted(work.folder)} "$key" \\`,
    `  --job "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" --cores ${coresOf(work, config)}`,
    '',
  ].join('\n');
}

function coresOf({ resources }: SweepWork, { cores }: SlurmConfig): number {
  return cores ?? resources.cores;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
