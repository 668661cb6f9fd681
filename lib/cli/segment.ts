import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { DataError } from '../core/errors.js';
import { resultsFolder } from '../core/paths.js';
import { loadSegmenter } from '../experiments/segmentation/load-segmenter.js';
import { locateFrames } from '../interactive/locate-frames.js';
import { compileSegmenter } from '../interactive/prompt-segmenter.js';
import { serveSegmentation } from '../interactive/segment-page.js';
import { SegmentationSession } from '../interactive/segmentation-session.js';
import { untilInterrupted } from '../interactive/until-interrupted.js';
import { UsageError } from './exit.js';
import { makeOutput } from './output.js';

interface SegmentOptions {
  readonly model?: string;
  readonly dataset?: string;
  readonly out: string;
  readonly port: number;
  readonly json: boolean;
}

/** Records that a model is taken from unless one is named, best first. */
const RECORDS = ['real-paper', 'phantom-full', 'phantom-mini', 'phantom-smoke'];

/** `echolab segment [file|folder]`: a page on 127.0.0.1 where clicks, boxes and texts become masks. */
export function addSegment(command: Command): void {
  command
    .argument(
      '[path]',
      'a clip (AVI, DICOM, PNG, JPEG, NIfTI), a data set, or a folder of either; default: the phantom sets on disk',
    )
    .option('--model <file>', 'EchoApex-SAM that notebook 03 trained; default: the one in results/e03-segmentation')
    .option('--dataset <manifest>', 'name of, or path to, the manifest of the data set at the path')
    .option('--out <folder>', 'where masks are saved', 'segmentations')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes any free one', Number, 0)
    .option('--json', 'print one JSON value', false)
    .addHelpText('after', '\nThe address that is printed holds a secret: whoever has it may read the frames.')
    .action(segment);
}

async function segment(path: string | undefined, options: SegmentOptions): Promise<void> {
  const output = makeOutput(options.json);
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65535) {
    throw new UsageError('segment: --port must be a whole number from 0 to 65535');
  }
  if (options.dataset !== undefined && path === undefined) {
    throw new UsageError('segment: --dataset says what lies at a path; give the path too');
  }
  const file = modelFile(options.model);
  const groups = locateFrames(path, options.dataset);
  const segmenter = await compileSegmenter(loadSegmenter(file), shortName(file));
  const session = new SegmentationSession(groups, segmenter);
  const server = await serveSegmentation(session, { port: options.port, saveFolder: resolve(options.out) });
  const clips = groups.reduce((sum, group) => sum + group.clips.length, 0);
  output.line(`${groups.map(({ title }) => title).join(', ')}: ${clips} clips`);
  output.line(`model: ${segmenter.name}`);
  output.line(`masks go to ${resolve(options.out)}`);
  output.line();
  output.line(`open ${server.url}`);
  output.line('Ctrl-C ends it');
  output.result({ url: server.url, model: file, clips, out: resolve(options.out) });
  await untilInterrupted();
  await server.close();
  await session.close();
}

function modelFile(given: string | undefined): string {
  if (given !== undefined) {
    const path = resolve(given);
    if (!existsSync(path)) throw new DataError(`segment: there is no model at ${path}`);
    return path;
  }
  const folder = join(resultsFolder(), 'e03-segmentation');
  const found = RECORDS.map((record) => join(folder, record, 'assets', 'echoapex-sam.safetensors')).find(existsSync);
  if (found !== undefined) return found;
  throw new DataError(
    `segment: there is no trained model in ${folder}; run "npm run reproduce -- --notebook 03 --scale smoke", or name one with --model`,
  );
}

/** Where the model lies, as short as it stays clear: what saved masks carry must not tell of this machine. */
function shortName(file: string): string {
  const inside = relative(resultsFolder(), file);
  return inside.startsWith('..') ? basename(file) : inside;
}
