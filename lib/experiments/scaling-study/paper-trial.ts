import { availableParallelism } from 'node:os';
import type { CellContext, SweepCell } from '../../sweeps/cell.js';
import { localExecutor } from '../../sweeps/local-executor.js';
import { runSweep } from '../../sweeps/run-sweep.js';
import { type Sweep, type SweepSetting, sweepName } from '../../sweeps/sweep.js';
import { tryPaperStage } from '../../training/paper-stage-trial.js';
import type { RunContext } from '../experiment.js';

/** How the trial is cut. */
export interface PaperTrialParams {
  readonly imagesPerRun: number;
  readonly runsPerUpdate: number;
  readonly updates: number;
}

/** One update of the trial. */
export interface PaperTrialRow {
  readonly update: number;
  readonly images: number;
  readonly encoder: string;
  readonly parameters: number;
  /** Clock and processor time (all threads) of the update. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly compileSeconds: number;
  /** Floating-point operations of one run's products. */
  readonly flopsPerRun: number;
  /** Largest resident set of the process, and what had been estimated. */
  readonly peakMebibytes: number;
  readonly estimatedMebibytes: number;
}

/** Two images a run and two runs an update, twice: the least that has neighbours for KoLeo and accumulates. */
const TRIAL: PaperTrialParams = { imagesPerRun: 2, runsPerUpdate: 2, updates: 2 };

/** The whole of stage 2 at paper size for a few updates (see `tryPaperStage`), in a process of its own so that its peak memory is its own. */
export const paperTrialCell: SweepCell<PaperTrialParams, PaperTrialRow> = {
  name: 'paper-stage-trial',
  run: runPaperTrial,
};

async function runPaperTrial(params: PaperTrialParams, context: CellContext): Promise<PaperTrialRow[]> {
  const trial = await tryPaperStage({ ...params, threads: context.cores, say: (text) => context.say(text) });
  return trial.losses.map(({ loss, gradientNorm }, index) => ({
    update: index + 1,
    images: params.imagesPerRun * params.runsPerUpdate,
    encoder: trial.encoder,
    parameters: trial.parameters,
    seconds: trial.updateSeconds[index]!,
    processorSeconds: trial.processorSeconds[index]!,
    loss: loss!,
    gradientNorm: gradientNorm!,
    compileSeconds: trial.compileSeconds,
    flopsPerRun: trial.flopsPerRun,
    peakMebibytes: trial.peakMebibytes,
    estimatedMebibytes: trial.estimatedMebibytes,
  }));
}

/** The trial as a sweep of one cell. */
export async function paperTrialSweep(setting: SweepSetting): Promise<Sweep<PaperTrialParams, PaperTrialRow>> {
  return {
    name: sweepName('paper-trial', setting),
    cell: paperTrialCell,
    cells: [{ params: TRIAL, seed: 1 }],
    resources: { memoryMiB: 6500, cores: availableParallelism() },
  };
}

/** Runs the trial for the record; a machine without the memory leaves it out, with a note. */
export async function paperTrialRows(context: RunContext): Promise<readonly PaperTrialRow[]> {
  const { rows, missing } = await runSweep(await paperTrialSweep(context), {
    executor: localExecutor(),
    progress: context.progress,
    say: context.say,
  });
  for (const { reason } of missing) context.note(`trial of stage 2 at paper size: left out (${reason})`);
  return rows;
}
