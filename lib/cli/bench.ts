import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { writeJsonWhole } from '../core/files.js';
import { benchData, type DataBenchRow } from '../datasets/bench-data.js';
import { benchEmbedding, formatEmbeddingBench } from '../embedding/bench.js';
import { benchEngine, formatBench } from '../engine/bench/bench-engine.js';
import { benchClicks } from '../interactive/bench.js';
import { benchBootstrap } from '../statistics/bench.js';
import { benchLoader } from '../training/bench-loader.js';
import { UsageError } from './exit.js';
import { makeOutput, type Output } from './output.js';

const ROOMS = ['engine', 'data', 'embedding', 'statistics', 'interactive'] as const;

interface BenchCommandOptions {
  readonly python?: string;
  readonly cases?: string;
  readonly runs: number;
  readonly eager: boolean;
  readonly out?: string;
  readonly json: boolean;
}

/** `echolab bench [room]`: timings as ratios against named peers, all in one run. */
export function addBench(command: Command): void {
  command
    .argument('[rooms...]', `any of ${ROOMS.join(', ')}; default: all`)
    .option('--python <program>', 'a python3 with torch, scikit-learn and numpy to compare with')
    .addOption(new Option('--cases <names>', 'engine: only these cases, comma-separated'))
    .option('--runs <count>', 'engine: timed runs of each contender', Number, 5)
    .option('--no-eager', 'engine: leave out TensorFlow.js on wasm, op by op')
    .option('--out <file>', 'also write the figures as JSON')
    .option('--json', 'print one JSON value', false)
    .action(bench);
}

async function bench(given: readonly string[], options: BenchCommandOptions): Promise<void> {
  const output = makeOutput(options.json);
  const rooms = given.length === 0 ? ROOMS : ROOMS.filter((room) => given.includes(room));
  const unknown = given.filter((room) => !ROOMS.some((known) => known === room));
  if (unknown.length > 0) throw new UsageError(`bench: rooms must be ${ROOMS.join(', ')}; got ${unknown.join(', ')}`);
  const python = options.python === undefined ? {} : { python: options.python };
  const results: Record<string, unknown> = {};
  if (rooms.includes('engine')) {
    const report = await benchEngine({
      ...python,
      runs: options.runs,
      eager: options.eager,
      ...(options.cases !== undefined && { cases: options.cases.split(',') }),
      onStart: (message) => output.line(`  ${message}`),
    });
    for (const line of formatBench(report)) output.line(line);
    results.engine = report;
  }
  if (rooms.includes('data')) {
    const rows = [...(await benchData(options.python)), ...(await benchLoader())];
    printRows(rows, output);
    results.data = rows;
  }
  if (rooms.includes('embedding')) {
    const rows = await benchEmbedding(python);
    output.line(formatEmbeddingBench(rows));
    results.embedding = rows;
  }
  if (rooms.includes('statistics')) {
    const result = benchBootstrap(python);
    const { ours, numpyByClass, numpyByCounting } = result;
    output.line(
      `bootstrap of balanced accuracy, ${result.draws} x ${result.cases} x ${result.classes}: ${ours.toFixed(0)} ms`,
    );
    if (numpyByClass !== undefined && numpyByCounting !== undefined) {
      output.line(`  numpy class by class ${numpyByClass.toFixed(0)} ms, ratio ${(ours / numpyByClass).toFixed(2)}`);
      output.line(
        `  numpy by one bincount ${numpyByCounting.toFixed(0)} ms, ratio ${(ours / numpyByCounting).toFixed(2)}`,
      );
    }
    results.statistics = result;
  }
  if (rooms.includes('interactive')) {
    const rows = await benchClicks();
    printRows(rows, output);
    results.interactive = rows;
  }
  if (options.out !== undefined) writeJsonWhole(resolve(options.out), results);
  output.result(results);
}

function printRows(rows: readonly DataBenchRow[], output: Output): void {
  for (const { what, unit, value, reference } of rows) {
    const beside =
      reference === null
        ? ''
        : `; ${reference.tool} ${reference.value.toPrecision(3)}, ratio ${(value / reference.value).toFixed(2)}`;
    output.line(`${what}: ${value.toPrecision(3)} ${unit}${beside}`);
  }
}
