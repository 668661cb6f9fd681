import './elementwise.js';
import './reductions.js';
import './shapes.js';
import './indexing.js';
import './nhwc-convolution.js';
import './resize.js';
import './batch-norm.js';
import './convolution.js';
import './fused.js';
import './pooling.js';

export { definedKernels } from './registry.js';
