import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { resultsFolder } from '../core/paths.js';
import { EXPERIMENTS } from '../experiments/experiments.js';
import { verifyRecord } from '../experiments/verify-record.js';
import { findRecords } from '../records/read-record.js';
import { EXIT, UsageError } from './exit.js';
import { makeOutput } from './output.js';

/** `echolab verify [record]`: recompute metrics and figures from the rows; fail on any difference. */
export function addVerify(command: Command): void {
  command
    .argument('[record]', 'folder of a record; default: all in results/')
    .option('--json', 'print one JSON value', false)
    .action(async (record: string | undefined, { json }: { json: boolean }) => {
      const output = makeOutput(json);
      const folders = record === undefined ? findRecords(resultsFolder()) : findRecords(resolve(record));
      if (folders.length === 0) throw new UsageError(`verify: no record in ${record ?? resultsFolder()}`);
      const results = [];
      for (const folder of folders) {
        const differences = await verifyRecord(folder, EXPERIMENTS);
        const name = relative(resultsFolder(), folder);
        output.line(differences.length === 0 ? `ok      ${name}` : `DIFFERS ${name}`);
        for (const { what, recorded, recomputed } of differences) {
          output.line(`  ${what}: recorded ${shorten(recorded)}, recomputed ${shorten(recomputed)}`);
        }
        results.push({ record: name, differences });
      }
      output.result(results);
      if (results.some(({ differences }) => differences.length > 0)) process.exitCode = EXIT.failed;
    });
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
