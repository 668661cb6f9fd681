import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { readResult } from './cell-result.js';
import { cellState } from './cell-state.js';
import { type Claim, dropClaim, liveClaim, readClaim, renewClaim, takeClaim } from './claim.js';
import type { Executor, SweepWork } from './executor.js';
import { lastLine, noteFailure } from './failures.js';
import type { SlurmConfig } from './slurm-config.js';
import { accountedStates, type QueuedTask, queuedTasks, requireSlurm, SlurmSilentError } from './slurm-programs.js';
import { readSlurmState, type Submission, type SubmittedTask, taskLog, writeSlurmState } from './slurm-state.js';
import { jobName, submitCells } from './slurm-submit.js';
import { judgeTask, type Verdict } from './slurm-verdict.js';
import type { PlannedCell } from './sweep.js';
import { cellFiles } from './sweep-folder.js';

const POLL_SECONDS = 15;
const ARRAY_SIZE = 1000;

/**
 * Runs cells as tasks of Slurm array jobs on a cluster whose nodes share the folder of the sweep.
 *
 * It submits what is missing, watches, and submits failed, timed-out, preempted and lost tasks again while they have attempts
 * left. What was submitted stands in a state file: a watcher that was stopped, started again, picks the jobs up where they
 * are; several watchers of one sweep take turns. A controller that does not answer is waited for. Works with accounting and
 * without.
 */
export function slurmExecutor(config: SlurmConfig = {}): Executor {
  return { name: 'slurm', run: (work) => watch(work, config) };
}

async function watch(work: SweepWork, config: SlurmConfig): Promise<void> {
  requireSlurm();
  const bar = work.progress(work.name, work.cells.length, 'cells');
  let answered = false;
  let silent = false;
  try {
    for (;;) {
      work.signal?.throwIfAborted();
      try {
        if (await takeTurn(work, config)) {
          if (silent) work.say('Slurm answers again');
          answered = true;
          silent = false;
        }
      } catch (error) {
        if (!(error instanceof SlurmSilentError)) throw error;
        if (!answered) {
          throw new EnvironmentError(
            `slurmExecutor: Slurm does not answer (${error.message}); start again when it does`,
          );
        }
        if (!silent) work.say(`Slurm does not answer (${error.message}); waiting, its jobs go on`);
        silent = true;
      }
      const { done, left, note } = overview(work);
      bar.update(done, note);
      if (left === 0) break;
      await sleep(
        (config.pollSeconds ?? POLL_SECONDS) * 1000,
        undefined,
        work.signal ? { signal: work.signal } : {},
      ).catch(() => undefined);
    }
    bar.finish();
  } catch (error) {
    bar.finish('stopped');
    const jobs = openJobs(work);
    if (jobs.length > 0) work.say(`jobs that go on: ${jobs.join(', ')} (scancel ends them)`);
    throw error;
  }
}

/**
 * One look at the queue: judges tasks and submits what is missing. The queue is asked while the lock is held: an older answer would not
 * know what another watcher has submitted since.
 *
 * @returns false if another watcher is at it
 * @throws {SlurmSilentError} if the controller does not answer
 */
async function takeTurn(work: SweepWork, config: SlurmConfig): Promise<boolean> {
  const path = join(work.folder, 'slurm', 'lock.json');
  const lock = takeClaim(path);
  if (!lock) return false;
  try {
    const queue = await queuedTasks();
    const found = findNumbers(work, readSlurmState(work.folder).submissions, queue);
    const submissions = await judge(work, found, queue);
    writeSlurmState(work.folder, { submissions });
    await submitMissing(work, config, submissions, () => renewClaim(path, lock, 'submitting'));
    return true;
  } finally {
    dropClaim(path, lock);
  }
}

/**
 * Submissions of this code, with their numbers. One without a number was noted by a watcher that died, or lost the controller,
 * while it submitted: the queue knows its number, or it was never taken. Tasks of other code refuse their cells and are let go.
 */
function findNumbers(work: SweepWork, noted: readonly Submission[], queue: readonly QueuedTask[]): Submission[] {
  return noted.flatMap((submission) => {
    if (submission.codeHash !== work.codeHash) return [];
    if (submission.job !== null) return [submission];
    const task = queue.find(({ name }) => name === jobName(work, submission.token));
    return task ? [{ ...submission, job: task.job.split('_')[0] ?? null }] : [];
  });
}

