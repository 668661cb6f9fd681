#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { workbenchRoot } from '../core/paths.js';
import { describeFailure, exitCodeOf } from './exit.js';

/** Adds options, arguments and the action to a command that has its name and description. */
type Define = (command: Command) => void;

/** Every command. Its file, and with it TensorFlow.js, ONNX Runtime and plotly, is loaded only when the command is asked for. */
const COMMANDS: Readonly<Record<string, { readonly does: string; readonly define: () => Promise<Define> }>> = {
  reproduce: {
    does: 'execute the notebooks; leaves executed copies, figures and records in results/',
    define: async () => (await import('./reproduce.js')).addReproduce,
  },
  data: {
    does: 'make phantom data; check, describe and list data sets',
    define: async () => (await import('./data.js')).addData,
  },
  curate: {
    does: 'turn a folder of DICOM files into de-identified grey clips: cone only, tight crop, square',
    define: async () => (await import('./curate.js')).addCurate,
  },
  view: {
    does: 'name the view of DICOM, AVI or PNG clips, and say when not to trust it',
    define: async () => (await import('./view.js')).addView,
  },
  weights: {
    does: 'look into, check and convert weight files; nothing is downloaded, nothing in them is executed',
    define: async () => (await import('./weights.js')).addWeights,
  },
  verify: {
    does: 'recompute the metrics and figures of records from their rows; fail on any difference',
    define: async () => (await import('./verify.js')).addVerify,
  },
  compare: {
    does: "compare two models from anyone's per-sample tables: the published-style test beside the valid one",
    define: async () => (await import('./compare.js')).addCompare,
  },
  claims: {
    does: 'recompute every quantitative sentence of the paper from its own tables',
    define: async () => (await import('./claims.js')).addClaims,
  },
  sweep: {
    does: 'compute a grid of cells, here or as Slurm array jobs; go on where the last run stopped',
    define: async () => (await import('./sweep.js')).addSweep,
  },
  'sweep-cell': {
    does: 'compute one cell of a sweep; started by `echolab sweep`',
    define: async () => (await import('./sweep.js')).addSweepCell,
  },
  explore: {
    does: 'open the map of embeddings of a record, or make one of your own pictures',
    define: async () => (await import('./explore.js')).addExplore,
  },
  segment: {
    does: 'open a page, on this machine only, where clicks, boxes and texts become masks',
    define: async () => (await import('./segment.js')).addSegment,
  },
  ef: {
    does: 'ejection fraction of a clip: an interval, the beats used, the curve, and the reasons not to trust it',
    define: async () => (await import('./ef.js')).addEf,
  },
  notebooks: {
    does: 'check or clean the source notebooks',
    define: async () => (await import('./notebooks.js')).addNotebooks,
  },
  kernel: {
    does: 'the TypeScript kernel of JupyterLab and VS Code',
    define: async () => (await import('./kernel.js')).addKernel,
  },
  lab: {
    does: 'open the notebooks in JupyterLab, on this machine only',
    define: async () => (await import('./kernel.js')).addLab,
  },
  bench: {
    does: 'time the library against named peers in one run and print ratios',
    define: async () => (await import('./bench.js')).addBench,
  },
  pretraining: {
    does: "say what the paper's pretraining needs (memory, disk, hours); try a few real updates of it",
    define: async () => (await import('./pretraining.js')).addPretraining,
  },
  fuzz: {
    does: 'feed damaged files to the readers: each must be read, or refused by name',
    define: async () => (await import('./fuzz.js')).addFuzz,
  },
  doctor: {
    does: 'say what this machine has, what that enables, and how to get what is missing',
    define: async () => (await import('./doctor.js')).addDoctor,
  },
};

const { version } = JSON.parse(readFileSync(join(workbenchRoot(), 'lib', 'package.json'), 'utf8')) as {
  version: string;
};

async function run(args: readonly string[]): Promise<void> {
  const program = new Command('echolab')
    .description('EchoApex for echocardiography: notebooks, models, trainers and tests')
    .version(version)
    .showHelpAfterError()
    .exitOverride();
  const asked = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { does, define }] of Object.entries(COMMANDS)) {
    const command = program.command(name, { hidden: name === 'sweep-cell' }).description(does);
    if (name === asked) (await define())(command);
  }
  await program.parseAsync([...args], { from: 'user' });
}

// A reader that has seen enough (`echolab data list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

run(process.argv.slice(2)).catch((error: unknown) => {
  const code = exitCodeOf(error);
  const printed = error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
  if (!printed) process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = code;
});
