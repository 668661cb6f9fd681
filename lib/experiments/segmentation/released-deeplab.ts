import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../../core/paths.js';
import type { HostTensor } from '../../engine/compile.js';
import type { PixelNormalisation } from '../../evaluation/vit-encoder.js';
import { DEEPLABV3_ECHONET, deeplabShapes } from '../../models/deeplab.js';
import { importParams } from '../../models/weights/import-weights.js';
import type { StoredFrame } from './segmentation-data.js';

/** EchoNet-Dynamic's released DeepLabV3, where the user imported it. */
export interface ReleasedDeeplab {
  readonly params: Record<string, HostTensor>;
  readonly normalisation: PixelNormalisation;
}

/** Where it is looked for. */
export function releasedDeeplabFile(): string {
  return join(dataFolder(), 'weights', 'deeplabv3-echonet.safetensors');
}

/**
 * The released checkpoint, which the paper used for Fig. 4e; `null` if it is not there.
 *
 * @param training frames of EchoNet-Dynamic: as in echonet/dynamic, pixels are normalised by the mean and deviation of the training set
 */
export function readReleasedDeeplab(training: readonly StoredFrame[]): ReleasedDeeplab | null {
  const path = releasedDeeplabFile();
  if (!existsSync(path)) return null;
  const { params } = importParams(path, deeplabShapes(DEEPLABV3_ECHONET), { model: DEEPLABV3_ECHONET.name });
  const { mean, deviation } = greyMoments(training);
  return { params, normalisation: { mean: [mean, mean, mean], deviation: [deviation, deviation, deviation] } };
}

/** Mean and standard deviation of all pixels, in [0, 1]. */
export function greyMoments(frames: readonly StoredFrame[]): { readonly mean: number; readonly deviation: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (const { square } of frames) {
    for (const value of square.image) {
      sum += value;
      squares += value * value;
    }
    count += square.image.length;
  }
  const mean = sum / count;
  return { mean: mean / 255, deviation: Math.sqrt(squares / count - mean * mean) / 255 };
}
