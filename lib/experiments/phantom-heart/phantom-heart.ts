import type { Experiment } from '../experiment.js';
import { PHANTOM_HEART_CONFIGS, type PhantomHeartConfig } from './phantom-config.js';
import { phantomHeartFigures } from './phantom-figures.js';
import { phantomHeartMetrics } from './phantom-metrics.js';
import { runPhantomHeart } from './run-phantom-heart.js';

/** The phantom itself: are its labels what it images, is its speckle speckle, and who are its patients? Not in the paper. */
export const phantomHeart: Experiment<PhantomHeartConfig> = Object.freeze({
  id: 'e00-phantom-heart',
  title: 'The phantom heart',
  notebook: '00-phantom-heart',
  configs: PHANTOM_HEART_CONFIGS,
  origin: 'phantom',
  run: runPhantomHeart,
  metrics: phantomHeartMetrics,
  figures: phantomHeartFigures,
});
