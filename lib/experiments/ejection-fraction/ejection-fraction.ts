import type { Experiment } from '../experiment.js';
import { EF_CONFIGS, type EfConfig } from './ef-config.js';
import { efFigures } from './ef-figures.js';
import { efMetrics } from './ef-metrics.js';
import { runEjectionFraction } from './run-ejection-fraction.js';

/** Paper 2.5, A.5, Fig. 6: does an echo encoder, frozen, carry the ejection fraction better than a generic one? */
export const ejectionFraction: Experiment<EfConfig> = Object.freeze({
  id: 'e05-ejection-fraction',
  title: 'Ejection fraction',
  notebook: '05-ejection-fraction',
  configs: EF_CONFIGS,
  run: runEjectionFraction,
  metrics: efMetrics,
  figures: efFigures,
});
