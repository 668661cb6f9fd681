import { stream } from '../../lib/core/random.js';
import { PHANTOM_NORMALISATION } from '../../lib/experiments/encoders/phantom-encoder-config.js';
import type { LoadedSegmenter } from '../../lib/experiments/segmentation/load-segmenter.js';
import { tinySamPrompts } from '../../lib/models/sam/sam-config.js';
import { VIT_S8_TINY } from '../../lib/models/vit-config.js';
import { fanInVitParams } from '../../lib/training/dino/initial-params.js';
import { type SegmenterConfig, segmenterParams } from '../../lib/training/segmentation/segmenter.js';

/** A whole EchoApex-SAM, small and with random weights: what it answers means nothing, how it answers is the real thing. */
export function randomSegmenter(
  slots: SegmenterConfig['slots'] = { points: 4, box: true, text: true },
): LoadedSegmenter {
  const encoder = { ...VIT_S8_TINY, channels: 1, depth: 2 };
  const prompts = tinySamPrompts({ imageSize: 32, grid: 4, width: encoder.width });
  const config: SegmenterConfig = {
    name: 'EchoApex-SAM-random',
    encoder,
    prompts,
    slots,
    imageSize: 32,
    normalisation: PHANTOM_NORMALISATION,
  };
  const random = stream(5, 'random-segmenter');
  const texts = slots.text ? ['left ventricle', 'left atrium'] : [];
  return {
    config,
    params: segmenterParams(config, fanInVitParams(encoder, random.child('encoder')), random),
    texts,
    embeddings: new Map(
      texts.map((text) => [text, Float32Array.from({ length: prompts.textWidth ?? 0 }, () => random.normal())]),
    ),
  };
}
