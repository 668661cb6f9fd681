import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EchoLabError } from '../core/errors.js';

/** A function cannot become a graph: unknown kernel, captured eager tensor, data-dependent read, host randomness. Names the op and the call site. */
export class TraceError extends EchoLabError {
  override name = 'TraceError';
}

const ENGINE = dirname(fileURLToPath(import.meta.url));

/** The innermost stack frame outside tfjs, the engine and Node, e.g. `at dinoLoss (lib/losses/dino-loss.ts:41:12)`. */
export function callSite(stack: string | undefined = new Error().stack): string {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const frame = frames.find((line) => !/node_modules|node:internal/.test(line) && !line.includes(`${ENGINE}/`));
  return frame?.trim() ?? 'inside the engine';
}
