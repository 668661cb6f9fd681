import { sizeOf } from '../../core/shape.js';
import type { HostTensor } from '../../engine/compile.js';
import type { PixelNormalisation } from '../../evaluation/vit-encoder.js';

/** Pixels in [-1, 1], as the paper feeds the classifier (A.2): `2 value / 255 - 1`, every plane alike. */
export function paperRange(channels: number): PixelNormalisation {
  return { mean: Array<number>(channels).fill(0.5), deviation: Array<number>(channels).fill(0.5) };
}

const WEIGHT = 'patch_embed.proj.weight';
const BIAS = 'patch_embed.proj.bias';

/**
 * A ViT that takes pixels in [-1, 1] and gives exactly what the given one gives on pixels normalised as it was pretrained.
 *
 * The paper feeds [-1, 1] to encoders that were pretrained with another mean and deviation and does not say what that does to them. The two
 * ranges differ by an affine map a plane, `(p - mean) / deviation = u / (2 deviation) + (0.5 - mean) / deviation`, and the patch embedding
 * has no padding, so its weights and bias can absorb the map: training starts from the pretrained function, not from a distorted one.
 *
 * @param params keys of the official checkpoint
 * @param normalisation that of the pretraining, one pair a plane
 */
export function absorbNormalisation(
  params: Readonly<Record<string, HostTensor>>,
  normalisation: PixelNormalisation,
): Record<string, HostTensor> {
  const weight = params[WEIGHT]!;
  const [filters = 0, channels = 0] = weight.shape;
  const area = sizeOf(weight.shape.slice(2));
  const scaled = weight.data.slice();
  const bias = Float32Array.from(params[BIAS]!.data);
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      const deviation = normalisation.deviation[channel]!;
      const shift = (0.5 - normalisation.mean[channel]!) / deviation;
      const start = (filter * channels + channel) * area;
      for (let i = start; i < start + area; i++) {
        bias[filter]! += weight.data[i]! * shift;
        scaled[i] = weight.data[i]! / (2 * deviation);
      }
    }
  }
  return {
    ...params,
    [WEIGHT]: { shape: weight.shape, data: scaled },
    [BIAS]: { shape: params[BIAS]!.shape, data: bias },
  };
}
