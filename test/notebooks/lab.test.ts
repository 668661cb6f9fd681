import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workbenchRoot } from '../../lib/core/paths.js';
import { findLab, LAB_MISSING, startLab } from '../../lib/notebooks/lab.js';

const { PATH, JUPYTER_DATA_DIR } = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-test-'));
  process.env.PATH = join(folder, 'bin');
  process.env.JUPYTER_DATA_DIR = join(folder, 'jupyter');
});
afterEach(() => {
  process.env.PATH = PATH;
  if (JUPYTER_DATA_DIR === undefined) delete process.env.JUPYTER_DATA_DIR;
  else process.env.JUPYTER_DATA_DIR = JUPYTER_DATA_DIR;
});

describe('startLab', () => {
  it('says in two lines how to install JupyterLab where it is missing', async () => {
    expect(findLab()).toBeUndefined();
    expect(await startLab()).toEqual({ missing: LAB_MISSING });
    expect(LAB_MISSING).toHaveLength(2);
    expect(existsSync(join(folder, 'jupyter'))).toBe(false);
  });

  it('starts the program on loopback with the kernel registered, and returns its exit code', async () => {
    mkdirSync(join(folder, 'bin'));
    const program = join(folder, 'bin', 'jupyter-lab');
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'arguments')}'\nexit 3\n`);
    chmodSync(program, 0o755);
    process.env.PATH = [join(folder, 'bin'), PATH].join(delimiter);
    expect(await startLab({ port: 9001, openBrowser: false })).toEqual({ exitCode: 3 });
    expect(readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n')).toEqual([
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.root_dir=${workbenchRoot()}`,
      `--ServerApp.preferred_dir=${join(workbenchRoot(), 'notebooks')}`,
      '--ServerApp.port=9001',
      '--no-browser',
    ]);
    expect(existsSync(join(folder, 'jupyter', 'kernels', 'tslab', 'kernel.json'))).toBe(true);
  });
});
