import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workbenchRoot } from '../core/paths.js';
import type { CodeVersion, Machine } from './record.js';

/** The library's own package.json. */
function libraryManifest(): { version: string; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(workbenchRoot(), 'lib', 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
}

function git(args: readonly string[]): string | null {
  try {
    return execFileSync('git', [...args], {
      cwd: workbenchRoot(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // no git, or not a clone: the record says null
  }
}

/** Hash over every compiled module, in path order: changes when the code that runs changes. */
function codeHash(): string {
  const folder = join(workbenchRoot(), 'lib', 'dist');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** Version, commit and hash of the code. */
export function codeVersion(): CodeVersion {
  const commit = git(['rev-parse', 'HEAD']);
  const changes = git(['status', '--porcelain', '--', '.', ':!results']);
  return {
    version: libraryManifest().version,
    commit,
    dirty: changes === null ? null : changes !== '',
    hash: codeHash(),
  };
}

/** The computer that runs this. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** Installed version of each direct dependency. */
export function packageVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of Object.keys(libraryManifest().dependencies).sort()) versions[name] = installedVersion(name);
  return versions;
}

function installedVersion(name: string): string {
  const require = createRequire(fileURLToPath(import.meta.url));
  for (const base of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(base, name, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      // not in this node_modules; look in the next one up
    }
  }
  return `not found from ${dirname(fileURLToPath(import.meta.url))}`;
}
