import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonWhole } from '../core/files.js';

/** One task of an array job. */
export interface SubmittedTask {
  /** Folder name of its cell. */
  readonly key: string;
  /** False once it is known how the task ended. */
  readonly open: boolean;
  /** When Slurm first called it completed while there was no result: a shared file system may lag. */
  readonly lateSince?: number;
}

/** One array job. */
export interface Submission {
  /** Name of its folder under slurm/, and the end of the job's name. */
  readonly token: string;
  /** Number of the array job; `null` from before sbatch is called until its answer is noted. */
  readonly job: string | null;
  readonly codeHash: string;
  readonly tasks: readonly SubmittedTask[];
}

/** What was submitted for a sweep; a watcher that is started again goes on from this. */
export interface SlurmState {
  readonly submissions: readonly Submission[];
}

const stateFile = (sweep: string): string => join(sweep, 'slurm', 'state.json');

/** Folder of a submission: script, list of cells, output of the tasks. */
export function submissionFolder(sweep: string, token: string): string {
  return join(sweep, 'slurm', token);
}

/** Output of a task. */
export function taskLog(sweep: string, token: string, index: number): string {
  return join(submissionFolder(sweep, token), `${index}.log`);
}

/** Reads what was submitted. */
export function readSlurmState(sweep: string): SlurmState {
  const path = stateFile(sweep);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SlurmState) : { submissions: [] };
}

/** Notes what was submitted; submissions of which no task is open are left out. */
export function writeSlurmState(sweep: string, { submissions }: SlurmState): void {
  writeJsonWhole(stateFile(sweep), { submissions: submissions.filter(({ tasks }) => tasks.some(({ open }) => open)) });
}
