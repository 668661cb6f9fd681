/** A vision transformer of the paper (A.1, Table 1). */
export interface TransformerSize {
  readonly width: number;
  readonly blocks: number;
  readonly patch: number;
  /** Side of the square input in pixels. */
  readonly image: number;
  /** Hidden width of the adapters (Tables 2 and 10). */
  readonly adapterWidth: number;
}

/** ViT-S with patch 8 at 128 px, as used for the views. */
export const VIT_S: TransformerSize = { width: 384, blocks: 12, patch: 8, image: 128, adapterWidth: 192 };

/** ViT-B with patch 14 at 112 px. */
export const VIT_B: TransformerSize = { width: 768, blocks: 12, patch: 14, image: 112, adapterWidth: 384 };

/**
 * Parameters of the encoder: patch embedding, class token, positions, blocks (qkv, projection, MLP of width 4, two norms),
 * last norm. LayerScale, which DINOv2 adds, would be another 2 x width a block.
 */
export function encoderParameters({ width, blocks, patch, image }: TransformerSize): number {
  const tokens = (image / patch) ** 2;
  const embedding = 3 * patch * patch * width + width + width + (tokens + 1) * width;
  const attention = 4 * width * width + 4 * width;
  const mlp = 8 * width * width + 5 * width;
  return embedding + blocks * (attention + mlp + 4 * width) + 2 * width;
}

/**
 * Parameters of the adapters: two bottlenecks a block (Houlsby et al. 2019), each a linear map down and one up, with biases.
 *
 * @param perBlock 2 as in the cited paper; 1 for the leanest reading
 */
export function adapterParameters(size: TransformerSize, perBlock: 1 | 2 = 2): number {
  const { width, blocks, adapterWidth } = size;
  return blocks * perBlock * (2 * width * adapterWidth + adapterWidth + width);
}

/** Adapter parameters as a percentage of encoder and adapters together. */
export function adapterShare(size: TransformerSize, perBlock: 1 | 2 = 2): number {
  const adapters = adapterParameters(size, perBlock);
  return (100 * adapters) / (encoderParameters(size) + adapters);
}
