import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileWhole } from '../core/files.js';
import { dataFolder } from '../core/paths.js';
import { checkDataset } from '../datasets/doctor/check-dataset.js';
import { writeDatasetReport } from '../datasets/doctor/write-report.js';
import { manifestNames, readManifest } from '../datasets/manifest.js';
import { openDataset } from '../datasets/open-dataset.js';
import { shardViewStudy } from '../datasets/shards/shard-view-study.js';
import { officialSplit, type SplitName } from '../datasets/split.js';
import { writeSplitFile } from '../datasets/split-file.js';
import { PHANTOM_SCALES } from '../phantom/data-config.js';
import { estimatePhantomData, makePhantomData, readPhantomSummary } from '../phantom/make-phantom-data.js';
import { phantomFolder } from '../phantom/phantom-summary.js';
import { EXIT, UsageError } from './exit.js';
import { choice } from './options.js';
import { alignColumns, makeOutput } from './output.js';

/** `echolab data make|check|describe|shard|list`. */
export function addData(data: Command): void {
  data
    .command('make')
    .description('write the phantom data sets in their official layouts; goes on where an earlier run stopped')
    .addOption(choice('--scale <scale>', 'how many patients', Object.keys(PHANTOM_SCALES), 'mini'))
    .option('--out <folder>', 'default: data/phantom-<scale>-<hash of the config>')
    .option('--estimate', 'only say what it would take', false)
    .option('--json', 'print one JSON value', false)
    .action(make);
  data
    .command('check')
    .description('examine a data set: what is wrong, where, and what the reader does about it')
    .requiredOption('--dataset <manifest>', 'name of a manifest, or path to one')
    .requiredOption('--root <folder>', 'where the data are')
    .option('--deep', 'decode every frame, not the first and the last of each clip', false)
    .option('--report <file>', 'also write an HTML page with contact sheets')
    .option('--split <file>', 'also write the official split, hashed')
    .option('--json', 'print one JSON value', false)
    .action(check);
  data
    .command('describe')
    .description('summarise a data set: counts, EF, age, quality, frames; from its tables, nothing is decoded')
    .requiredOption('--dataset <manifest>', 'name of a manifest, or path to one')
    .requiredOption('--root <folder>', 'where the data are')
    .option('--out <file>', 'also write an HTML page with figures')
    .option('--json', 'print one JSON value', false)
    .action(describe);
  data
    .command('shard')
    .description(
      'write the frames of a view study into tar shards for pretraining; goes on where an earlier run stopped',
    )
    .argument('<view-study>', 'folder of clips with its CSV')
    .requiredOption('--out <folder>', 'where the shards go, e.g. data/real/pretrain-shards')
    .option('--dataset <manifest>', 'name of a manifest, or path to one', 'view-study')
    .option('--size <pixels>', 'side of the square frames', Number, 112)
    .option('--frames-per-clip <count>', 'frames of each clip, spread evenly; default: all', Number)
    .option('--frames-per-shard <count>', 'frames a file', Number, 8192)
    .option('--quality <quality>', 'of the JPEG, 1 to 100', Number, 95)
    .option('--lossless', 'PNG instead of JPEG; larger', false)
    .option('--json', 'print one JSON value', false)
    .action(shard);
  data
    .command('list')
    .description('list the data sets that there are manifests for, and the phantom data on disk')
    .option('--json', 'print one JSON value', false)
    .action(list);
}

interface MakeOptions {
  readonly scale: keyof typeof PHANTOM_SCALES;
  readonly out?: string;
  readonly estimate: boolean;
  readonly json: boolean;
}

