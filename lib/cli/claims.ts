import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { writeFileWhole } from '../core/files.js';
import { claimsPage } from '../experiments/paper-audit/claims-page.js';
import { claimsLedger, verdictCounts } from '../paper/claims.js';
import { VERDICTS, type Verdict } from '../paper/verdict.js';
import { alignColumns, makeOutput } from './output.js';

interface ClaimsOptions {
  readonly verdict?: Verdict;
  readonly page?: string;
  readonly json: boolean;
}

/** `echolab claims`: every quantitative sentence of the paper, recomputed from its own tables. */
export function addClaims(command: Command): void {
  command
    .addOption(new Option('--verdict <verdict>', 'only the claims with this verdict').choices([...VERDICTS]))
    .option('--page <file>', 'write the ledger as an HTML page')
    .option('--json', 'print one JSON value', false)
    .action(async ({ verdict: only, page, json }: ClaimsOptions) => {
      const output = makeOutput(json);
      const rows = claimsLedger().filter(({ verdict }) => only === undefined || verdict === only);
      const counts = verdictCounts(rows);
      for (const verdict of VERDICTS) {
        const own = rows.filter((row) => row.verdict === verdict);
        if (own.length === 0) continue;
        output.line(`${own.length} ${verdict}`);
        const lines = own.map(({ place, says, claimed, recomputed }) => [
          `  ${place}`,
          short(says),
          claimed,
          recomputed,
        ]);
        for (const line of alignColumns([['  where', 'claim', 'the paper', 'recomputed'], ...lines])) output.line(line);
        output.line();
      }
      output.line(`${rows.length} claims: ${VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ')}`);
      if (page !== undefined) {
        writeFileWhole(resolve(page), await claimsPage(rows));
        output.line(`page: ${resolve(page)}`);
      }
      output.result({ counts, claims: rows, ...(page !== undefined && { page: resolve(page) }) });
    });
}

function short(text: string): string {
  return text.length > 72 ? `${text.slice(0, 71)}…` : text;
}
