import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { EchoLabError, messageOf } from '../core/errors.js';
import { CLIP_SUFFIXES, clipFile } from '../datasets/clip-file.js';
import { recordFolder } from '../experiments/run-experiment.js';
import { CLASSIFIER_ASSET, openClassifier } from '../experiments/view-classification/classifier-file.js';
import { compileClassifier } from '../experiments/view-classification/classify-frames.js';
import { type ClipJudgement, judgeClip } from '../experiments/view-classification/judge-clip.js';
import { EXIT, UsageError } from './exit.js';
import { makeOutput, type Output } from './output.js';

interface ViewOptions {
  readonly model?: string;
  readonly json: boolean;
}

/** What became of one file. */
type FileJudgement = { readonly file: string } & (ClipJudgement | { readonly failed: string });

/** `echolab view <path>`: names the view of clips and says when not to believe it. */
export function addView(command: Command): void {
  command
    .argument('<path>', 'a DICOM, AVI, PNG or JPEG file, or a folder of them, read recursively')
    .option('--model <file>', 'a classifier that notebook 02 wrote; default: the one in its record')
    .option('--json', 'print one JSON value', false)
    .action(view);
}

async function view(path: string, options: ViewOptions): Promise<void> {
  const output = makeOutput(options.json);
  const files = clipsAt(resolve(path));
  const usable = openClassifier(modelFile(options.model));
  const warning =
    usable.origin === 'phantom'
      ? 'This classifier was trained on phantoms: what it says of a patient shows how it is used, not what the view is.'
      : null;
  output.line(`${usable.model}, ${usable.classifier.classes.length} views, trained on ${usable.origin} data`);
  if (warning !== null) output.line(warning);
  const compiled = await compileClassifier(usable.classifier);
  const judged: FileJudgement[] = [];
  try {
    for (const file of files) {
      const name = relative(process.cwd(), file) || file;
      try {
        judged.push({ file: name, ...(await judgeClip(compiled, usable, await clipFile(file).readClip())) });
      } catch (error) {
        if (!(error instanceof EchoLabError)) throw error;
        judged.push({ file: name, failed: messageOf(error) });
      }
      print(judged.at(-1)!, output);
    }
  } finally {
    await compiled.dispose();
  }
  output.result({ model: usable.model, trainedOn: usable.origin, warning, files: judged });
  if (judged.every((each) => 'failed' in each)) process.exitCode = EXIT.failed;
}

function print(each: FileJudgement, output: Output): void {
  output.line();
  if ('failed' in each) {
    output.line(`${each.file}: not read: ${each.failed}`);
    return;
  }
  output.line(`${each.file}: ${each.view}, probability ${each.probability.toFixed(2)}`);
  const votes = each.frames.map(({ frame, view: said, probability }) => `${frame} ${said} (${probability.toFixed(2)})`);
  output.line(
    `  frames: ${votes.join(', ')}${each.decidedBy === 'votes' ? '' : `; a tie, decided by ${each.decidedBy}`}`,
  );
  for (const reason of each.reasons) output.line(`  do not trust: ${reason}`);
  if (each.reasons.length === 0) output.line('  no reason to doubt it was found');
}

function modelFile(given: string | undefined): string {
  const standard = join(
    recordFolder('e02-view-classification', { data: 'phantom', scale: 'mini' }),
    'assets',
    CLASSIFIER_ASSET,
  );
  const file = given === undefined ? standard : resolve(given);
  if (!existsSync(file)) {
    throw new UsageError(
      `view: there is no classifier ${file}; run "echolab reproduce --notebook 02", or name one with --model`,
    );
  }
  return file;
}

/** The file, or the clips of a folder by their suffix, sorted. */
function clipsAt(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`view: there is no file or folder ${path}`);
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && !entry.name.startsWith('.') && CLIP_SUFFIXES.includes(extname(entry.name).toLowerCase()),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0)
    throw new UsageError(`view: ${path} holds no file of ${CLIP_SUFFIXES.filter(Boolean).join(', ')}`);
  return files;
}
