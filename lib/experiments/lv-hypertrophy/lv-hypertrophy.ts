import type { Experiment } from '../experiment.js';
import { HYPERTROPHY_CONFIGS, type HypertrophyConfig } from './hypertrophy-config.js';
import { hypertrophyFigures } from './hypertrophy-figures.js';
import { hypertrophyMetrics } from './hypertrophy-metrics.js';
import { runHypertrophy } from './run-hypertrophy.js';

/** Paper 2.4, A.4, Tables 10 to 14, Figs 5 and 9: walls and cavity of the left ventricle from four landmarks. */
export const lvHypertrophy: Experiment<HypertrophyConfig> = Object.freeze({
  id: 'e04-lv-hypertrophy',
  title: 'Left-ventricular hypertrophy',
  notebook: '04-lv-hypertrophy',
  configs: HYPERTROPHY_CONFIGS,
  run: runHypertrophy,
  metrics: hypertrophyMetrics,
  figures: hypertrophyFigures,
});
