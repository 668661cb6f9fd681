import { cosineSchedule, teacherTemperature } from '../schedules.js';
import { drawDropPath } from '../self-distillation/drop-path-inputs.js';
import { type EncoderConfig, encoderWidth } from '../self-distillation/encoder.js';
import type { DistillationStage, ScheduleValues } from '../self-distillation/stage.js';
import type { DinoConfig } from './dino-config.js';
import { dropPathPlan, makeDinoStep } from './dino-step.js';
import { initialParams } from './initial-params.js';

/** Stage 1 as the loop sees it. */
export function dinoStage(config: DinoConfig<EncoderConfig>): DistillationStage {
  const { step, inputs, initialState, scalars } = makeDinoStep(config);
  const dropPath = dropPathPlan(config);
  return {
    name: 'pretrainDino',
    size: config,
    crops: config.crops,
    width: encoderWidth(config.encoder),
    prototypes: config.head.prototypes,
    warmupEpochs: config.warmupEpochs,
    step,
    inputs,
    terms: config.koleoWeight === 0 ? [] : ['koleo'],
    initialParams: (seed) => initialParams(config, seed),
    initialState,
    schedules: (update, perEpoch) => dinoSchedules(config, update, perEpoch),
    feed: (values, place) => ({ ...scalars(values, place.part), ...drawDropPath(dropPath, place) }),
  };
}

/** Schedules at an update (from 0), as main_dino.py makes them. */
export function dinoSchedules(config: DinoConfig<EncoderConfig>, done: number, perEpoch: number): ScheduleValues {
  const steps = perEpoch * config.epochs;
  const epoch = Math.floor(done / perEpoch);
  const frozenSteps = Math.round(config.freezeLastLayerEpochs * perEpoch);
  const learningRate = cosineSchedule(
    {
      base: (config.learningRate * config.batchSize) / 256,
      final: config.finalLearningRate,
      steps,
      warmupSteps: Math.round(config.warmupEpochs * perEpoch),
    },
    done,
  );
  return {
    learningRate,
    lastLayerRate: learningRate,
    weightDecay: cosineSchedule({ base: config.weightDecay[0], final: config.weightDecay[1], steps }, done),
    teacherMomentum: cosineSchedule({ base: config.teacherMomentum[0], final: config.teacherMomentum[1], steps }, done),
    teacherTemperature: teacherTemperature(config.teacherTemperature, epoch),
    bodyUpdates: done + 1,
    lastLayerUpdates: Math.max(0, done + 1 - frozenSteps),
  };
}
