import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Full path of the first of these programs that is installed, or `undefined`.
 *
 * @param names names to look for on PATH, or absolute paths
 */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    const found = candidates.find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** First line that a program prints for `--version`, or `undefined` if it cannot be run within ten seconds. */
export function programVersion(path: string, args: readonly string[] = ['--version']): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, [...args], { timeout: 10_000 }, (error, stdout, stderr) => {
      const line = `${stdout}\n${stderr}`.trim().split('\n')[0]?.trim();
      resolve(error || !line ? undefined : line);
    });
  });
}
