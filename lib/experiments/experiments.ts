import { ejectionFraction } from './ejection-fraction/ejection-fraction.js';
import type { AnyExperiment } from './experiment.js';
import { lvHypertrophy } from './lv-hypertrophy/lv-hypertrophy.js';
import { paperAudit } from './paper-audit/paper-audit.js';
import { phantomHeart } from './phantom-heart/phantom-heart.js';
import { scalingStudy } from './scaling-study/scaling-study.js';
import { segmentation } from './segmentation/segmentation.js';
import { viewClassification } from './view-classification/view-classification.js';

/** Every experiment, in the order of its notebook. */
export const EXPERIMENTS: readonly AnyExperiment[] = [
  phantomHeart,
  scalingStudy,
  viewClassification,
  segmentation,
  lvHypertrophy,
  ejectionFraction,
  paperAudit,
];
