import './gradients.js';

/**
 * Building blocks of models, in PyTorch's layouts: images `[B, C, H, W]`, linear weights `[O, I]`, kernels `[O, I, h, w]`.
 * Plain functions over tfjs tensors; compiled they become one or few fused operations. Anything else is plain tfjs.
 */
export { type BatchNormParams, type BatchNormResult, batchNorm } from './ops/batch-norm.js';
export { type ConvOptions, type ConvTransposeOptions, conv2d, convTranspose2d } from './ops/convolution.js';
export { gelu } from './ops/gelu.js';
export { layerNorm } from './ops/layer-norm.js';
export { linear } from './ops/linear.js';
export { avgPool2d, globalAvgPool, maxPool2d, type PoolOptions } from './ops/pooling.js';
export { type ResizeOptions, resize2d, samplingMatrix } from './ops/resize.js';
