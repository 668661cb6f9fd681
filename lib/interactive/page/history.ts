/** States one after another, to go back and forth in. Never changes; every function gives a new one. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
}

/** A history that begins. */
export function historyFrom<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

/** A new state; what was undone before is forgotten. The same state again changes nothing. */
export function record<T>(history: History<T>, present: T): History<T> {
  if (present === history.present) return history;
  return { past: [...history.past, history.present].slice(-200), present, future: [] };
}

/** One state back; the same history at its beginning. */
export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future] };
}

/** One state forth; the same history at its end. */
export function redo<T>(history: History<T>): History<T> {
  const [after, ...rest] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future: rest };
}
