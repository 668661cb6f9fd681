#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { workbenchRoot } from '../core/paths.js';
import { addBench } from './bench.js';
import { addClaims } from './claims.js';
import { addCompare } from './compare.js';
import { addCurate } from './curate.js';
import { addData } from './data.js';
import { addDoctor } from './doctor.js';
import { describeFailure, exitCodeOf } from './exit.js';
import { addKernel } from './kernel.js';
import { addNotebooks } from './notebooks.js';
import { addReproduce } from './reproduce.js';
import { addVerify } from './verify.js';
import { addWeights } from './weights.js';

const { version } = JSON.parse(readFileSync(join(workbenchRoot(), 'lib', 'package.json'), 'utf8')) as {
  version: string;
};

const program = new Command('echolab')
  .description('EchoApex for echocardiography: notebooks, models, trainers and tests')
  .version(version)
  .showHelpAfterError()
  .exitOverride();

addReproduce(program);
addData(program);
addCurate(program);
addWeights(program);
addVerify(program);
addCompare(program);
addClaims(program);
addNotebooks(program);
addKernel(program);
addBench(program);
addDoctor(program);

program.parseAsync(process.argv).catch((error: unknown) => {
  const code = exitCodeOf(error);
  const printed = error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
  if (!printed) process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = code;
});
