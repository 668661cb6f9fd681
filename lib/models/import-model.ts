import { ArgumentError } from '../core/errors.js';
import type { HostParams } from './parameters.js';
import { modelByName } from './registry.js';
import { exportOnnxModel, exportSafetensors } from './weights/export-weights.js';
import { type ImportedParams, type ImportOptions, importParams } from './weights/import-weights.js';

/**
 * Reads a model of the registry from a weight file: `weights import FILE --as NAME`.
 *
 * @throws {ArgumentError} if there is no such model
 * @throws {DataError} if strict and keys differ; see `importParams`
 * @example const { params, report } = importModel('dino_deitsmall8_pretrain.pth', 'vit-s8');
 */
export function importModel(
  path: string,
  name: string,
  options: Pick<ImportOptions, 'strict' | 'resizePositions'> = {},
): ImportedParams {
  const model = modelByName(name);
  return importParams(path, model.shapes(), { ...options, ignore: model.ignore, model: name });
}

/**
 * Writes a model of the registry, as safetensors or ONNX by the file's ending. The ONNX file takes one input of the paper's size.
 *
 * @throws {ArgumentError} on another ending, or if there is no such model
 */
export function exportModel(path: string, name: string, params: HostParams): void {
  const model = modelByName(name);
  if (path.endsWith('.safetensors')) exportSafetensors(path, params, { model: name });
  else if (path.endsWith('.onnx')) exportOnnxModel(path, model.forward, params, model.inputs, { model: name });
  else throw new ArgumentError(`exportModel: ${path} must end in .safetensors or .onnx`);
}
