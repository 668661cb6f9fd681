import { EchoLabError } from '../core/errors.js';

/** A function cannot become a graph: unknown kernel, captured eager tensor, data-dependent read, host randomness. Names the op and the call site. */
export class TraceError extends EchoLabError {
  override name = 'TraceError';
}

/** Frames that are not the user's: tfjs, this room's tracing machinery, Node itself. */
const MACHINERY = /node_modules|node:internal|[\\/]engine[\\/](?!bench)/;

/** The innermost stack frame outside tfjs and the engine, e.g. `at dinoLoss (losses/dino-loss.ts:41:12)`. */
export function callSite(stack: string | undefined = new Error().stack): string {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const frame = frames.find((line) => !MACHINERY.test(line)) ?? frames.find((line) => !/node_modules|node:/.test(line));
  return frame?.trim() ?? 'at an unknown place';
}
