import { VIT_S8_TINY, type VitConfig } from '../../models/vit-config.js';

/** Sizes of the encoders that are pretrained on the phantom: stand-ins for ViT-S and ViT-B. */
export type EncoderSize = 'small' | 'base';

const PHANTOM: VitConfig = { ...VIT_S8_TINY, imageSize: 64, channels: 1 };

/**
 * Encoders of the phantom scales, 8 x 8 patches of 8 pixels on one grey plane: 0.46 M and 1.27 M parameters, where the paper has
 * 21.7 M (ViT-S/8) and 86.6 M (ViT-B/14). Other image sizes interpolate the positions.
 */
export const PHANTOM_ENCODERS: Readonly<Record<EncoderSize, VitConfig>> = Object.freeze({
  small: Object.freeze({ ...PHANTOM, name: 'vit-s8-phantom', width: 96, depth: 4, heads: 3 }),
  base: Object.freeze({ ...PHANTOM, name: 'vit-b8-phantom', width: 160, depth: 4, heads: 5 }),
});

/** Mean and deviation of a grey pixel in [0, 1] as the phantom encoders saw it: ImageNet's, averaged over the planes. */
export const PHANTOM_NORMALISATION = Object.freeze({ mean: [0.449], deviation: [0.226] });
