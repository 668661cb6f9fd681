import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { workbenchRoot } from '../core/paths.js';
import { findProgram } from '../core/programs.js';
import { installKernel, kernelStatus } from './kernelspec.js';

/** How to get JupyterLab, for a machine without it. */
export const LAB_MISSING = [
  'JupyterLab is not installed. Install it with:  pipx install jupyterlab   (or: python3 -m pip install --user jupyterlab)',
  'Or open notebooks/ in VS Code with the Jupyter extension after:  npm run kernel:install   (no Python needed)',
] as const;

/** Full path of the JupyterLab starter, or undefined. */
export function findLab(): string | undefined {
  return findProgram(['jupyter-lab']);
}

/**
 * Registers the kernel where needed and runs JupyterLab on the notebooks, on 127.0.0.1 only, until it ends.
 *
 * @param options.port first port to try; default Jupyter's own, 8888
 * @param options.openBrowser default true
 * @param options.signal aborting asks JupyterLab to end
 * @returns its exit code; or `missing`, the two lines that say how to install it
 */
export async function startLab(
  options: { port?: number; openBrowser?: boolean; signal?: AbortSignal } = {},
): Promise<{ exitCode: number } | { missing: readonly string[] }> {
  const lab = findLab();
  if (lab === undefined) return { missing: LAB_MISSING };
  const { installed, ours } = kernelStatus();
  if (!installed || !ours) await installKernel();
  const args = [
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.root_dir=${workbenchRoot()}`,
    `--ServerApp.preferred_dir=${join(workbenchRoot(), 'notebooks')}`,
    ...(options.port === undefined ? [] : [`--ServerApp.port=${options.port}`]),
    ...(options.openBrowser === false ? ['--no-browser'] : []),
  ];
  const child = spawn(lab, args, { stdio: 'inherit' });
  const stop = (): boolean => child.kill('SIGTERM');
  options.signal?.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ exitCode: code ?? (signal ? 1 : 0) }));
    });
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}
