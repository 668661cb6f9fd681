import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { writeFileWhole } from '../core/files.js';
import {
  checkStripped,
  formatProblem,
  notebookJson,
  readNotebook,
  stripNotebook,
  typecheckNotebooks,
} from '../notebooks/index.js';
import { EXIT } from './exit.js';
import { makeOutput } from './output.js';
import { sourceNotebooks } from './reproduce.js';

/** `echolab notebooks check|strip`: source notebooks carry no outputs, and their cells are checked as strictly as the library. */
export function addNotebooks(notebooks: Command): void {
  notebooks
    .command('check')
    .description('fail on outputs in source notebooks, on type errors in cells and on functions defined in cells')
    .option('--json', 'print one JSON value', false)
    .action(async ({ json }: { json: boolean }) => {
      const output = makeOutput(json);
      const files = sourceNotebooks();
      const stale = files.flatMap((file) =>
        checkStripped(readFileSync(file, 'utf8'), basename(file)).map(
          (problem) => `${basename(file)}: ${problem}; run npm run notebooks:strip`,
        ),
      );
      const problems = [...stale, ...(await typecheckNotebooks(files)).map(formatProblem)];
      for (const problem of problems) output.line(problem);
      output.line(`${files.length} notebooks, ${problems.length} problems`);
      output.result({ notebooks: files.length, problems });
      if (problems.length > 0) process.exitCode = EXIT.failed;
    });
  notebooks
    .command('strip')
    .description('remove outputs, counts and editor metadata from the source notebooks')
    .option('--json', 'print one JSON value', false)
    .action(({ json }: { json: boolean }) => {
      const output = makeOutput(json);
      const changed = sourceNotebooks().filter((file) => {
        const stripped = notebookJson(stripNotebook(readNotebook(file)));
        if (stripped === readFileSync(file, 'utf8')) return false;
        writeFileWhole(file, stripped);
        return true;
      });
      for (const file of changed) output.line(`stripped ${basename(file)}`);
      output.line(`${changed.length} notebooks changed`);
      output.result({ changed });
    });
}
