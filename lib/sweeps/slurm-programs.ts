import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { EchoLabError, EnvironmentError } from '../core/errors.js';
import { findProgram } from '../core/programs.js';

/** Longest time that one of Slurm's programs may take. */
const TIMEOUT_MILLISECONDS = 60_000;
/** What Slurm's programs print when the controller does not answer. */
const SILENT =
  /unable to contact|connection refused|connection reset|timed out|zero bytes|standby|communication|slurmctld/i;

/** The controller did not answer; jobs may run on all the same. */
export class SlurmSilentError extends EchoLabError {
  override name = 'SlurmSilentError';
}

/** A task as the controller knows it. */
export interface QueuedTask {
  /** Array job and index, e.g. `12_3`. */
  readonly job: string;
  /** Name of the array job. */
  readonly name: string;
  /** E.g. `PENDING`, `RUNNING`, `TIMEOUT`. */
  readonly state: string;
}

/**
 * @throws {EnvironmentError} if Slurm's programs are not installed
 */
export function requireSlurm(): void {
  for (const program of ['sbatch', 'squeue']) {
    if (findProgram([program]) === undefined) {
      throw new EnvironmentError(
        `slurmExecutor: ${program} is not on PATH; run this on a login node of the cluster, or use --executor local`,
      );
    }
  }
}

/**
 * This user's array tasks, those that ended lately included.
 *
 * @throws {SlurmSilentError} if the controller does not answer
 */
export async function queuedTasks(): Promise<QueuedTask[]> {
  const user = process.getuid?.() ?? userInfo().username;
  const text = await call('squeue', [
    '--noheader',
    '--array',
    '--states=all',
    `--user=${user}`,
    '--format=%F|%K|%T|%j',
  ]);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [job = '', task = '', state = '', ...name] = line.trim().split('|');
      return { job: `${job}_${task}`, state, name: name.join('|') };
    });
}

/**
 * States of tasks that the controller has forgotten, from accounting; empty where there is none.
 *
 * @param jobs array jobs
 */
export async function accountedStates(jobs: readonly string[]): Promise<Map<string, string>> {
  if (jobs.length === 0 || findProgram(['sacct']) === undefined) return new Map();
  try {
    return statesOf(await call('sacct', ['-X', '-n', '-P', '--format=JobID,State', `--jobs=${jobs.join(',')}`]));
  } catch (error) {
    if (error instanceof EchoLabError) return new Map(); // no accounting on this cluster, or it does not answer
    throw error;
  }
}

/** State by task, from what `sacct -X -n -P --format=JobID,State` prints. */
export function statesOf(printed: string): Map<string, string> {
  const states = new Map<string, string>();
  for (const line of printed.split('\n')) {
    const [job, state] = line.trim().split('|');
    if (job && state) states.set(job, state.split(' ')[0] ?? state); // `CANCELLED by 1000`
  }
  return states;
}

/**
 * Submits a batch script.
 *
 * @returns the job's number
 * @throws {EnvironmentError} with sbatch's words if it refuses
 * @throws {SlurmSilentError} if the controller does not answer; the job may have been taken all the same
 */
export async function submitBatch(options: readonly string[], script: string): Promise<string> {
  const text = await call('sbatch', ['--parsable', ...options], script);
  const job = /^(\d+)/.exec(text.trim())?.[1];
  if (job === undefined) throw new EnvironmentError(`slurmExecutor: sbatch answered ${JSON.stringify(text.trim())}`);
  return job;
}

/** What a job that submits jobs has in its environment would become options of theirs. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SLURM_') || name === 'SLURM_CONF'),
  );
}

function call(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: environment(), timeout: TIMEOUT_MILLISECONDS, maxBuffer: 2 ** 28 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const words = stderr.trim().replace(/\s*\n\s*/g, '; ') || error.message;
      const silent = error.killed || SILENT.test(words);
      reject(silent ? new SlurmSilentError(words) : new EnvironmentError(`slurmExecutor: ${program}: ${words}`));
    });
    child.stdin?.on('error', () => undefined); // a program that ended early says why through its exit code
    child.stdin?.end(input ?? '');
  });
}
