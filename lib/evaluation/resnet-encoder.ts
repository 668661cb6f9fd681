import { compileInference, type HostTensor } from '../engine/compile.js';
import { type ResnetConfig, resnet, resnetWidth } from '../models/resnet.js';
import { encodeFrames, type FrameEncoder, type PixelNormalisation } from './vit-encoder.js';

/**
 * Compiles a ResNet for feature extraction: the mean over the last stage's pixels, BatchNorm by its running statistics.
 *
 * @param params keys of torchvision's checkpoint, without `fc`
 */
export async function makeResnetEncoder(
  params: Readonly<Record<string, HostTensor>>,
  config: ResnetConfig,
  normalisation: PixelNormalisation,
  options: { readonly batchSize: number; readonly imageSize: number },
): Promise<FrameEncoder> {
  const { batchSize, imageSize } = options;
  const graph = await compileInference(
    (weights, { images }) => ({ features: resnet(weights, images!, config, { training: false }).pooled }),
    { params, inputs: { images: { shape: [batchSize, 3, imageSize, imageSize] } }, name: 'resnetEncoder' },
  );
  return encodeFrames(graph, 'features', {
    batchSize,
    imageSize,
    channels: 3,
    width: resnetWidth(config),
    normalisation,
  });
}
