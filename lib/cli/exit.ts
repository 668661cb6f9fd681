import { CommanderError } from 'commander';
import { EchoLabError } from '../core/errors.js';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** A command was called with values it cannot take; ends with code 2. */
export class UsageError extends EchoLabError {
  override name = 'UsageError';
}

/** The exit code for whatever a command threw. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof UsageError) return EXIT.wrongUse;
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.wrongUse;
  return EXIT.failed;
}

/** What to print for whatever a command threw: our own errors by their message, others with their stack. */
export function describeFailure(thrown: unknown): string {
  if (thrown instanceof EchoLabError) return `${thrown.name}: ${thrown.message}`;
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return String(thrown);
}
