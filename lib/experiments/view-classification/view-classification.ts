import type { Experiment } from '../experiment.js';
import { runViewClassification } from './run-view-classification.js';
import { VIEW_CONFIGS, type ViewClassificationConfig } from './view-config.js';
import { viewFigures } from './view-figures.js';
import { viewMetrics } from './view-metrics.js';

/** Paper 2.2, A.2, Tables 2 to 7, Fig. 3: which of 18 views is a sequence? */
export const viewClassification: Experiment<ViewClassificationConfig> = Object.freeze({
  id: 'e02-view-classification',
  title: 'View classification',
  notebook: '02-view-classification',
  configs: VIEW_CONFIGS,
  run: runViewClassification,
  metrics: viewMetrics,
  figures: viewFigures,
});
