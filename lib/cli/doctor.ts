import { freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import { findProgram, programVersion } from '../core/programs.js';
import { probeDevices } from '../engine/devices.js';
import { findChromium } from '../figures/figure.js';
import { kernelStatus } from '../notebooks/index.js';
import { describeMachine } from '../records/environment.js';
import { EXIT } from './exit.js';
import { alignColumns, makeOutput } from './output.js';

/** One thing that the workbench can use. */
export interface Finding {
  readonly name: string;
  /** `missing` and `broken` things are optional unless `required`. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly required: boolean;
  readonly detail: string;
  readonly enables: string;
  /** How to get it; empty when it is there. */
  readonly remedy: string;
}

/** `echolab doctor`: what is on this machine, what it enables, how to get what is missing. */
export function addDoctor(command: Command): void {
  command.option('--json', 'print one JSON value', false).action(async (options: { json: boolean }) => {
    const output = makeOutput(options.json);
    const findings = await examine();
    const mark = { ok: 'ok', missing: '--', broken: '!!' };
    const lines = alignColumns(findings.map(({ name, state, enables }) => [mark[state], name, enables]));
    for (const [index, { detail }] of findings.entries()) {
      output.line(lines[index]);
      output.line(`      ${detail}`);
    }
    const wanting = findings.filter(({ remedy }) => remedy !== '');
    if (wanting.length > 0) output.line('\nTo get what is missing:');
    for (const { name, remedy } of wanting) output.line(`  ${name}: ${remedy}`);
    output.result(findings);
    if (findings.some(({ required, state }) => required && state !== 'ok')) process.exitCode = EXIT.failed;
  });
}

/** Everything that the doctor looks at. */
export async function examine(): Promise<Finding[]> {
  return [node(), memory(), ...(await devices()), await chromium(), await jupyter(), kernel(), await slurm()];
}

function node(): Finding {
  const machine = describeMachine();
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node.js',
    state: recent ? 'ok' : 'broken',
    required: true,
    detail: `${process.version}, ${machine.platform}, ${machine.cores} x ${machine.processor}`,
    enables: 'everything',
    remedy: recent ? '' : 'install Node.js 20.19 or newer',
  };
}

function memory(): Finding {
  const gigabytes = totalmem() / 2 ** 30;
  const enough = gigabytes >= 4;
  return {
    name: 'memory',
    state: enough ? 'ok' : 'broken',
    required: false,
    detail: `${gigabytes.toFixed(0)} GiB, ${(freemem() / 2 ** 30).toFixed(0)} GiB free`,
    enables: 'smoke and mini scale need 4 GiB',
    remedy: enough ? '' : 'close other programs or run at smoke scale',
  };
}

async function devices(): Promise<Finding[]> {
  return (await probeDevices()).map((device) => ({
    name: `device ${device.name}`,
    state: device.state === 'ok' ? 'ok' : device.state,
    required: device.name === 'cpu',
    detail: device.detail,
    enables: device.enables,
    remedy: device.remedy,
  }));
}

async function chromium(): Promise<Finding> {
  const path = findChromium();
  const version = path === null ? undefined : await programVersion(path);
  return program(
    'Chromium',
    version,
    'PNG figures and browser tests (SVG figures need none)',
    'Debian: apt install chromium; or set ECHOLAB_CHROMIUM to the path of Chrome',
  );
}

async function jupyter(): Promise<Finding> {
  const path = findProgram(['jupyter']);
  const version = path && (await programVersion(path, ['lab', '--version']));
  return program(
    'JupyterLab',
    version && `JupyterLab ${version}`,
    'npm run lab (npm run reproduce and VS Code need none)',
    'pipx install jupyterlab, or open notebooks/ in VS Code with the Jupyter extension',
  );
}

function kernel(): Finding {
  const status = kernelStatus();
  return {
    name: 'Jupyter kernel',
    state: status.installed ? 'ok' : 'missing',
    required: false,
    detail: status.installed ? status.folder : 'not registered',
    enables: 'TypeScript cells in JupyterLab and VS Code',
    remedy: status.installed ? '' : 'npm run kernel:install (no Python needed)',
  };
}

async function slurm(): Promise<Finding> {
  const path = findProgram(['sbatch']);
  return program(
    'Slurm',
    path && (await programVersion(path)),
    'sweeps as array jobs on a cluster',
    'ask your cluster',
  );
}

function program(name: string, version: string | undefined, enables: string, remedy: string): Finding {
  const found = version !== undefined;
  return {
    name,
    state: found ? 'ok' : 'missing',
    required: false,
    detail: version ?? 'not found',
    enables,
    remedy: found ? '' : remedy,
  };
}
