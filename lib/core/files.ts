import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DataError } from './errors.js';

/** Marks a file or folder that is still being written; nothing reads one. */
const PARTIAL = '.tmp-';

function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}${PARTIAL}${process.pid}-${randomBytes(4).toString('hex')}`);
}

/**
 * Writes a file whole or not at all: to a hidden sibling, synced, then renamed over the target.
 * A kill at any moment leaves the old file or the new one, never a half.
 */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = partialName(path);
  try {
    const file = openSync(temporary, 'wx');
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes JSON, two-space indented with a final newline, whole or not at all. */
export function writeJsonWhole(path: string, value: unknown): void {
  writeFileWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Fills a folder whole or not at all: `fill` writes into a hidden sibling, which then replaces `path`.
 *
 * @returns what `fill` returned
 */
export async function writeFolderWhole<T>(path: string, fill: (temporary: string) => T | Promise<T>): Promise<T> {
  const temporary = partialName(path);
  mkdirSync(temporary, { recursive: true });
  try {
    const result = await fill(temporary);
    const old = partialName(path);
    const existed = statSync(path, { throwIfNoEntry: false }) !== undefined;
    if (existed) renameSync(path, old);
    renameSync(temporary, path);
    if (existed) rmSync(old, { recursive: true, force: true });
    return result;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what killed runs left behind in a folder (only names that {@link writeFileWhole} and {@link writeFolderWhole} make, whose writer is gone). */
export function sweepPartials(folder: string): string[] {
  const removed: string[] = [];
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return removed;
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^\\..*\\${PARTIAL}(\\d+)-[0-9a-f]{8}$`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Joins a name from a file (CSV, archive, manifest) to a folder and refuses to leave it.
 *
 * @throws {DataError} if the result is outside `folder`
 */
export function joinInside(folder: string, name: string): string {
  const root = resolve(folder);
  const path = resolve(root, name);
  const way = relative(root, path);
  if (name.includes('\0') || way === '..' || way.startsWith(`..${sep}`) || resolve(root, way) !== path) {
    throw new DataError(`joinInside: ${JSON.stringify(name)} leads outside ${root}; names must stay inside the folder`);
  }
  return path;
}
