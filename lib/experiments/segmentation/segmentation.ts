import type { Experiment } from '../experiment.js';
import { runSegmentation } from './run-segmentation.js';
import { SEGMENTATION_CONFIGS, type SegmentationConfig } from './segmentation-config.js';
import { segmentationFigures } from './segmentation-figures.js';
import { segmentationMetrics } from './segmentation-metrics.js';

/** Paper 2.3, A.3, Tables 8 and 9, Fig. 4: interactive segmentation, few-shot learning, generalisation. */
export const segmentation: Experiment<SegmentationConfig> = Object.freeze({
  id: 'e03-segmentation',
  title: 'Interactive structure segmentation',
  notebook: '03-segmentation',
  configs: SEGMENTATION_CONFIGS,
  run: runSegmentation,
  metrics: segmentationMetrics,
  figures: segmentationFigures,
});
