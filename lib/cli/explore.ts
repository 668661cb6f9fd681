import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { DataError } from '../core/errors.js';
import { writeFileWhole } from '../core/files.js';
import { resultsFolder } from '../core/paths.js';
import { MAP_METHODS, NAMED_ENCODERS } from '../interactive/explore-choices.js';
import { serveExplorer } from '../interactive/serve-explorer.js';
import { untilInterrupted } from '../interactive/until-interrupted.js';
import { UsageError } from './exit.js';
import { makeOutput, type Output } from './output.js';

interface ExploreCommandOptions {
  readonly dataset?: string;
  readonly encoder: string;
  readonly maps: string;
  readonly frames: number;
  readonly framesPerClip: number;
  readonly perplexity: number;
  readonly seed: number;
  readonly table?: string;
  readonly out?: string;
  readonly port: number;
  readonly json: boolean;
}

/** Records that are opened unless one is named, best first. */
const RECORDS = ['real-paper', 'phantom-full', 'phantom-mini', 'phantom-smoke'];

/** `echolab explore [record-or-folder]`: the map of embeddings, of a record or of one's own pictures. */
export function addExplore(command: Command): void {
  command
    .argument(
      '[path]',
      'a record of notebook 01, a data set, or a folder of clips and pictures; default: the record in results/e01-scaling-study',
    )
    .option('--encoder <name>', `for a folder: ${NAMED_ENCODERS.join(', ')}, or a weight file`, 'echo-small')
    .option('--dataset <manifest>', 'for a folder: name of, or path to, its manifest')
    .option('--maps <list>', 'for a folder: which maps, with commas', MAP_METHODS.join(','))
    .option('--frames <count>', 'for a folder: at most so many frames', Number, 3000)
    .option('--frames-per-clip <count>', 'for a folder: frames of each clip; one is its middle', Number, 1)
    .option('--perplexity <value>', 'of t-SNE', Number, 50)
    .option('--seed <number>', 'of the choice of clips and of the maps', Number, 0)
    .option('--table <csv>', 'for a folder: columns to colour by; needs a column "path" as the files are listed')
    .option('--out <file>', 'write the page, one HTML file that works offline, instead of serving it')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes any free one', Number, 0)
    .option('--json', 'print one JSON value', false)
    .action(explore);
}

async function explore(path: string | undefined, options: ExploreCommandOptions): Promise<void> {
  const output = makeOutput(options.json);
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65535) {
    throw new UsageError('explore: --port must be a whole number from 0 to 65535');
  }
  const record = recordPage(path);
  const page = record === null ? await pageOf(path as string, options, output) : readFileSync(record, 'utf8');
  if (record !== null) output.line(`record: ${record}`);
  if (options.out !== undefined) {
    const file = resolve(options.out);
    writeFileWhole(file, page);
    output.line(`written to ${file}`);
    output.result({ file });
    return;
  }
  const server = await serveExplorer(page, options.port);
  output.line(`open ${server.url}`);
  output.line('Ctrl-C ends it');
  output.result({ url: server.url });
  await untilInterrupted();
  await server.close();
}

/** The explorer page of a record; null where the path is none. */
function recordPage(path: string | undefined): string | null {
  const page = (folder: string): string => join(folder, 'assets', 'explorer.html');
  if (path !== undefined) {
    const folder = [resolve(path), join(resultsFolder(), path)].find((one) => existsSync(join(one, 'run.json')));
    if (folder === undefined) return null;
    if (existsSync(page(folder))) return page(folder);
    throw new DataError(`explore: the record ${folder} has no map of embeddings; those of notebook 01 have`);
  }
  const study = join(resultsFolder(), 'e01-scaling-study');
  const found = RECORDS.map((record) => page(join(study, record))).find(existsSync);
  if (found !== undefined) return found;
  throw new DataError(
    `explore: there is no record in ${study}; run "npm run reproduce -- --notebook 01", or give a folder of pictures`,
  );
}

/** The page of a folder. What it takes, TensorFlow.js and ONNX Runtime among it, is loaded only here. */
async function pageOf(path: string, options: ExploreCommandOptions, output: Output): Promise<string> {
  const plain = (word: string): string => word.trim().toLowerCase().replace('-', '');
  const maps = options.maps.split(',').map((word) => {
    const method = MAP_METHODS.find((one) => plain(one) === plain(word));
    if (method === undefined) {
      throw new UsageError(`explore: --maps takes ${MAP_METHODS.join(', ')}, got ${JSON.stringify(word)}`);
    }
    return method;
  });
  const { exploreFolder } = await import('../interactive/explore-folder.js');
  const { page, frames, encoder, unreadable } = await exploreFolder(path, {
    encoder: options.encoder,
    maps,
    most: options.frames,
    framesPerClip: options.framesPerClip,
    perplexity: options.perplexity,
    seed: options.seed,
    progress: output.progress,
    ...(options.dataset !== undefined && { dataset: options.dataset }),
    ...(options.table !== undefined && { table: resolve(options.table) }),
  });
  for (const { clip, reason } of unreadable.slice(0, 10)) output.line(`left out: ${clip}: ${reason}`);
  if (unreadable.length > 10) output.line(`left out: ${unreadable.length - 10} more`);
  output.line(`${frames} frames, ${encoder}`);
  return page;
}
