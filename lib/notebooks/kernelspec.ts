import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { writeFolderWhole, writeJsonWhole } from '../core/files.js';
import { workerUrl } from '../core/workers.js';
import { KERNEL_NAME } from './strip.js';

/** Whether Jupyter and VS Code know the kernel, and which one. */
export interface KernelStatus {
  /** A kernel of this name is registered and its program is there. */
  installed: boolean;
  /** Whether the registered kernel is this workbench's own; false for another clone's or for tslab's own registration. */
  ours: boolean;
  /** The folder of the registration found, or the one that {@link installKernel} would make. */
  folder: string;
  /** What is wrong with a registration that is there; undefined when nothing is. */
  problem: string | undefined;
}

/** Content of a `kernel.json`. */
export interface KernelSpec {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: 'signal';
}

/**
 * What Jupyter must run. The host is tslab with its outputs queued; see kernel-host.ts. Node is named by its full path, as
 * editors often start with another PATH than a shell.
 */
export function kernelSpec(): KernelSpec {
  const host = fileURLToPath(workerUrl(import.meta.url, './kernel-host.js'));
  return {
    argv: [process.execPath, '--disable-warning=ExperimentalWarning', host, '{connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
    interrupt_mode: 'signal',
  };
}

/**
 * Jupyter's data folder of this user: `$JUPYTER_DATA_DIR`, else the platform's.
 *
 * Source: jupyter_core.paths.jupyter_data_dir.
 */
export function jupyterDataFolder(): string {
  const { JUPYTER_DATA_DIR, APPDATA, XDG_DATA_HOME } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

/** Where Jupyter looks for kernels, first match wins: `$JUPYTER_PATH`, then the user's data folder. */
function kernelFolders(): string[] {
  const path = (process.env.JUPYTER_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...path, jupyterDataFolder()].map((folder) => join(folder, 'kernels', KERNEL_NAME));
}

/**
 * Registers the kernel for JupyterLab and VS Code, without Python. An earlier registration of the name is replaced.
 *
 * @returns the folder written: in the first folder of `$JUPYTER_PATH`, else in {@link jupyterDataFolder}
 * @throws {EnvironmentError} if the folder cannot be written
 */
export async function installKernel(): Promise<string> {
  const folder = kernelFolders()[0]!;
  try {
    await writeFolderWhole(folder, (temporary) => writeJsonWhole(join(temporary, 'kernel.json'), kernelSpec()));
  } catch (error) {
    throw new EnvironmentError(
      `installKernel: ${folder} must be writable, got ${messageOf(error)}; set JUPYTER_DATA_DIR to a folder of yours`,
    );
  }
  return folder;
}

/** Removes the registration that Jupyter would find. @returns its folder, or undefined if there was none */
export function uninstallKernel(): string | undefined {
  const folder = kernelFolders().find((candidate) => existsSync(candidate));
  if (folder !== undefined) rmSync(folder, { recursive: true });
  return folder;
}

/** Whether the kernel is registered and would start. */
export function kernelStatus(): KernelStatus {
  const folders = kernelFolders();
  const folder = folders.find((candidate) => existsSync(join(candidate, 'kernel.json')));
  if (folder === undefined) return { installed: false, ours: false, folder: folders[0]!, problem: undefined };
  try {
    const { argv } = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as KernelSpec;
    const missing = argv.find((part) => /^(?:[A-Za-z]:)?[\\/]/.test(part) && !existsSync(part));
    const problem = missing === undefined ? undefined : `${missing} is not there any more`;
    const ours = JSON.stringify(argv) === JSON.stringify(kernelSpec().argv);
    return { installed: problem === undefined, ours, folder, problem };
  } catch (error) {
    return { installed: false, ours: false, folder, problem: `kernel.json cannot be read: ${messageOf(error)}` };
  }
}
