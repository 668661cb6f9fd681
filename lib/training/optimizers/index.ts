export { type GradientAccumulation, gradientAccumulation } from './accumulation.js';
export { type AdamWOptions, adamW } from './adamw.js';
export { type Clipped, clipByGlobalNorm, clipByParameter, clipBySubmodule } from './clip.js';
export { emaUpdate } from './ema.js';
export type { Optimizer, OptimizerStep } from './optimizer.js';
export {
  type Grouping,
  type GroupRule,
  groupParameters,
  isExemptFromDecay,
  layerRateScale,
  type ParameterGroup,
} from './parameter-groups.js';
export { type SgdOptions, sgd } from './sgd.js';
