import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { writeJsonWhole } from '../core/files.js';

/** A holder on another machine that has not been heard of for so long is taken for dead. */
const SILENCE_MILLISECONDS = 180_000;

/** Who holds a file that one process at a time may hold, and how far it is. */
export interface Claim {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** Start of the process in clock ticks, where the system tells: a number used again is not mistaken for the holder. */
  readonly started: string | null;
  /** Slurm's name of the task, e.g. `12_3`. */
  readonly job: string | null;
  /** What the holder is at, for those who watch. */
  readonly doing: string;
}

/**
 * Claims a file for this process, unless someone alive holds it.
 *
 * A claim saves work; correctness does not hang on it, since results are written whole and are functions of their config.
 *
 * @param job Slurm's name of the task that this process is
 * @returns the claim, or `undefined` if it is held
 */
export function takeClaim(path: string, job: string | null = null): Claim | undefined {
  const token = randomBytes(8).toString('hex');
  const claim: Claim = { token, host: hostname(), pid: process.pid, started: startOf(process.pid), job, doing: '' };
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.tmp-${token}`;
  writeFileSync(temporary, JSON.stringify(claim), { flag: 'wx' });
  try {
    if (link(temporary, path)) return claim;
    const holder = readClaim(path);
    if (holder && isAlive(path, holder)) return undefined;
    if (holder) dropClaim(path, holder);
    return link(temporary, path) ? claim : undefined;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The claim on a file, whether its holder lives or not. */
export function readClaim(path: string): Claim | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Claim;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The claim on a file, if its holder lives. */
export function liveClaim(path: string): Claim | undefined {
  const claim = readClaim(path);
  return claim && isAlive(path, claim) ? claim : undefined;
}

/** Tells those who watch that the holder lives, and what it is at. */
export function renewClaim(path: string, claim: Claim, doing: string): void {
  if (readClaim(path)?.token === claim.token) writeJsonWhole(path, { ...claim, doing });
}

/** Removes a claim that is over; a claim that someone else has taken since stays. */
export function dropClaim(path: string, claim: Claim): void {
  const moved = `${path}.tmp-${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readClaim(moved)?.token !== claim.token) link(moved, path);
  rmSync(moved, { force: true });
}

/** Gives a file a second name; false if that name is taken. The content is whole the moment the name is there. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(path: string, { host, pid, started }: Claim): boolean {
  if (host !== hostname()) {
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - changed < SILENCE_MILLISECONDS;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return started === null || startOf(pid) === started;
}

/** Field 22 of /proc/<pid>/stat; `null` where there is no such file. A zombie has ended: it counts as started never. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null; // not Linux, or the process is gone: its number alone decides
  }
}
