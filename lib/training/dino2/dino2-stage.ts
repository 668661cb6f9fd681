import { stream } from '../../core/random.js';
import { cosineSchedule, teacherTemperature } from '../schedules.js';
import { drawDropPath } from '../self-distillation/drop-path-inputs.js';
import { type DistillationStage, imagesPerRun, type ScheduleValues } from '../self-distillation/stage.js';
import { drawMasks } from './block-masks.js';
import { type Dino2Config, VARIANTS } from './dino2-config.js';
import { dino2Params } from './dino2-params.js';
import { dino2Terms, dropPathPlan, globalGrid, makeDino2Step } from './dino2-step.js';

/** Stage 2 as the loop sees it. */
export function dino2Stage(config: Dino2Config): DistillationStage {
  const { step, inputs, initialState, scalars } = makeDino2Step(config);
  const dropPath = dropPathPlan(config);
  const views = 2 * imagesPerRun(config);
  return {
    name: 'pretrainDino2',
    size: config,
    crops: config.crops,
    width: config.encoder.width,
    prototypes: config.head.prototypes,
    warmupEpochs: config.warmupEpochs,
    step,
    inputs,
    terms: dino2Terms(config),
    initialParams: (seed) => dino2Params(config, seed),
    initialState,
    schedules: (update, perEpoch) => dino2Schedules(config, update, perEpoch),
    feed(values, place) {
      const random = stream(place.seed, `masks/${place.epoch}/${place.run}`);
      const { masks, index, weights } = drawMasks(config.masks, views, globalGrid(config), random);
      return {
        ...scalars(values, place.part),
        ...drawDropPath(dropPath, place),
        masks,
        maskIndex: index,
        maskWeights: weights,
      };
    },
  };
}

/** Schedules at an update (from 0), as `build_schedulers` of dinov2/train/train.py makes them, or as the variant says. */
export function dino2Schedules(config: Dino2Config, done: number, perEpoch: number): ScheduleValues {
  const steps = perEpoch * config.epochs;
  const { lastLayerFreeze, temperatureWarmup } = VARIANTS[config.variant];
  const frozenSteps = Math.round(config.freezeLastLayerEpochs * perEpoch);
  const byRate = lastLayerFreeze === 'rate';
  const learningRate = cosineSchedule(
    {
      base: config.learningRate * Math.sqrt(config.batchSize / 1024),
      final: config.finalLearningRate,
      steps,
      warmupSteps: Math.round(config.warmupEpochs * perEpoch),
    },
    done,
  );
  const { start, final, warmupEpochs } = config.teacherTemperature;
  return {
    learningRate,
    lastLayerRate: byRate && done < frozenSteps ? 0 : learningRate,
    weightDecay: cosineSchedule({ base: config.weightDecay[0], final: config.weightDecay[1], steps }, done),
    teacherMomentum: cosineSchedule({ base: config.teacherMomentum[0], final: config.teacherMomentum[1], steps }, done),
    teacherTemperature:
      temperatureWarmup === 'epoch'
        ? teacherTemperature(config.teacherTemperature, Math.floor(done / perEpoch))
        : teacherTemperature({ start, final, warmupEpochs: Math.round(warmupEpochs * perEpoch) }, done),
    bodyUpdates: done + 1,
    lastLayerUpdates: byRate ? done + 1 : Math.max(0, done + 1 - frozenSteps),
  };
}
