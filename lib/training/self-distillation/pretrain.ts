import { join } from 'node:path';
import { ArgumentError, NumericalError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { type CompiledStep, compileStep, type HostTensor, type RunOutputs } from '../../engine/compile.js';
import { paramsUnder } from '../../models/parameters.js';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.js';
import { type Collapse, collapseOf } from '../collapse.js';
import { CropLoader } from '../crop-loader.js';
import { allFrames, type FrameSource } from '../frame-source.js';
import { StepLog } from '../step-log.js';
import { type HealthRow, healthLine, healthRow } from './health.js';
import { RunOrder } from './run-order.js';
import { type DistillationStage, imagesPerRun, stepsPerEpoch } from './stage.js';

/** What a finished stage leaves. */
export interface PretrainResult {
  /** All parameters, keys `backbone.…` and those of the heads. */
  readonly student: Record<string, HostTensor>;
  readonly teacher: Record<string, HostTensor>;
  readonly rows: readonly HealthRow[];
  /** Each kind once, where it was first recognised. */
  readonly collapses: readonly Collapse[];
  /** Seconds that training waited for views. */
  readonly waitedSeconds: number;
  /** Step from which an interrupted run went on; 0 if it ran through. */
  readonly resumedFrom: number;
}

export interface PretrainOptions {
  readonly seed: number;
  /** Frames to train on, by index in the set; all of them if left out. */
  readonly members?: ArrayLike<number>;
  /** Where checkpoints go; a run that finds one there goes on from it. */
  readonly folder: string;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between probes; one also before the first and one after the last step. */
  readonly probeEvery: number;
  /** Gets the teacher's backbone (keys of the official checkpoints) after `step` steps. Not called again for steps that a resumed run had done. */
  readonly probe: (step: number, backbone: Record<string, HostTensor>) => Promise<void>;
  /** Start from these instead of random values; optimiser and centre start anew. */
  readonly initial?: Pick<PretrainResult, 'student' | 'teacher'>;
  readonly progress: Progress;
  readonly say: (text: string) => void;
  /** Threads that cut views; default 1. */
  readonly loaderThreads?: number;
}

/** A compiled stage. */
interface Compiled {
  readonly step: CompiledStep;
  readonly stateNames: readonly string[];
  /** Parameters that never change. */
  readonly frozen: Record<string, HostTensor>;
}

/** What the loop works with. */
interface Parts extends Compiled {
  readonly stage: DistillationStage;
  readonly loader: CropLoader;
  readonly order: RunOrder;
}

/**
 * Trains one stage on frames in memory or in shards. A step is an update; with accumulation it takes several runs.
 *
 * A killed run that is started again with the same arguments ends with the same weights, bit for bit: data order, views, masks and state are
 * functions of the seed and the step. A collapse is called by its name through `say`, once a kind.
 *
 * @throws {ArgumentError} if the frames do not fill one batch
 * @throws {NumericalError} when the loss is not finite, naming the step and the last checkpoint
 */
export async function pretrain(
  frames: FrameSource,
  stage: DistillationStage,
  options: PretrainOptions,
): Promise<PretrainResult> {
  const members = options.members ?? allFrames(frames);
  const perEpoch = stepsPerEpoch(stage.size, members.length);
  if (perEpoch < 1) {
    throw new ArgumentError(
      `${stage.name}: needs at least one batch of ${stage.size.batchSize} frames, got ${members.length}; lower config.batchSize`,
    );
  }
  const steps = perEpoch * stage.size.epochs;
  const warmup = Math.ceil(stage.warmupEpochs * perEpoch);
  const compiled = await compileStage(stage, options);
  const { step, frozen } = compiled;
  const loader = new CropLoader(frames, stage.crops, imagesPerRun(stage.size), options.loaderThreads ?? 1);
  const found = loadCheckpoint(options.folder, options.say);
  const first = found?.step ?? 0;
  const parts: Parts = { ...compiled, stage, loader, order: new RunOrder(stage.size, members, options.seed, first) };
  const log = new StepLog<HealthRow>(join(options.folder, 'steps.jsonl'), first);
  const collapses: Collapse[] = [];
  try {
    if (found) await step.writeState(found.tensors);
    else await options.probe(0, await teacherBackbone(parts));
    for (let done = first; done < steps; done++) {
      const row = await oneUpdate(parts, done, steps);
      if (!Number.isFinite(row.loss))
        throw diverged(stage, row, options.folder, done - (done % options.checkpointEvery));
      log.rows.push(row);
      options.progress.update(done + 1, healthLine(row, stage.terms, stage.prototypes));
      const collapse = collapseOf(log.rows, stage.prototypes, warmup);
      if (collapse && !collapses.some(({ kind }) => kind === collapse.kind)) {
        collapses.push(collapse);
        options.say(`${stage.name}: ${collapse.message}`);
      }
      const last = done + 1 === steps;
      if (last || (done + 1) % options.probeEvery === 0) {
        await options.probe(done + 1, await teacherBackbone(parts));
      }
      if (last || (done + 1) % options.checkpointEvery === 0) {
        log.flush();
        saveCheckpoint(options.folder, { step: done + 1, tensors: await step.readState() });
      }
    }
    const final = await step.readState();
    return {
      student: { ...paramsUnder(final, 'student.'), ...frozen },
      teacher: { ...paramsUnder(final, 'teacher.'), ...frozen },
      rows: log.rows,
      collapses,
      waitedSeconds: loader.waitedSeconds,
      resumedFrom: first,
    };
  } finally {
    await loader.close();
    await step.dispose();
  }
}

/** Apart from {@link pretrain}, so that nothing there keeps the start in memory. */
async function compileStage(stage: DistillationStage, { initial, seed }: PretrainOptions): Promise<Compiled> {
  const { state, frozen } = stage.initialState(initial?.student ?? stage.initialParams(seed), initial?.teacher);
  const step = await compileStep(stage.step, { state, frozen, inputs: stage.inputs, name: stage.name });
  return { step, frozen, stateNames: Object.keys(state) };
}

async function oneUpdate({ stage, step, loader, order }: Parts, done: number, steps: number): Promise<HealthRow> {
  const start = performance.now();
  const values = stage.schedules(done, order.perEpoch);
  const runs: RunOutputs[] = [];
  for (let part = 0; part < order.runsPerUpdate; part++) {
    while (loader.hasRoom && order.asked < steps * order.runsPerUpdate) loader.prepare(order.next());
    const batch = await loader.take();
    const { globals, locals } = batch;
    const views = stage.crops.localCount > 0 ? { globals, locals } : { globals };
    runs.push(await step.run({ ...views, ...stage.feed(values, order.placeOf(done, part)) }));
    loader.giveBack(batch);
  }
  return healthRow(runs, stage.terms, values, {
    step: done + 1,
    epoch: (done + 1) / order.perEpoch,
    imagesPerSecond: (1000 * stage.size.batchSize) / (performance.now() - start),
    width: stage.width,
  });
}

/** The teacher's backbone under the keys of the official checkpoints. */
async function teacherBackbone({ step, stateNames, frozen }: Parts): Promise<Record<string, HostTensor>> {
  const prefix = 'teacher.backbone.';
  const state = await step.readState(stateNames.filter((name) => name.startsWith(prefix)));
  return { ...paramsUnder(state, prefix), ...paramsUnder(frozen, 'backbone.') };
}

function diverged(stage: DistillationStage, row: HealthRow, folder: string, lastSaved: number): NumericalError {
  return new NumericalError(
    `${stage.name}: the loss is ${row.loss} at step ${row.step} (teacher entropy ${row.teacherEntropy}, gradient norm ` +
      `${row.gradientNorm}, learning rate ${row.learningRate}); the last checkpoint in ${folder} is of step ${lastSaved}; lower the learning rate`,
  );
}
