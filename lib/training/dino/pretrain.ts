import { join } from 'node:path';
import { ArgumentError, NumericalError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { stream } from '../../core/random.js';
import { type CompiledStep, compileStep, type HostTensor, scalarOf } from '../../engine/compile.js';
import { paramsUnder, prefixParams } from '../../models/parameters.js';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint.js';
import { CropLoader } from '../crop-loader.js';
import type { FrameSet } from '../frame-set.js';
import { cosineSchedule, teacherTemperature } from '../schedules.js';
import { StepLog } from '../step-log.js';
import { type DinoConfig, stepsPerEpoch } from './dino-config.js';
import { type DinoScalars, type DinoStep, makeDinoStep } from './dino-step.js';
import { initialParams } from './initial-params.js';

/** One row of the health table: a step of training. */
export interface DinoRow {
  readonly [name: string]: number;
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Nats; near ln K together with a loss near ln K: collapse to uniform; near 0: collapse to one prototype. */
  readonly teacherEntropy: number;
  readonly centreNorm: number;
  readonly gradientNorm: number;
  /** Different prototypes that the teacher chose for this batch's global views. */
  readonly prototypesUsed: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

/** What a finished stage leaves. */
export interface DinoResult {
  /** Keys `backbone.…` and `head.…`. */
  readonly student: Record<string, HostTensor>;
  readonly teacher: Record<string, HostTensor>;
  readonly rows: readonly DinoRow[];
  /** Seconds that training waited for views. */
  readonly waitedSeconds: number;
  /** Step from which an interrupted run went on; 0 if it ran through. */
  readonly resumedFrom: number;
}

export interface PretrainOptions {
  readonly seed: number;
  /** Frames to train on, by index in the set; all of them if left out. */
  readonly members?: readonly number[];
  /** Where checkpoints go; a run that finds one there goes on from it. */
  readonly folder: string;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between probes; one also before the first and one after the last step. */
  readonly probeEvery: number;
  /** Gets the teacher's backbone (keys of the official checkpoints) after `step` steps. Not called again for steps that a resumed run had done. */
  readonly probe: (step: number, backbone: Record<string, HostTensor>) => Promise<void>;
  /** Start from these (keys `backbone.…`, `head.…`) instead of random values; optimiser and centre start anew. */
  readonly initial?: Pick<DinoResult, 'student' | 'teacher'>;
  readonly progress: Progress;
  readonly say: (text: string) => void;
  /** Threads that cut views; default 1. */
  readonly loaderThreads?: number;
}

/**
 * DINOv1 pretraining on frames in memory.
 *
 * A killed run that is started again with the same arguments ends with the same weights, bit for bit: data order, views and state are
 * functions of the seed and the step.
 *
 * @throws {NumericalError} when the loss is not finite, naming the step and the last checkpoint
 */
export async function pretrainDino(
  frames: FrameSet,
  config: DinoConfig,
  options: PretrainOptions,
): Promise<DinoResult> {
  const members = options.members ?? Array.from({ length: frames.count }, (_, i) => i);
  const perEpoch = stepsPerEpoch(config, members.length);
  if (perEpoch < 1) {
    throw new ArgumentError(
      `pretrainDino: needs at least one batch of ${config.batchSize} frames, got ${members.length}; lower config.batchSize`,
    );
  }
  const steps = perEpoch * config.epochs;
  const student = options.initial?.student ?? initialParams(config, options.seed);
  const dino = makeDinoStep(config, student);
  const { state, frozen } = dino.initialState(student, options.initial?.teacher);
  const step = await compileStep(dino.step, { state, frozen, inputs: dino.inputs, name: 'dinoStep' });
  const loader = new CropLoader(frames, config.crops, config.batchSize, options.loaderThreads ?? 1);
  const found = loadCheckpoint(options.folder, options.say);
  const first = found?.step ?? 0;
  const log = new StepLog<DinoRow>(join(options.folder, 'steps.jsonl'), first);
  try {
    if (found) await step.writeState(found.tensors);
    else await options.probe(0, backboneOf(await step.readState(), 'teacher'));
    let asked = first;
    for (let done = first; done < steps; done++) {
      while (loader.hasRoom && asked < steps) {
        loader.prepare({ seed: options.seed, ...samplesOf(members, config, options.seed, asked, perEpoch) });
        asked += 1;
      }
      const row = await oneStep({ step, dino, loader, config }, done, perEpoch);
      if (!Number.isFinite(row.loss)) throw diverged(row, options.folder, done - (done % options.checkpointEvery));
      log.rows.push(row);
      options.progress.update(done + 1, `loss ${row.loss.toFixed(3)}`);
      const last = done + 1 === steps;
      if (last || (done + 1) % options.probeEvery === 0) {
        await options.probe(done + 1, backboneOf(await step.readState(), 'teacher'));
      }
      if (last || (done + 1) % options.checkpointEvery === 0) {
        log.flush();
        saveCheckpoint(options.folder, { step: done + 1, tensors: await step.readState() });
      }
    }
    const final = { ...(await step.readState()), ...withBoth(frozen) };
    return {
      student: paramsUnder(final, 'student.'),
      teacher: paramsUnder(final, 'teacher.'),
      rows: log.rows,
      waitedSeconds: loader.waitedSeconds,
      resumedFrom: first,
    };
  } finally {
    await loader.close();
    await step.dispose();
  }
}

async function oneStep(
  parts: { step: CompiledStep; dino: DinoStep; loader: CropLoader; config: DinoConfig },
  done: number,
  perEpoch: number,
): Promise<DinoRow> {
  const { step, dino, loader, config } = parts;
  const start = performance.now();
  const batch = await loader.take();
  const scalars = scalarsOf(config, done, perEpoch);
  const inputs =
    config.crops.localCount > 0 ? { globals: batch.globals, locals: batch.locals } : { globals: batch.globals };
  const outputs = await step.run({ ...inputs, ...dino.scalars(scalars) });
  loader.giveBack(batch);
  return {
    step: done + 1,
    epoch: (done + 1) / perEpoch,
    loss: scalarOf(outputs, 'loss'),
    teacherEntropy: scalarOf(outputs, 'teacherEntropy'),
    centreNorm: scalarOf(outputs, 'centreNorm'),
    gradientNorm: scalarOf(outputs, 'gradientNorm'),
    prototypesUsed: new Set(outputs.prototype as Int32Array).size,
    learningRate: scalars.learningRate,
    imagesPerSecond: (1000 * config.batchSize) / (performance.now() - start),
  };
}

/** Schedules at a step (0-based), as main_dino.py makes them. */
export function scalarsOf(config: DinoConfig, done: number, perEpoch: number): DinoScalars {
  const steps = perEpoch * config.epochs;
  const epoch = Math.floor(done / perEpoch);
  const frozenSteps = Math.round(config.freezeLastLayerEpochs * perEpoch);
  return {
    learningRate: cosineSchedule(
      {
        base: (config.learningRate * config.batchSize) / 256,
        final: config.finalLearningRate,
        steps,
        warmupSteps: Math.round(config.warmupEpochs * perEpoch),
      },
      done,
    ),
    weightDecay: cosineSchedule({ base: config.weightDecay[0], final: config.weightDecay[1], steps }, done),
    teacherMomentum: cosineSchedule({ base: config.teacherMomentum[0], final: config.teacherMomentum[1], steps }, done),
    teacherTemperature: teacherTemperature(config.teacherTemperature, epoch),
    bodyUpdates: done + 1,
    lastLayerUpdates: Math.max(0, done + 1 - frozenSteps),
  };
}

/** Images of a step: each epoch is a fresh permutation of all images. */
function samplesOf(
  members: readonly number[],
  config: DinoConfig,
  seed: number,
  done: number,
  perEpoch: number,
): { epoch: number; samples: number[] } {
  const epoch = Math.floor(done / perEpoch);
  const order = stream(seed, `order/${epoch}`).shuffled(members);
  const start = (done % perEpoch) * config.batchSize;
  return { epoch, samples: order.slice(start, start + config.batchSize) };
}

function backboneOf(state: Record<string, HostTensor>, who: 'student' | 'teacher'): Record<string, HostTensor> {
  return paramsUnder(state, `${who}.backbone.`);
}

/** The fixed parameters belong to student and teacher alike. */
function withBoth(frozen: Record<string, HostTensor>): Record<string, HostTensor> {
  return { ...prefixParams(frozen, 'student.'), ...prefixParams(frozen, 'teacher.') };
}

function diverged(row: DinoRow, folder: string, lastSaved: number): NumericalError {
  return new NumericalError(
    `pretrainDino: the loss is ${row.loss} at step ${row.step} (teacher entropy ${row.teacherEntropy}, gradient norm ` +
      `${row.gradientNorm}, learning rate ${row.learningRate}); the last checkpoint in ${folder} is of step ${lastSaved}; lower the learning rate`,
  );
}
