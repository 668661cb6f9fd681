/** What an adapter adds to a ViT; see adapter.ts. */
export interface AdapterConfig {
  /** Hidden width of the bottleneck. */
  readonly width: number;
  /** Blocks that get adapters. */
  readonly blocks: readonly number[];
}

/** Shape of a Vision Transformer. */
export interface VitConfig {
  readonly name: string;
  /** Side in pixels of the square image whose grid `pos_embed` has; other sizes interpolate it. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly channels: number;
  /** D */
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Hidden width of the feed-forward part over D. */
  readonly mlpRatio: number;
  /** Start value of LayerScale; null for none (DINOv1). */
  readonly layerScale: number | null;
  /** Register tokens between CLS and the patches. */
  readonly registers: number;
  readonly feedForward: 'mlp' | 'swiglu';
  /** True if the model has a mask token (DINOv2). */
  readonly maskToken: boolean;
  /** Added to the number of patches before the position scale is taken; 0 passes sizes instead of scales. */
  readonly interpolateOffset: number;
  readonly interpolateAntialias: boolean;
  readonly adapters: AdapterConfig | null;
}

const VIT: Omit<VitConfig, 'name' | 'imageSize' | 'patchSize' | 'width' | 'depth' | 'heads'> = {
  channels: 3,
  mlpRatio: 4,
  layerScale: null,
  registers: 0,
  feedForward: 'mlp',
  maskToken: false,
  interpolateOffset: 0.1,
  interpolateAntialias: false,
  adapters: null,
};

const DINOV2 = { ...VIT, layerScale: 1e-5, maskToken: true };

/** ViT-S/8 of DINOv1, as in `dino_deitsmall8_pretrain.pth`: 21.67 M parameters. */
export const VIT_S8: VitConfig = Object.freeze({
  ...VIT,
  name: 'vit-s8',
  imageSize: 224,
  patchSize: 8,
  width: 384,
  depth: 12,
  heads: 6,
});

/** ViT-B/14 of DINOv2, as in `dinov2_vitb14_pretrain.pth`: 86.58 M parameters, 37 x 37 positions. */
export const VIT_B14: VitConfig = Object.freeze({
  ...DINOV2,
  name: 'vit-b14',
  imageSize: 518,
  patchSize: 14,
  width: 768,
  depth: 12,
  heads: 12,
});

/** ViT-B/14 with four registers, as in `dinov2_vitb14_reg4_pretrain.pth`; it interpolates positions with antialias. */
export const VIT_B14_REG4: VitConfig = Object.freeze({
  ...VIT_B14,
  name: 'vit-b14-reg4',
  registers: 4,
  interpolateOffset: 0,
  interpolateAntialias: true,
});

/** A small stand-in for ViT-S/8 that trains on the phantom on two cores: 0.21 M parameters at 32 px. */
export const VIT_S8_TINY: VitConfig = Object.freeze({
  ...VIT,
  name: 'vit-s8-tiny',
  imageSize: 32,
  patchSize: 8,
  width: 64,
  depth: 4,
  heads: 2,
});

/** A small stand-in for ViT-B/14, with everything DINOv2 adds (LayerScale and the mask token): 0.51 M parameters. */
export const VIT_B14_TINY: VitConfig = Object.freeze({
  ...DINOV2,
  name: 'vit-b14-tiny',
  imageSize: 42,
  patchSize: 14,
  width: 96,
  depth: 4,
  heads: 3,
});

/** Between the tiny ones and ViT-S, with everything DINOv2 adds: 2.72 M parameters. */
export const VIT_S8_MINI: VitConfig = Object.freeze({
  ...DINOV2,
  name: 'vit-s8-mini',
  imageSize: 64,
  patchSize: 8,
  width: 192,
  depth: 6,
  heads: 3,
});

/** Hidden width of the feed-forward part: 4 D, or the SwiGLU width that keeps the parameters equal, rounded up to 8. */
export function feedForwardWidth(config: VitConfig): number {
  const hidden = config.width * config.mlpRatio;
  return config.feedForward === 'mlp' ? hidden : Math.floor((Math.floor((hidden * 2) / 3) + 7) / 8) * 8;
}

/** Patches along one side at the config's image size. */
export function gridSize(config: VitConfig): number {
  return config.imageSize / config.patchSize;
}

/** The same model for another image size: only the shape of `pos_embed` changes. */
export function atImageSize(config: VitConfig, imageSize: number): VitConfig {
  return Object.freeze({ ...config, imageSize });
}