async function make(options: MakeOptions): Promise<void> {
  const output = makeOutput(options.json);
  const config = PHANTOM_SCALES[options.scale];
  const folder = resolve(options.out ?? phantomFolder(config));
  const estimate = estimatePhantomData(config);
  output.line(
    `${estimate.clips} clips, ${estimate.frames} frames, about ${(estimate.bytes / 2 ** 20).toFixed(0)} MiB in ${folder}`,
  );
  if (options.estimate) {
    output.result({ folder, estimate });
    return;
  }
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const summary = await makePhantomData(folder, config, output.progress, { signal: interrupt.signal });
    for (const { name, clips, frames } of summary.sets) output.line(`${name}: ${clips} clips, ${frames} frames`);
    output.result({ folder, summary });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    output.line('interrupted; run the same command again to go on');
    process.exitCode = EXIT.interrupted;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

interface CheckOptions {
  readonly dataset: string;
  readonly root: string;
  readonly deep: boolean;
  readonly report?: string;
  readonly split?: string;
  readonly json: boolean;
}

async function check(options: CheckOptions): Promise<void> {
  const output = makeOutput(options.json);
  const dataset = openDataset(options.dataset, resolve(options.root));
  const report = await checkDataset(dataset, { progress: output.progress, depth: options.deep ? 'all' : 'ends' });
  for (const { severity, where, message, handling } of report.findings) {
    output.line(`${severity}: ${where}: ${message} (${handling})`);
  }
  for (const [what, count] of Object.entries(report.counts)) output.line(`${what}: ${count}`);
  output.line(report.healthy ? 'nothing that cannot be repaired' : 'some findings cannot be repaired');
  if (options.report !== undefined) await writeDatasetReport(resolve(options.report), dataset, report);
  if (options.split !== undefined) {
    const samples = dataset.samples as readonly { id: string; patient: string; split: SplitName | null }[];
    const hash = writeSplitFile(resolve(options.split), report.name, 'official', officialSplit(samples));
    output.line(`split ${hash} written to ${options.split}`);
  }
  output.result(report);
  if (!report.healthy) process.exitCode = EXIT.failed;
}

interface DescribeOptions {
  readonly dataset: string;
  readonly root: string;
  readonly out?: string;
  readonly json: boolean;
}

async function describe(options: DescribeOptions): Promise<void> {
  const output = makeOutput(options.json);
  const dataset = openDataset(options.dataset, resolve(options.root));
  const { describeDataset } = await import('../datasets/describe-dataset.js');
  const description = await describeDataset(dataset);
  const { rows, summary } = description;
  const patients = new Set(rows.map(({ patient }) => patient)).size;
  output.line(`${dataset.manifest.title}: ${rows.length} samples of ${patients} patients`);
  const columns = summary.columns as string[];
  const cells = summary.values as (string | number)[][];
  const text = (cell: string | number): string =>
    typeof cell === 'number' && !Number.isInteger(cell) ? cell.toPrecision(4) : String(cell);
  for (const line of alignColumns([columns, ...cells.map((row) => row.map(text))])) output.line(line);
  if (options.out !== undefined) {
    const { overviewPage } = await import('../interactive/overview-page.js');
    writeFileWhole(resolve(options.out), await overviewPage(dataset.manifest, description));
    output.line(`written to ${resolve(options.out)}`);
  }
  output.result({
    name: dataset.manifest.name,
    samples: rows.length,
    patients,
    summary: cells.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
  });
}

interface ShardOptions {
  readonly out: string;
  readonly dataset: string;
  readonly size: number;
  readonly framesPerClip?: number;
  readonly framesPerShard: number;
  readonly quality: number;
  readonly lossless: boolean;
  readonly json: boolean;
}

async function shard(root: string, options: ShardOptions): Promise<void> {
  const output = makeOutput(options.json);
  for (const name of ['size', 'framesPerClip', 'framesPerShard'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new UsageError(`data shard: ${name} must be a positive integer, got ${value}`);
    }
  }
  const study = openDataset(options.dataset, resolve(root));
  if (study.layout !== 'view-study') {
    throw new UsageError(`data shard: ${options.dataset} must have the view-study layout, got ${study.layout}`);
  }
  for (const { where, message, handling } of study.findings) output.line(`${where}: ${message} (${handling})`);
  const folder = resolve(options.out);
  const index = await shardViewStudy(study, folder, {
    size: options.size,
    ...(options.framesPerClip !== undefined && { framesPerClip: options.framesPerClip }),
    framesPerShard: options.framesPerShard,
    quality: options.lossless ? 'lossless' : options.quality,
    progress: output.progress('shard', study.samples.length, 'clips'),
  });
  const { frames, shards } = index;
  const bytes = shards.reduce((sum, { bytes: size }) => sum + size, 0);
  output.line(`${frames} frames in ${shards.length} shards, ${(bytes / 2 ** 20).toFixed(1)} MiB in ${folder}`);
  output.result({ folder, frames, shards: shards.length, bytes });
}

function list({ json }: { readonly json: boolean }): void {
  const output = makeOutput(json);
  const manifests = manifestNames().map((name) => {
    const { title, origin, layout, licence, access } = readManifest(name);
    return { name, title, origin, layout, licence: licence.name, access: access.url ?? access.steps[0] ?? '' };
  });
  for (const line of alignColumns([
    ['name', 'origin', 'licence', 'title'],
    ...manifests.map(({ name, origin, licence, title }) => [name, origin, licence, title]),
  ])) {
    output.line(line);
  }
  const made = existsSync(dataFolder())
    ? readdirSync(dataFolder()).flatMap((entry) => {
        const folder = join(dataFolder(), entry);
        const summary = readPhantomSummary(folder);
        return summary ? [{ folder, scale: summary.scale, complete: summary.complete }] : [];
      })
    : [];
  output.line();
  if (made.length === 0) output.line('no phantom data on disk; npm run echolab -- data make');
  for (const { folder, scale, complete } of made) {
    output.line(`${folder}: phantom data of ${scale} scale${complete ? '' : ', unfinished'}`);
  }
  output.result({ manifests, made });
}
