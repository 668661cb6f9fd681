import type { Experiment } from '../experiment.js';
import { runScalingStudy } from './run-scaling-study.js';
import type { ScalingStudyConfig } from './scaling-config.js';
import { scalingFigures } from './scaling-figures.js';
import { scalingMetrics } from './scaling-metrics.js';
import { SCALING_CONFIGS } from './scaling-scales.js';

/** Paper 2.1, A.1, Table 1, Fig. 2: does pretraining get better with more, and more varied, images? */
export const scalingStudy: Experiment<ScalingStudyConfig> = Object.freeze({
  id: 'e01-scaling-study',
  title: 'Pretraining and the scaling study',
  notebook: '01-scaling-study',
  configs: SCALING_CONFIGS,
  run: runScalingStudy,
  metrics: scalingMetrics,
  figures: scalingFigures,
});
