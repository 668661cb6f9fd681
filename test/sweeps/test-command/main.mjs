// `echolab sweep` and its worker process over the cells of the tests.
import { Command } from 'commander';
import { describeFailure, exitCodeOf } from '../../../lib/dist/cli/exit.js';
import { addSweep, addSweepCell } from '../../../lib/dist/cli/sweep.js';
import { sweeps } from './cells.mjs';

const registry = { sweeps, codeHash: process.env.TEST_CODE ?? 'test-code' };
const program = new Command('test').exitOverride();
addSweep(program.command('sweep'), registry);
addSweepCell(program.command('sweep-cell'), registry);
program.parseAsync().catch((error) => {
  if (!String(error.code).startsWith('commander.')) process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
