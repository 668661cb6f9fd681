import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { DataError } from '../core/errors.js';
import { workbenchRoot } from '../core/paths.js';
import { type FuzzedFormat, fuzzReaders } from '../imaging/fuzz/fuzz-readers.js';
import { EXIT, UsageError } from './exit.js';
import { choice } from './options.js';
import { makeOutput } from './output.js';

const FORMATS: readonly FuzzedFormat[] = ['avi', 'dicom', 'nifti'];

interface FuzzCommandOptions {
  readonly format: FuzzedFormat | 'all';
  readonly mutations: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `echolab fuzz [files...]`: damaged files by the thousand, for those who change a reader. */
export function addFuzz(command: Command): void {
  command
    .argument('[files...]', 'good files that are damaged in turn; default: those of test/fixtures')
    .addOption(choice('--format <format>', 'which reader', [...FORMATS, 'all'], 'all'))
    .option('--mutations <count>', 'damaged files a format', Number, 20_000)
    .option('--seed <number>', 'a failure is made again by its seed and its number', Number, 1)
    .option('--json', 'print one JSON value', false)
    .action(fuzz);
}

async function fuzz(files: readonly string[], options: FuzzCommandOptions): Promise<void> {
  const output = makeOutput(options.json);
  const { mutations, seed } = options;
  if (!Number.isInteger(mutations) || mutations < 1) {
    throw new UsageError(`fuzz: --mutations must be a whole number from 1, got ${mutations}`);
  }
  const originals = originalsOf(files.length > 0 ? files.map((file) => resolve(file)) : fixtures());
  const reports: Record<string, unknown> = {};
  let failed = 0;
  for (const format of options.format === 'all' ? FORMATS : [options.format]) {
    const good = originals[format];
    if (good.length === 0) {
      if (options.format === 'all') continue;
      throw new DataError(`fuzz: none of the files is ${format.toUpperCase()}; give some`);
    }
    const report = await fuzzReaders({ format, originals: good, mutations, seed, progress: output.progress });
    const { read, refused, failures, slowest } = report;
    output.line(
      `${format}: ${read} read, ${refused} refused by name, ${failures.length} failed; the slowest took ${slowest.seconds.toFixed(2)} s (mutation ${slowest.mutation})`,
    );
    for (const { mutation, message } of failures.slice(0, 20)) output.line(`mutation ${mutation}: ${message}`);
    failed += failures.length;
    reports[format] = report;
  }
  output.result({ seed, mutations, reports });
  if (failed > 0) process.exitCode = EXIT.failed;
}

function fixtures(): string[] {
  return ['avi', 'dicom'].flatMap((kind) => {
    const folder = join(workbenchRoot(), 'test', 'fixtures', kind);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
}

/** Small files only: a mutation is as slow as its original is large. NIfTI needs no file: the smallest good one is made here. */
function originalsOf(files: readonly string[]): Record<FuzzedFormat, Uint8Array[]> {
  const originals: Record<FuzzedFormat, Uint8Array[]> = { avi: [], dicom: [], nifti: [] };
  for (const file of files) {
    const stored = readFileSync(file);
    if (stored.length > MOST_BYTES) continue;
    const name = file.toLowerCase();
    if (/\.nii(\.gz)?$/.test(name)) originals.nifti.push(stored);
    else if (extname(name) === '.avi') originals.avi.push(stored);
    else {
      const bytes = name.endsWith('.dcm.gz') ? gunzipSync(stored) : stored;
      if (bytes.length <= MOST_BYTES && bytes.toString('latin1', 128, 132) === 'DICM') originals.dicom.push(bytes);
    }
  }
  if (originals.nifti.length === 0) originals.nifti.push(smallNifti());
  return originals;
}

const MOST_BYTES = 2 ** 18;

/** A NIfTI-1 file of 4 x 3 x 2 bytes. */
function smallNifti(): Uint8Array {
  const bytes = Buffer.alloc(352 + 24, 7);
  bytes.fill(0, 0, 352);
  bytes.writeInt32LE(348, 0);
  [3, 4, 3, 2, 1, 1, 1, 1].forEach((length, axis) => void bytes.writeInt16LE(length, 40 + 2 * axis));
  bytes.writeInt16LE(2, 70); // unsigned bytes
  bytes.writeInt16LE(8, 72);
  [1, 1, 1, 1].forEach((step, axis) => void bytes.writeFloatLE(step, 76 + 4 * axis));
  bytes.writeFloatLE(352, 108);
  bytes.write('n+1\0', 344, 'latin1');
  return bytes;
}
