import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import type { Specialist } from '../../training/segmentation/specialist.js';
import { writePlanes } from '../../training/segmentation/write-planes.js';
import type { SegmentationCase } from './score-mask.js';
import { modelView, pictureMask } from './square-view.js';
import { STRUCTURES } from './structures.js';

/**
 * Masks of a specialist, without a prompt: where the channel of the structure is above 0 and above every other channel.
 *
 * @param cases of structures that the specialist knows
 */
export async function specialistMasks(
  specialist: Specialist,
  params: Readonly<Record<string, HostTensor>>,
  cases: readonly SegmentationCase[],
  imageSize: number,
  batch: number,
): Promise<Uint8Array[]> {
  const S = imageSize;
  const { channels, classes } = specialist;
  const graph = await compileInference(
    (weights, { images }) => ({ logits: specialist.forward(weights, images!, false).logits }),
    { params, inputs: { images: { shape: [batch, channels, S, S] } }, name: specialist.name },
  );
  const area = S * S;
  const masks: Uint8Array[] = [];
  try {
    for (let start = 0; start < cases.length; start += batch) {
      const some = cases.slice(start, start + batch);
      const images = new Float32Array(batch * channels * area);
      some.forEach(({ picture }, b) => {
        writePlanes(images, b, modelView(picture.image, S), specialist);
      });
      const logits = arrayOf(await graph.run({ images }), 'logits');
      some.forEach(({ picture, structure }, b) => {
        const own = classes.indexOf(STRUCTURES[structure].value);
        const map = new Float32Array(area);
        const at = (channel: number, i: number): number => logits[(b * classes.length + channel) * area + i]!;
        for (let i = 0; i < area; i++) {
          let lead = at(own, i);
          for (let c = 0; c < classes.length; c++) if (c !== own) lead = Math.min(lead, at(own, i) - at(c, i));
          map[i] = lead;
        }
        masks.push(pictureMask(map, S, picture.image));
      });
    }
    return masks;
  } finally {
    await graph.dispose();
  }
}
