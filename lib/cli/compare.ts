import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { writeFileWhole } from '../core/files.js';
import { compareTables } from '../experiments/compare-tables/compare-tables.js';
import { comparisonPage } from '../experiments/compare-tables/comparison-page.js';
import {
  comparedWhat,
  comparisonTable,
  independenceNote,
  verdictSentence,
} from '../experiments/compare-tables/comparison-text.js';
import { pText } from '../experiments/compare-tables/wording.js';
import type { Alternative } from '../statistics/result.js';
import { UsageError } from './exit.js';
import { choice } from './options.js';
import { alignColumns, makeOutput } from './output.js';

interface CompareOptions {
  readonly metric: string;
  readonly unit?: string;
  readonly alternative: Alternative;
  readonly key: readonly string[];
  readonly commonOnly: boolean;
  readonly alpha: number;
  readonly draws: number;
  readonly permutations: number;
  readonly seed: number;
  readonly out?: string;
  readonly json: boolean;
}

const EXAMPLES = `
A table is a CSV file with a header and one row a sample. Both hold the same samples of two models.

  echolab compare ours.csv theirs.csv --metric dice --unit patient --alternative greater --out page.html
  echolab compare ours.csv theirs.csv --metric bacc --unit patient      (columns label and prediction)`;

/** `echolab compare a.csv b.csv`: two models from per-sample tables, as published and as it should be. */
export function addCompare(command: Command): void {
  command
    .argument('<first>', 'CSV of the first model')
    .argument('<second>', 'CSV of the second model')
    .requiredOption('--metric <column>', 'numeric column, or bacc for balanced accuracy of label and prediction')
    .option('--unit <column>', 'column of what is independent, e.g. patient; default: every sample')
    .addOption(
      choice('--alternative <side>', 'greater: the first is larger', ['greater', 'less', 'two-sided'], 'two-sided'),
    )
    .option('--key <columns>', 'columns that name a sample, separated by commas', columnsOf, ['sample'])
    .option('--common-only', 'take the samples that both tables have instead of refusing unequal sets', false)
    .option('--alpha <level>', 'significance level', levelOf, 0.01)
    .option('--draws <number>', 'bootstrap draws', countOf, 1000)
    .option('--permutations <number>', 'random swaps', countOf, 9999)
    .option('--seed <number>', 'seed of draws and swaps', countOf, 1)
    .option('--out <page>', 'write an HTML page with a figure and a methods paragraph')
    .option('--json', 'print one JSON value', false)
    .addHelpText('after', EXAMPLES)
    .action(async (first: string, second: string, { out, json, ...options }: CompareOptions) => {
      const output = makeOutput(json);
      for (const file of [first, second]) {
        if (!existsSync(file)) throw new UsageError(`compare: there is no file ${resolve(file)}`);
      }
      const comparison = compareTables(resolve(first), resolve(second), options);
      const { columns, rows } = comparisonTable(comparison);
      output.line(comparedWhat(comparison));
      for (const [name, left] of [
        [comparison.first, comparison.onlyFirst],
        [comparison.second, comparison.onlySecond],
      ] as const) {
        if (left.length > 0) output.line(`  left out of ${name}: ${left.join(', ')}`);
      }
      const note = independenceNote(comparison);
      if (note !== undefined) output.line(note);
      output.line();
      for (const line of alignColumns([columns, ...rows])) output.line(line);
      output.line();
      output.line(`as published: ${comparison.publishedMethod}`);
      output.line(`valid:        ${comparison.validMethod}`);
      for (const { method, p } of comparison.further) output.line(`also:         ${method}: p = ${pText(p)}`);
      output.line(verdictSentence(comparison));
      output.line();
      output.line(comparison.methods.text);
      for (const reference of comparison.methods.references) output.line(`  ${reference}`);
      if (out !== undefined) {
        writeFileWhole(resolve(out), await comparisonPage(comparison));
        output.line();
        output.line(`page: ${resolve(out)}`);
      }
      const { figure: _figure, ...numbers } = comparison;
      output.result({ ...numbers, ...(out !== undefined && { page: resolve(out) }) });
    });
}

function columnsOf(text: string): string[] {
  const columns = text.split(',').map((column) => column.trim());
  if (columns.some((column) => column === '')) throw new InvalidArgumentError('expected names separated by commas');
  return columns;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected an integer of 1 or more');
  return count;
}

function levelOf(text: string): number {
  const level = Number(text);
  if (!(level > 0 && level < 1)) throw new InvalidArgumentError('expected a number between 0 and 1');
  return level;
}
