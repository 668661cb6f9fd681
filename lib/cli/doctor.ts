import { freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import { findProgram, programVersion } from '../core/programs.js';
import { compareDevices, type DeviceComparison, probeDevices } from '../engine/devices.js';
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
  /** Devices, with `--bench`: one training step of a small ViT against the CPU's. */
  readonly bench?: DeviceComparison;
}

/** `echolab doctor`: what is on this machine, what it enables, how to get what is missing. */
export function addDoctor(command: Command): void {
  command
    .option('--bench', 'also time a small training step on each device and check it against the CPU', false)
    .option('--json', 'print one JSON value', false)
    .action(doctor);
}

async function doctor(options: { readonly bench: boolean; readonly json: boolean }): Promise<void> {
  const output = makeOutput(options.json);
  const findings = options.bench ? await benched(await examine()) : await examine();
  const mark = { ok: 'ok', missing: '--', broken: '!!' };
  const lines = alignColumns(findings.map(({ name, state, enables }) => [mark[state], name, enables]));
  for (const [index, { detail }] of findings.entries()) {
    output.line(lines[index]);
    output.line(`      ${detail}`);
  }
  const compared = findings.flatMap(({ bench }) => bench ?? []);
  if (compared.length > 0) {
    output.line('\nOne training step of a small ViT (32 px, width 64, 2 blocks, batch 8):');
    for (const line of comparisonLines(compared)) output.line(`  ${line}`);
  }
  const wanting = findings.filter(({ remedy }) => remedy !== '');
  if (wanting.length > 0) output.line('\nTo get what is missing:');
  for (const { name, remedy } of wanting) output.line(`  ${name}: ${remedy}`);
  output.result(findings);
  const disagree = compared.some(({ agrees }) => !agrees);
  if (disagree || findings.some(({ required, state }) => required && state !== 'ok')) process.exitCode = EXIT.failed;
}

/** The findings with a step on each device; a device whose losses are not the CPU's is broken. */
async function benched(findings: readonly Finding[]): Promise<Finding[]> {
  const comparisons = await compareDevices();
  return findings.map((finding) => {
    const bench = comparisons.find(({ name }) => finding.name === `device ${name}`);
    if (!bench) return finding;
    if (bench.agrees) return { ...finding, bench };
    const remedy = 'its losses are not those of the CPU: do not use it; update its driver';
    return { ...finding, state: 'broken', remedy, bench };
  });
}

function comparisonLines(comparisons: readonly DeviceComparison[]): string[] {
  return alignColumns(
    comparisons.map(({ name, milliseconds, deviation, agrees }) => [
      name,
      `${milliseconds.toFixed(1)} ms`,
      `losses differ from the CPU's by at most ${deviation.toExponential(1)}${agrees ? '' : ': WRONG'}`,
    ]),
  );
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
