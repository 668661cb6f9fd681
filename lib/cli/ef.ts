import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { EchoLabError } from '../core/errors.js';
import { writeFileWhole } from '../core/files.js';
import { clipPage } from '../experiments/ejection-fraction/clip-page.js';
import { readEfModel, standardModelFolder } from '../experiments/ejection-fraction/ef-model.js';
import { type ClipMeasurement, EfMeter } from '../experiments/ejection-fraction/measure-clip.js';
import { clipsUnder, readClipToMeasure } from '../experiments/ejection-fraction/open-clip.js';
import { EXIT, UsageError } from './exit.js';
import { makeOutput, type Output } from './output.js';

interface EfOptions {
  readonly model?: string;
  readonly out?: string;
  readonly json: boolean;
}

const NOTES = `
A clip is an AVI (cropped to the sector, as EchoNet-Dynamic's) or a DICOM cine (curated first). A folder is searched for both.
Every result comes with the reasons not to trust it. This is research software: no result is for the care of a patient.

  echolab ef clip.avi --out page.html
  echolab ef study-folder --model results/e05-ejection-fraction/real-paper/assets/model --json`;

/** `echolab ef <clip>`: ejection fraction with an interval, the beats used, the curve, and the reasons not to trust it. */
export function addEf(command: Command): void {
  command
    .argument('<clip>', 'AVI or DICOM file, or a folder of them')
    .option('--model <folder>', 'folder with model.json; default: the one that notebook 05 left')
    .option('--out <page>', 'write the curve with its frames as an HTML page (one clip only)')
    .option('--json', 'print one JSON value', false)
    .addHelpText('after', NOTES)
    .action(async (path: string, { model, out, json }: EfOptions) => {
      const output = makeOutput(json);
      if (!existsSync(path)) throw new UsageError(`ef: there is no file or folder ${resolve(path)}`);
      const files = clipsUnder(resolve(path));
      if (out !== undefined && files.length > 1) {
        throw new UsageError(`ef: --out is for one clip, the folder holds ${files.length}`);
      }
      const meter = await EfMeter.open(readEfModel(model === undefined ? standardModelFolder() : resolve(model)));
      const results: unknown[] = [];
      try {
        for (const file of files) results.push(await measureOne(meter, file, out, output));
      } finally {
        await meter.dispose();
      }
      output.result(files.length === 1 ? results[0] : results);
    });
}

async function measureOne(meter: EfMeter, file: string, out: string | undefined, output: Output): Promise<unknown> {
  const name = relative(process.cwd(), file);
  try {
    const { clip, spacing } = await readClipToMeasure(file);
    const measured = await meter.measure(clip, spacing);
    sayResult(name, measured, output);
    if (out !== undefined) {
      writeFileWhole(resolve(out), await clipPage(measured, `Ejection fraction: ${name}`, 'none'));
      output.line(`  page: ${resolve(out)}`);
    }
    const { frames: _frames, masks: _masks, ...numbers } = measured;
    return { clip: name, ...numbers, ...(out !== undefined && { page: resolve(out) }) };
  } catch (error) {
    if (!(error instanceof EchoLabError)) throw error;
    process.exitCode = EXIT.failed;
    output.line(`${name}: ${error.name}: ${error.message}`);
    return { clip: name, failed: error.message };
  }
}

function sayResult(name: string, measured: ClipMeasurement, output: Output): void {
  const { ejectionFractionPercent, interval, geometricPercent, beats, reasons, volumes, framesPerSecond } = measured;
  const round = (value: number): string => value.toFixed(0);
  output.line(
    `${name}: ejection fraction ${round(ejectionFractionPercent)} % (${round(interval.low)} to ${round(interval.high)}, ${round(100 * interval.level)} % interval); by geometry ${geometricPercent === null ? 'none' : `${round(geometricPercent)} %`}`,
  );
  const seconds = framesPerSecond === null ? 'frame rate unknown' : `${framesPerSecond.toFixed(1)} frames a second`;
  output.line(`  ${volumes.length} frames, ${seconds}; volume ${sparkline(volumes)}`);
  for (const beat of beats) {
    const geometry = beat.geometricPercent === null ? '' : `, by geometry ${round(beat.geometricPercent)} %`;
    output.line(
      `  beat: end-diastole frame ${beat.endDiastoleFrame}, end-systole frame ${beat.endSystoleFrame}${beat.whole ? '' : ' (may be cut)'}: ${round(beat.learnedPercent)} %${geometry}`,
    );
  }
  output.line(reasons.length === 0 ? '  nothing unusual was found' : '  reasons not to trust it:');
  for (const { text } of reasons) output.line(`    - ${text}`);
}

/** The curve in one line of text; a dot where no ventricle was found. At most 60 frames, evenly taken. */
export function sparkline(values: readonly (number | null)[]): string {
  const step = Math.max(1, values.length / 60);
  const taken = Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[Math.floor(i * step)] ?? null);
  const known = taken.filter((value) => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const bars = '▁▂▃▄▅▆▇█';
  return taken
    .map((value) => (value === null ? '·' : bars[Math.min(7, Math.floor((8 * (value - low)) / (high - low || 1)))]!))
    .join('');
}
