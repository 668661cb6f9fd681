import { resolve } from 'node:path';
import type { Command } from 'commander';
import { curateFolder } from '../datasets/curation/curate-folder.js';
import { UsageError } from './exit.js';
import { alignColumns, makeOutput } from './output.js';

interface CurateOptions {
  readonly out: string;
  readonly size: number;
  readonly site?: string;
  readonly keyFile?: string;
  readonly workers?: number;
  readonly json: boolean;
}

/** `echolab curate <folder> --out <folder>`: DICOM, AVI and volumes to de-identified grey clips in the view-study layout. */
export function addCurate(command: Command): void {
  command
    .argument('<folder>', 'folder of DICOM, AVI and NIfTI volume files, read recursively, never changed')
    .requiredOption('--out <folder>', 'where the clips and their CSV go; an interrupted run goes on')
    .option('--size <pixels>', 'side of the square result', Number, 112)
    .option('--site <name>', 'site written to every row')
    .option('--key-file <file>', 'where to write which source became which clip; keep it with the originals')
    .option('--workers <count>', 'worker threads', Number)
    .option('--json', 'print one JSON value', false)
    .addHelpText(
      'after',
      '\nVolumes become 12 slices through the depth axis and 3 across it: Enhanced US Volume Storage (Cartesian or multi-plane), NIfTI on a Cartesian' +
        '\ngrid, and NIfTI along beams with the geometry in <name>.beams.json beside <name>.nii[.gz].' +
        '\n\nThe salt that names are hashed with comes from ECHOLAB_SALT (16 characters or more); keep it secret.',
    )
    .action(curate);
}

async function curate(folder: string, options: CurateOptions): Promise<void> {
  const output = makeOutput(options.json);
  const salt = process.env.ECHOLAB_SALT;
  if (salt === undefined) {
    throw new UsageError(
      'curate: set ECHOLAB_SALT to a secret of 16 characters or more; file names and patients are hashed with it',
    );
  }
  const report = await curateFolder(resolve(folder), resolve(options.out), {
    salt,
    size: options.size,
    progress: output.progress,
    ...(options.site !== undefined && { site: options.site }),
    ...(options.keyFile !== undefined && { keyFile: resolve(options.keyFile) }),
    ...(options.workers !== undefined && { workers: options.workers }),
  });
  const reasons = (what: string, counts: Readonly<Partial<Record<string, number>>>): string[][] =>
    Object.entries(counts).map(([reason, count]) => [what, reason, String(count)]);
  output.line(`${report.files} files, ${report.written} clips written, ${report.doneInThisRun} done in this run`);
  for (const line of alignColumns([
    ...reasons('skipped', report.skipped),
    ...reasons('quarantined', report.quarantined),
    ...reasons('identifying attribute found, not copied', report.identifyingAttributes),
  ])) {
    output.line(line);
  }
  if (report.withoutSpacing > 0)
    output.line(`${report.withoutSpacing} clips without a pixel spacing that can be believed`);
  output.result(report);
}
