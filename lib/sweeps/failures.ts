import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeJsonWhole } from '../core/files.js';
import { cellFiles } from './sweep-folder.js';

/** Bytes at the end of a log that are searched for the reason of a failure. */
const TAIL = 16_384;

/** One attempt that came to nothing. */
export interface Failure {
  /** Why, in one line. */
  readonly reason: string;
  /** Output of the attempt. */
  readonly log: string;
  readonly codeHash: string;
  readonly at: string;
}

/**
 * Notes a failed attempt. Noted twice under one name, it counts once.
 *
 * @param attempt name of the attempt, its own among all of the cell, e.g. `slurm-12-3`
 */
export function noteFailure(sweep: string, key: string, attempt: string, failure: Omit<Failure, 'at'>): void {
  writeJsonWhole(join(cellFiles(sweep, key).failures, `${attempt}.json`), { ...failure, at: new Date().toISOString() });
}

/** Failed attempts of a cell with this code, oldest first. */
export function failuresOf(sweep: string, key: string, codeHash: string): Failure[] {
  const folder = cellFiles(sweep, key).failures;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.startsWith('.'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Failure)
    .filter((failure) => failure.codeHash === codeHash)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Forgets failed attempts, so that the cell is tried again; their logs stay. */
export function clearFailures(sweep: string, key: string): void {
  rmSync(cellFiles(sweep, key).failures, { recursive: true, force: true });
}

/** Frames of stacks, and what Node.js prints after them. */
const NOISE = /^(at |[{}^]|\d+: 0x|-{5}|Node\.js v|$)/;

/** The last line of a log that says something: no stack frame, not empty; `''` where there is none. */
export function lastLine(log: string): string {
  if (!existsSync(log)) return '';
  const file = openSync(log, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(TAIL, size));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8').split('\n');
    return lines.map((line) => line.trim()).findLast((line) => !NOISE.test(line)) ?? '';
  } finally {
    closeSync(file);
  }
}
