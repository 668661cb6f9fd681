import { stream } from '../core/random.js';
import { type CompiledStep, compileStep, type RunOutputs, scalarOf } from '../engine/compile.js';
import { fillCropBatch, makeCropBatch } from './crop-batch.js';
import { type Dino2Config, PAPER_DINO2 } from './dino2/dino2-config.js';
import { dino2Stage } from './dino2/dino2-stage.js';
import { dino2Terms } from './dino2/dino2-step.js';
import { type FrameSet, makeFrameSet, setFrame } from './frame-set.js';
import { pretrainingNeeds } from './pretraining-needs.js';
import { RunOrder } from './self-distillation/run-order.js';
import type { DistillationStage } from './self-distillation/stage.js';

/** What a trial measured. */
export interface StageTrial {
  readonly encoder: string;
  /** Numbers of the student. */
  readonly parameters: number;
  readonly imagesPerRun: number;
  readonly runsPerUpdate: number;
  readonly compileSeconds: number;
  /** Clock and processor time (all threads), one entry an update. */
  readonly updateSeconds: readonly number[];
  readonly processorSeconds: readonly number[];
  /** Over all updates but the first, which also warms up memory. */
  readonly imagesPerSecond: number;
  /** Floating-point operations of one run's products. */
  readonly flopsPerRun: number;
  /** Largest resident set of this process so far: call in a process of its own. */
  readonly peakMebibytes: number;
  /** What {@link pretrainingNeeds} had said. */
  readonly estimatedMebibytes: number;
  /** Mean terms of the loss and norm of the gradients, one entry an update. */
  readonly losses: readonly Readonly<Record<string, number>>[];
}

export interface TrialOptions {
  /** At least 2: KoLeo looks for neighbours. Default 2. */
  readonly imagesPerRun?: number;
  /** Default 2. */
  readonly runsPerUpdate?: number;
  /** Default 2. */
  readonly updates?: number;
  /** Recipe to try; default {@link PAPER_DINO2}. Batch and accumulation are those above. */
  readonly recipe?: Omit<Dino2Config, 'epochs'>;
  /** Threads of the engine. */
  readonly threads?: number;
  readonly say?: (text: string) => void;
}

/** Side of the frames that the paper curated. */
const FRAME_SIZE = 112;

/**
 * Real updates of the whole stage 2 at paper size: ViT-B/14, 112 and 42 px crops, two heads of 65,536 prototypes, a small batch with accumulation,
 * random weights, noise in place of frames (time and memory do not depend on what they show).
 */
export async function tryPaperStage(options: TrialOptions = {}): Promise<StageTrial> {
  const { imagesPerRun = 2, runsPerUpdate = 2, updates = 2, recipe = PAPER_DINO2, say = () => {} } = options;
  const batchSize = imagesPerRun * runsPerUpdate;
  const config: Dino2Config = { ...recipe, batchSize, accumulate: runsPerUpdate, epochs: 1 };
  const needs = pretrainingNeeds(config, { images: batchSize * updates });
  const stage = dino2Stage(config);
  const started = performance.now();
  const step = await compileTrial(stage, options.threads);
  const compileSeconds = (performance.now() - started) / 1000;
  say(`compiled in ${compileSeconds.toFixed(1)} s, ${step.report.nodeCount} nodes`);
  const frames = noiseFrames(batchSize * updates);
  const members = Array.from({ length: frames.count }, (_, i) => i);
  const order = new RunOrder(config, members, 1, 0);
  const updateSeconds: number[] = [];
  const processorSeconds: number[] = [];
  const losses: Record<string, number>[] = [];
  try {
    for (let done = 0; done < updates; done++) {
      const start = performance.now();
      const processor = process.cpuUsage();
      const runs: RunOutputs[] = [];
      for (let part = 0; part < runsPerUpdate; part++) runs.push(await oneRun(stage, step, frames, order, done, part));
      updateSeconds.push((performance.now() - start) / 1000);
      const { user, system } = process.cpuUsage(processor);
      processorSeconds.push((user + system) / 1e6);
      losses.push(meansOf(runs, ['loss', ...dino2Terms(config), 'gradientNorm']));
      say(
        `update ${done + 1} of ${updates}: ${updateSeconds[done]!.toFixed(1)} s, loss ${losses[done]!.loss!.toFixed(3)}`,
      );
    }
    const warm = updateSeconds.length > 1 ? updateSeconds.slice(1) : updateSeconds;
    const { state, gradients, activations } = needs.memory;
    return {
      encoder: config.encoder.name,
      parameters: needs.parameters,
      imagesPerRun,
      runsPerUpdate,
      compileSeconds,
      updateSeconds,
      processorSeconds,
      imagesPerSecond: (batchSize * warm.length) / warm.reduce((sum, seconds) => sum + seconds, 0),
      flopsPerRun: step.report.flops,
      peakMebibytes: process.resourceUsage().maxRSS / 1024,
      estimatedMebibytes: (state + gradients + activations) / 2 ** 20,
      losses,
    };
  } finally {
    await step.dispose();
  }
}

/** Apart from {@link tryPaperStage}, so that nothing there keeps the random start in memory. */
async function compileTrial(stage: DistillationStage, threads: number | undefined): Promise<CompiledStep> {
  const { state, frozen } = stage.initialState(stage.initialParams(1));
  return compileStep(stage.step, {
    state,
    frozen,
    inputs: stage.inputs,
    name: stage.name,
    ...(threads !== undefined && { threads }),
  });
}

async function oneRun(
  stage: DistillationStage,
  step: CompiledStep,
  frames: FrameSet,
  order: RunOrder,
  done: number,
  part: number,
): Promise<RunOutputs> {
  const request = order.next();
  const batch = makeCropBatch(stage.crops, request.samples.length);
  fillCropBatch(frames, stage.crops, request, batch);
  const values = stage.schedules(done, order.perEpoch);
  return step.run({ globals: batch.globals, locals: batch.locals, ...stage.feed(values, order.placeOf(done, part)) });
}

function meansOf(runs: readonly RunOutputs[], names: readonly string[]): Record<string, number> {
  const mean = (name: string): number => runs.reduce((sum, run) => sum + scalarOf(run, name), 0) / runs.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)]));
}

function noiseFrames(count: number): FrameSet {
  const random = stream(1, 'trial/frames');
  const frames = makeFrameSet(count, FRAME_SIZE, FRAME_SIZE);
  for (let i = 0; i < count; i++) {
    const data = Uint8Array.from({ length: FRAME_SIZE ** 2 }, () => random.integer(256));
    setFrame(frames, i, { width: FRAME_SIZE, height: FRAME_SIZE, data });
  }
  return frames;
}
