import { sizeOf } from '../../core/shape.js';
import { openWeights } from './open-weights.js';
import { BYTES_OF, type WeightDtype } from './weight-file.js';

/** One tensor of a weight file. */
export interface InspectedTensor {
  readonly key: string;
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  readonly bytes: number;
}

/** What a weight file holds. */
export interface WeightInspection {
  readonly path: string;
  readonly format: 'pytorch' | 'safetensors';
  readonly fileBytes: number;
  readonly tensors: readonly InspectedTensor[];
  /** Numbers of all tensors together. */
  readonly numbers: number;
  readonly remarks: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Lists a weight file's keys, shapes, element types and sizes without reading the numbers. */
export function inspectWeights(path: string): WeightInspection {
  const file = openWeights(path);
  try {
    const tensors = file.entries.map(({ key, shape, dtype }) => ({
      key,
      shape,
      dtype,
      bytes: sizeOf(shape) * BYTES_OF[dtype],
    }));
    return {
      path,
      format: file.format,
      fileBytes: file.size,
      tensors,
      numbers: tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      remarks: file.remarks,
      metadata: file.metadata,
    };
  } finally {
    file.close();
  }
}
