import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { workbenchRoot } from '../core/paths.js';
import { formatDuration } from '../core/progress.js';
import { recordFolder } from '../experiments/run-experiment.js';
import type { RecordUse } from '../experiments/settings.js';
import { type NotebookProgress, runNotebook, writeExecutedCopy } from '../notebooks/index.js';
import { writeIndexPage } from '../records/index-page.js';
import { DATA_KINDS, type DataKind, SCALES, type Scale } from '../records/record.js';
import { EXIT, UsageError } from './exit.js';
import { choice } from './options.js';
import { alignColumns, makeOutput } from './output.js';

interface ReproduceOptions {
  readonly notebook?: string;
  readonly scale: Scale;
  readonly data: DataKind;
  readonly cached: boolean;
  readonly fromRecord: boolean;
  readonly timeout: number;
  readonly standalone: boolean;
  readonly json: boolean;
}

/** How one notebook went. */
interface NotebookResult {
  readonly notebook: string;
  readonly page: string;
  readonly seconds: number;
  /** Why it failed; `null` when every cell passed. */
  readonly failed: string | null;
}

/** Least time between two lines about a running cell. */
const LINE_MILLISECONDS = 5000;

/** `echolab reproduce`: executes the notebooks and leaves copies, figures and records in results/. */
export function addReproduce(command: Command): void {
  command
    .option('--notebook <number>', 'only the notebooks whose name starts so, e.g. 01')
    .addOption(choice('--scale <scale>', 'size of the run', SCALES, 'mini'))
    .addOption(choice('--data <kind>', 'made on the spot, or your own (see data-manifests/)', DATA_KINDS, 'phantom'))
    .option('--cached', 'load a record when config and code are unchanged instead of computing again', false)
    .option(
      '--from-record',
      'compute nothing: draw the page again from the record that is there, whatever code made it',
      false,
    )
    .option('--timeout <minutes>', 'longest time for one cell', Number, 24 * 60)
    .option('--standalone', 'pages that hold plotly themselves, to send alone', false)
    .option('--json', 'print one JSON value', false)
    .action(reproduce);
}

/** Source notebooks, in order, filtered by the start of their names. */
export function sourceNotebooks(start = ''): string[] {
  const folder = join(workbenchRoot(), 'notebooks');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ipynb') && file.startsWith(start))
    .sort()
    .map((file) => join(folder, file));
}

async function reproduce(options: ReproduceOptions): Promise<void> {
  const output = makeOutput(options.json);
  const notebooks = sourceNotebooks(options.notebook);
  if (notebooks.length === 0) {
    throw new UsageError(`reproduce: no notebook in notebooks/ starts with "${options.notebook ?? ''}"`);
  }
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort(new Error('interrupted'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const start = performance.now();
  const results: NotebookResult[] = [];
  try {
    for (const path of notebooks) results.push(await reproduceOne(path, options, interrupt.signal, output.line));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    output.line('interrupted; run the same command again to go on');
    process.exitCode = EXIT.interrupted;
    return;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  const page = await writeIndexPage();
  const seconds = (performance.now() - start) / 1000;
  output.line();
  for (const line of alignColumns(
    results.map(({ notebook, page: copy, seconds: each, failed }) => [
      failed === null ? 'ok' : 'FAILED',
      notebook,
      formatDuration(each),
      copy,
    ]),
  )) {
    output.line(line);
  }
  output.line(`${formatDuration(seconds)} in all; start at ${page}`);
  output.result({ scale: options.scale, data: options.data, seconds, page, notebooks: results });
  if (results.some(({ failed }) => failed !== null)) process.exitCode = EXIT.failed;
}

function recordUse({ cached, fromRecord }: ReproduceOptions): RecordUse {
  if (fromRecord) return 'any';
  return cached ? 'unchanged' : 'fresh';
}

async function reproduceOne(
  path: string,
  options: ReproduceOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<NotebookResult> {
  const name = basename(path, '.ipynb');
  const folder = recordFolder(`e${name}`, options);
  say(`${name} at ${options.scale} scale on ${options.data} data`);
  const run = await runNotebook(path, {
    env: {
      ...process.env,
      ECHOLAB_SCALE: options.scale,
      ECHOLAB_SOURCE: options.data,
      ECHOLAB_RECORD: recordUse(options),
    },
    timeoutSeconds: options.timeout * 60,
    signal,
    onProgress: cellProgress(say),
  });
  const { page } = writeExecutedCopy(folder, run.notebook, {
    plotlySource: options.standalone ? 'standalone' : 'shared',
    footer: options.fromRecord
      ? `Drawn again from the record at ${options.scale} scale on ${options.data} data; nothing was computed anew.`
      : `Executed at ${options.scale} scale on ${options.data} data in ${formatDuration(run.seconds)}.`,
  });
  const { failure } = run;
  const failed = failure ? `cell ${failure.cell}: ${failure.error.ename}: ${failure.error.evalue}` : null;
  if (failed !== null) say(`  ${failed}`);
  return { notebook: name, page, seconds: run.seconds, failed };
}

/** Says what each cell last printed: at once when it ends, otherwise not more often than each five seconds. */
function cellProgress(say: (text: string) => void): (event: NotebookProgress) => void {
  let last = performance.now();
  return ({ cell, cells, state, seconds, line }) => {
    const ended = state === 'done' || state === 'failed';
    if (!(ended && seconds >= 1) && performance.now() - last < LINE_MILLISECONDS) return;
    last = performance.now();
    say(`  cell ${cell}/${cells} ${ended ? `${state} in ${formatDuration(seconds)}` : line}`);
  };
}
