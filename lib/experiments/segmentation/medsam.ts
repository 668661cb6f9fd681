import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { dataFolder } from '../../core/paths.js';
import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import { sam, samShapes } from '../../models/sam/sam.js';
import { SAM_VIT_B, type SamConfig } from '../../models/sam/sam-config.js';
import { medsamInput } from '../../models/sam/sam-images.js';
import { importParams } from '../../models/weights/import-weights.js';
import { boxOfMask } from '../../training/segmentation/box-prompt.js';
import { type SegmentationCase, trueMask } from './score-mask.js';
import { modelCover, modelView, pictureMask } from './square-view.js';

/** Where the user's MedSAM is looked for. */
export function medsamFile(): string {
  return join(dataFolder(), 'weights', 'medsam-vit-b.safetensors');
}

/** MedSAM, where the user imported it; else `null`, and the paper's figures stand as quoted. */
export function readMedsam(): Record<string, HostTensor> | null {
  if (!existsSync(medsamFile())) return null;
  return importParams(medsamFile(), samShapes(SAM_VIT_B), { model: 'medsam-vit-b' }).params;
}

/**
 * MedSAM's masks for exact boxes, one picture at a time.
 *
 * Source: bowang-lab/MedSAM MedSAM_Inference.py. Deviates: the picture is padded to a square rather than stretched, as every model here sees it.
 *
 * @param pixels side to which the picture is shrunk before it goes to the model's own input, and in which the box is measured: 112 as the
 *   paper did ("resized the input and output to 112 x 112"), or the model's own side
 */
export async function medsamMasks(
  params: Readonly<Record<string, HostTensor>>,
  cases: readonly SegmentationCase[],
  pixels: number,
  config: SamConfig = SAM_VIT_B,
): Promise<Uint8Array[]> {
  const side = config.encoder.imageSize;
  const graph = await compileInference(
    (weights, { images, boxes }) => {
      const planes = tf.tile(images!, [1, 3, 1, 1]);
      return { masks: sam(weights, medsamInput(planes, side), { boxes: boxes! }, config).masks };
    },
    { params, inputs: { images: { shape: [1, 1, pixels, pixels] }, boxes: { shape: [1, 4] } }, name: 'medsam' },
  );
  try {
    const masks: Uint8Array[] = [];
    for (const one of cases) {
      const { image } = one.picture;
      const cover = modelCover(trueMask(one), image, pixels);
      const box = boxOfMask(cover, pixels, pixels, cover.some((share) => share > 0.5) ? 0.5 : 0);
      const scale = side / pixels;
      const boxes = Float32Array.of(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale);
      const logits = arrayOf(await graph.run({ images: modelView(image, pixels), boxes }), 'masks');
      masks.push(pictureMask(logits.slice(), 4 * config.prompts.grid, image));
    }
    return masks;
  } finally {
    await graph.dispose();
  }
}
