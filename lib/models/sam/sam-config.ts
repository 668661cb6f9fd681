/** Shape of SAM's ViT image encoder. */
export interface SamImageEncoderConfig {
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Side of the attention windows in patches. */
  readonly window: number;
  /** Blocks that attend over the whole image. */
  readonly globalBlocks: readonly number[];
  /** Channels of the embedding. */
  readonly outputChannels: number;
}

/** Shape of the prompt encoder and the mask decoder. */
export interface SamPromptConfig {
  /** Side of the square input in pixels: prompts are in its coordinates. */
  readonly imageSize: number;
  /** Patches along one side. */
  readonly grid: number;
  /** D: width of prompts, tokens and image embedding. */
  readonly width: number;
  /** Channels inside the mask embedding. */
  readonly maskChannels: number;
  /**
   * Width at which SAM's mask embedding ends. Where it differs from `width`, EchoApex's extra LayerNorm and convolution follow to reach
   * `width` (paper A.3); null for SAM itself.
   */
  readonly maskEmbeddingWidth: number | null;
  /** Width of a text embedding that becomes a prompt token through a linear map; null without text prompts. */
  readonly textWidth: number | null;
  readonly decoderDepth: number;
  readonly decoderHeads: number;
  readonly decoderHidden: number;
  /** Masks for ambiguous prompts; one more is predicted for unambiguous ones. */
  readonly multimasks: number;
  readonly iouHidden: number;
}

/** A whole SAM: the image encoder of `sam_vit_b` and MedSAM, prompt encoder and mask decoder. */
export interface SamConfig {
  readonly name: string;
  readonly encoder: SamImageEncoderConfig;
  readonly prompts: SamPromptConfig;
}

const SAM_DECODER = Object.freeze({
  decoderDepth: 2,
  decoderHeads: 8,
  decoderHidden: 2048,
  multimasks: 3,
  iouHidden: 256,
});

/** SAM ViT-B, as in `sam_vit_b_01ec64.pth` and `medsam_vit_b.pth`: 93.7 M parameters. */
export const SAM_VIT_B: SamConfig = Object.freeze({
  name: 'sam-vit-b',
  encoder: Object.freeze({
    imageSize: 1024,
    patchSize: 16,
    width: 768,
    depth: 12,
    heads: 12,
    window: 14,
    globalBlocks: [2, 5, 8, 11],
    outputChannels: 256,
  }),
  prompts: Object.freeze({
    ...SAM_DECODER,
    imageSize: 1024,
    grid: 64,
    width: 256,
    maskChannels: 16,
    maskEmbeddingWidth: null,
    textWidth: null,
  }),
});

/**
 * Prompt encoder and mask decoder of EchoApex-SAM over a DINO encoder: everything has the encoder's width.
 *
 * @param encoder width and grid of the image encoder at the size used: 384 and 14 (ViT-S/8, 112 px), 768 and 8 (ViT-B/14, 112 px)
 */
export function echoapexSamPrompts(encoder: {
  readonly imageSize: number;
  readonly grid: number;
  readonly width: number;
}): SamPromptConfig {
  return Object.freeze({
    ...SAM_DECODER,
    ...encoder,
    maskChannels: 16,
    maskEmbeddingWidth: 256,
    textWidth: 512, // CLIP ViT-B
  });
}

/** A small EchoApex-SAM for the phantom; `textWidth` is that of the learned table of prompts. */
export function tinySamPrompts(encoder: {
  readonly imageSize: number;
  readonly grid: number;
  readonly width: number;
}): SamPromptConfig {
  return Object.freeze({
    ...echoapexSamPrompts(encoder),
    maskEmbeddingWidth: 32,
    textWidth: 64,
    decoderHeads: 4,
    decoderHidden: 4 * encoder.width,
    iouHidden: encoder.width,
  });
}
