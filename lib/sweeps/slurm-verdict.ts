/** States of a task that has not ended, in Slurm's words. */
const ACTIVE = new Set([
  'PENDING',
  'CONFIGURING',
  'RUNNING',
  'COMPLETING',
  'SUSPENDED',
  'STOPPED',
  'SIGNALING',
  'STAGE_OUT',
  'RESIZING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'SPECIAL_EXIT',
  'RESV_DEL_HOLD',
]);

/** Time that a result may take to appear on a shared file system after its task completed. */
const LAG_MILLISECONDS = 60_000;

/** What is known of a task. */
export interface TaskFacts {
  readonly hasResult: boolean;
  /** State by the controller or, where it has forgotten the task, by accounting; `undefined` where neither knows it. */
  readonly state: string | undefined;
  /** Who computes the cell now: this task, someone else, or nobody that lives. */
  readonly claimedBy: 'task' | 'other' | 'nobody';
  /** Milliseconds since the task was first seen completed without a result. */
  readonly lateFor: number;
}

/** What becomes of a task: open as it was, late (completed, its result not seen yet), closed, or failed for a reason. */
export type Verdict = { readonly is: 'open' | 'late' | 'closed' } | { readonly is: 'failed'; readonly reason: string };

/**
 * Judges a task. A result decides, whatever Slurm says; without one, a task that ended has failed, unless someone else
 * computes its cell.
 */
export function judgeTask({ hasResult, state, claimedBy, lateFor }: TaskFacts): Verdict {
  if (hasResult) return { is: 'closed' };
  if (state !== undefined && ACTIVE.has(state)) return { is: 'open' };
  if (claimedBy === 'other') return { is: 'closed' };
  if (state === undefined) {
    return claimedBy === 'task' ? { is: 'open' } : { is: 'failed', reason: 'Slurm no longer knows the task' };
  }
  if (state !== 'COMPLETED') return { is: 'failed', reason: state };
  return lateFor < LAG_MILLISECONDS ? { is: 'late' } : { is: 'failed', reason: 'COMPLETED without a result' };
}
