import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { PAPER_DINO2 } from '../training/dino2/dino2-config.js';
import { tryPaperStage } from '../training/paper-stage-trial.js';
import { describeNeeds, pretrainingNeeds } from '../training/pretraining-needs.js';
import { UsageError } from './exit.js';
import { makeOutput } from './output.js';

interface PretrainingOptions {
  readonly images: number;
  readonly epochs: number;
  readonly batch: number;
  readonly perRun: number;
  readonly rate?: number;
  readonly try: boolean;
  readonly updates: number;
  readonly runs: number;
  readonly yes: boolean;
  readonly json: boolean;
}

/** `echolab pretraining`: what the paper's stage 2 needs; with `--try`, a few real updates of it, with time and memory. */
export function addPretraining(command: Command): void {
  command
    .option('--images <count>', 'images of the training set', Number, 20_000_000)
    .option('--epochs <count>', 'passes over them', Number, 1)
    .option('--batch <images>', 'images an update', Number, PAPER_DINO2.batchSize)
    .option('--per-run <images>', 'images a run of the step; the rest of the batch is accumulated', Number, 2)
    .option('--rate <images>', 'measured images a second, for the hours', Number)
    .option('--try', 'make real updates at paper size and measure time and memory', false)
    .option('--updates <count>', 'updates to try', Number, 2)
    .option('--runs <count>', 'runs an update while trying', Number, 2)
    .option('--yes', 'start without asking', false)
    .option('--json', 'print one JSON value', false)
    .action(pretraining);
}

async function pretraining(options: PretrainingOptions): Promise<void> {
  const output = makeOutput(options.json);
  const { images, epochs, batch, perRun } = options;
  for (const [name, value] of Object.entries({ images, epochs, batch, 'per-run': perRun })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new UsageError(`pretraining: --${name} must be a positive integer, got ${value}`);
    }
  }
  if (batch % perRun !== 0 || perRun < 2) {
    throw new UsageError(`pretraining: --per-run must be at least 2 and divide --batch ${batch}, got ${perRun}`);
  }
  const config = { ...PAPER_DINO2, batchSize: batch, accumulate: batch / perRun, epochs };
  const rate = options.rate === undefined ? {} : { imagesPerSecond: options.rate };
  const needs = pretrainingNeeds(config, { images, ...rate });
  output.line('Stage 2 of the paper (DINOv2, ViT-B/14, two heads of 65,536 prototypes):');
  for (const line of describeNeeds(needs)) output.line(`  ${line}`);
  if (!options.try) {
    output.result({ needs });
    return;
  }
  if (!options.yes && !(await agreed(`Try ${options.updates} updates of ${options.runs} runs now? [y/N] `))) {
    output.line('not started');
    output.result({ needs });
    return;
  }
  const trial = await tryPaperStage({
    imagesPerRun: perRun,
    runsPerUpdate: options.runs,
    updates: options.updates,
    say: (text) => output.line(`  ${text}`),
  });
  output.line(
    `${trial.imagesPerSecond.toPrecision(3)} images/s, ${trial.processorSeconds.at(-1)!.toFixed(1)} s of processor time an update, peak ${(trial.peakMebibytes / 1024).toFixed(1)} GiB ` +
      `(estimated ${(trial.estimatedMebibytes / 1024).toFixed(1)}), ${(trial.flopsPerRun / 1e9).toFixed(0)} GFLOP a run`,
  );
  const measured = pretrainingNeeds(config, { images, imagesPerSecond: trial.imagesPerSecond });
  output.line(`at this rate the whole run takes about ${measured.hours!.toPrecision(3)} hours`);
  output.result({ needs: measured, trial });
}

/** Asks on the terminal; without one the answer is no. */
async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
