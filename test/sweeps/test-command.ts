import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = new URL('./test-command/main.mjs', import.meta.url).pathname;

/** Program and first arguments of the tests' worker process. */
export const TEST_WORKER = [process.execPath, MAIN, 'sweep-cell'];

const started: ChildProcess[] = [];

/** A running `sweep` command. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** Starts the tests' own `sweep` command: the real one, over the cells of the tests. */
export function startSweep(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const child = spawn(process.execPath, [MAIN, 'sweep', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { child, ended };
}

/** Ends the commands that a failed test left running. */
export function killCommands(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

/** Waits until something holds; fails after a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (holds()) return;
    await sleep(50);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** Lines of the file in which every start of a test cell is noted: value, and step that it went on from. */
export function startsIn(path: string): { value: number; resumedAt: number }[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .map(([value = 0, resumedAt = 0]) => ({ value, resumedAt }));
}
