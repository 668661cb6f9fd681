import { writeFileWhole } from '../../core/files.js';
import { exportOnnx, type InferenceFunction, type TensorSpec } from '../../engine/compile.js';
import type { HostParams } from '../parameters.js';
import { encodeSafetensors } from './safetensors.js';

/**
 * Writes parameters as safetensors that PyTorch loads strictly: BatchNorm's counters are added as zeros.
 *
 * @param metadata text stored in the file, e.g. the model's config as JSON
 */
export function exportSafetensors(
  path: string,
  params: HostParams,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const counters = Object.keys(params)
    .filter((key) => key.endsWith('running_var'))
    .map((key) => key.replace(/running_var$/, 'num_batches_tracked'));
  writeFileWhole(path, encodeSafetensors(params, metadata, counters));
}

/**
 * Writes a model as ONNX, parameters included, for stock ONNX Runtime (opset 20 and its own contrib operations).
 *
 * @param forward the model's pass over tensors, e.g. `(p, { images }) => ({ cls: vit(p, images!, config).cls })`
 * @param inputs shapes of the inputs; fixed in the file
 */
export function exportOnnxModel(
  path: string,
  forward: InferenceFunction,
  params: HostParams,
  inputs: Readonly<Record<string, TensorSpec>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeFileWhole(path, exportOnnx(forward, { params, inputs, metadata }));
}