async function judge(
  work: SweepWork,
  submissions: readonly Submission[],
  queue: readonly QueuedTask[],
): Promise<Submission[]> {
  const cells = new Map(work.cells.map((cell) => [cell.key, cell]));
  const states = new Map(queue.map(({ job, state }) => [job, state]));
  const forgotten = submissions.filter(({ job, tasks }) =>
    tasks.some(({ open }, i) => open && !states.has(`${job}_${i}`)),
  );
  const accounted = await accountedStates(forgotten.flatMap(({ job }) => (job === null ? [] : [job])));
  return submissions.map((submission) => ({
    ...submission,
    tasks: submission.tasks.map((task, index) => {
      const cell = cells.get(task.key);
      if (!task.open || !cell) return { ...task, open: false }; // the sweep may no longer have the cell
      const job = `${submission.job}_${index}`;
      const verdict = verdictOn(work, cell, job, states.get(job) ?? accounted.get(job), task);
      return settle(work, cell, { submission, index, job }, task, verdict);
    }),
  }));
}

function verdictOn(
  work: SweepWork,
  cell: PlannedCell,
  job: string,
  state: string | undefined,
  { lateSince }: SubmittedTask,
): Verdict {
  const claim = liveClaim(cellFiles(work.folder, cell.key).claim);
  return judgeTask({
    hasResult: readResult(work.folder, cell, work.codeHash) !== undefined,
    state,
    claimedBy: claim === undefined ? 'nobody' : claim.job === job ? 'task' : 'other',
    lateFor: lateSince === undefined ? 0 : Date.now() - lateSince,
  });
}

function settle(
  work: SweepWork,
  cell: PlannedCell,
  { submission, index, job }: { submission: Submission; index: number; job: string },
  task: SubmittedTask,
  verdict: Verdict,
): SubmittedTask {
  if (verdict.is === 'open') return task;
  if (verdict.is === 'late') return { ...task, lateSince: task.lateSince ?? Date.now() };
  if (verdict.is === 'failed') {
    dropDeadClaim(cellFiles(work.folder, cell.key).claim, job);
    const log = taskLog(work.folder, submission.token, index);
    const words = lastLine(log);
    const reason = `${verdict.reason} (job ${job})${words && `: ${words}`}`;
    noteFailure(work.folder, cell.key, `slurm-${job}`, { reason, log, codeHash: submission.codeHash });
    work.say(`${cell.label} failed: ${reason}; log ${log}`);
  }
  return { key: task.key, open: false };
}

/** What a task that Slurm has ended held; a process on another machine cannot be asked whether it lives. */
function dropDeadClaim(path: string, job: string): void {
  const claim: Claim | undefined = readClaim(path);
  if (claim?.job === job) dropClaim(path, claim);
}

async function submitMissing(
  work: SweepWork,
  config: SlurmConfig,
  submissions: readonly Submission[],
  beat: () => void,
): Promise<void> {
  const known = [...submissions];
  const submitted = new Set(known.flatMap(({ tasks }) => tasks.filter(({ open }) => open).map(({ key }) => key)));
  const keys = work.cells
    .filter((cell) => !submitted.has(cell.key) && cellState(cell, work).is === 'waiting')
    .map(({ key }) => key);
  const size = config.arraySize ?? ARRAY_SIZE;
  for (let start = 0; start < keys.length; start += size) {
    work.signal?.throwIfAborted();
    beat();
    const chunk = keys.slice(start, start + size);
    const token = randomBytes(4).toString('hex');
    const { codeHash } = work;
    const intent: Submission = { token, job: null, codeHash, tasks: chunk.map((key) => ({ key, open: true })) };
    writeSlurmState(work.folder, { submissions: [...known, intent] });
    try {
      known.push({ ...intent, job: await submitCells(work, token, chunk, config) });
    } catch (error) {
      if (error instanceof SlurmSilentError) throw error; // may have been taken: the intent stays, the next turn looks
      writeSlurmState(work.folder, { submissions: known });
      throw new EnvironmentError(`${messageOf(error)}; mend the Slurm config, then start again`);
    }
    writeSlurmState(work.folder, { submissions: known });
    work.say(`submitted ${chunk.length} cells as job ${known.at(-1)?.job}`);
  }
}

function overview(work: SweepWork): { done: number; left: number; note: string } {
  const { submissions } = readSlurmState(work.folder);
  const open = new Set(submissions.flatMap(({ tasks }) => tasks.filter((task) => task.open).map(({ key }) => key)));
  let done = 0;
  let failed = 0;
  const doing: string[] = [];
  for (const cell of work.cells) {
    const state = cellState(cell, work);
    if (state.is === 'done') done++;
    if (state.is === 'failed' && !open.has(cell.key)) failed++;
    if (state.is === 'running') doing.push(state.claim.doing);
  }
  const left = work.cells.length - done - failed;
  const parts = [`${doing.length} running`, `${left - doing.length} queued`];
  if (failed > 0) parts.push(`${failed} failed`);
  return { done, left, note: [...parts, ...doing.filter((words) => words !== '').slice(0, 1)].join(', ') };
}

function openJobs({ folder }: SweepWork): string[] {
  return readSlurmState(folder).submissions.flatMap(({ job }) => (job === null ? [] : [job]));
}
