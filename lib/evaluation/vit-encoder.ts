import { ShapeError } from '../core/errors.js';
import { arrayOf, type CompiledInference, compileInference, type HostTensor } from '../engine/compile.js';
import type { GrayImage } from '../imaging/image.js';
import { resample } from '../imaging/resample.js';
import { vit } from '../models/vit.js';
import type { VitConfig } from '../models/vit-config.js';

/** How grey frames become the encoder's input: `(value / 255 - mean) / deviation`, one pair a plane. */
export interface PixelNormalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** A compiled encoder that turns frames into CLS embeddings. */
export interface FrameEncoder {
  /** Frames a call; the compiled graph has a fixed batch. */
  readonly batchSize: number;
  /** Width of an embedding. */
  readonly width: number;
  /** `[batchSize, width]`, row-major, a fresh array. Frames of another size are resized (bicubic, antialias). */
  encode(frames: readonly GrayImage[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Compiles a ViT for feature extraction: the CLS token after the final norm, as `eval_knn.py` of DINO takes it.
 *
 * @param params keys of the official checkpoint
 */
export async function makeVitEncoder(
  params: Readonly<Record<string, HostTensor>>,
  config: VitConfig,
  normalisation: PixelNormalisation,
  options: { readonly batchSize: number; readonly imageSize?: number },
): Promise<FrameEncoder> {
  const { batchSize, imageSize = config.imageSize } = options;
  const graph = await compileInference((weights, { images }) => ({ cls: vit(weights, images!, config).cls }), {
    params,
    inputs: { images: { shape: [batchSize, config.channels, imageSize, imageSize] } },
    name: 'vitEncoder',
  });
  return encodeFrames(graph, 'cls', {
    batchSize,
    imageSize,
    channels: config.channels,
    width: config.width,
    normalisation,
  });
}

/** A compiled graph with one input `images` as an encoder of frames. */
export function encodeFrames(
  graph: CompiledInference,
  output: string,
  shape: {
    readonly batchSize: number;
    readonly imageSize: number;
    readonly channels: number;
    readonly width: number;
    readonly normalisation: PixelNormalisation;
  },
): FrameEncoder {
  const { batchSize, imageSize, channels, width, normalisation } = shape;
  return {
    batchSize,
    width,
    async encode(frames) {
      if (frames.length !== batchSize) {
        throw new ShapeError(
          `FrameEncoder.encode: needs ${batchSize} frames, got ${frames.length}; fill the last batch`,
        );
      }
      const images = pixelBatch(frames, imageSize, channels, normalisation);
      return arrayOf(await graph.run({ images }), output).slice();
    },
    dispose: () => graph.dispose(),
  };
}

/** Normalised pixels `[B, channels, size, size]` of grey frames; every plane holds the same picture. */
export function pixelBatch(
  frames: readonly GrayImage[],
  size: number,
  channels: number,
  normalisation: PixelNormalisation,
): Float32Array {
  const area = size * size;
  const batch = new Float32Array(frames.length * channels * area);
  frames.forEach((frame, index) => {
    const same = frame.width === size && frame.height === size;
    const { data } = same ? frame : resample(frame, size, size, 'bicubic');
    for (let channel = 0; channel < channels; channel++) {
      const scale = 1 / (255 * normalisation.deviation[channel]!);
      const shift = normalisation.mean[channel]! / normalisation.deviation[channel]!;
      const start = (index * channels + channel) * area;
      for (let i = 0; i < area; i++) batch[start + i] = data[i]! * scale - shift;
    }
  });
  return batch;
}
