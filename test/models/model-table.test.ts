import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { deeplab } from '../../lib/models/deeplab.js';
import { dinoHead } from '../../lib/models/dino-head.js';
import { countFlops } from '../../lib/models/flops.js';
import { formatModelTable, type ModelRow, modelRows } from '../../lib/models/model-table.js';
import { toTensors } from '../../lib/models/parameters.js';
import { r2plus1d, r2plus1dShapes } from '../../lib/models/r2plus1d.js';
import { modelByName } from '../../lib/models/registry.js';
import { resnet } from '../../lib/models/resnet.js';
import { samImageEncoder } from '../../lib/models/sam/image-encoder.js';
import { segmentPrompts } from '../../lib/models/sam/sam.js';
import { clipText, clipTextShapes } from '../../lib/models/text/clip-text.js';
import { unet, unetShapes } from '../../lib/models/unet.js';
import { vit } from '../../lib/models/vit.js';
import { VIT_B14, VIT_S8 } from '../../lib/models/vit-config.js';
import { largestGap, runCompiled } from '../fixtures/reference/compiled.js';
import {
  fixtureArrays,
  fixtureHostParams,
  fixtureParams,
  fixtureTensor,
  largestDifference,
} from '../fixtures/reference/fixture.js';
import { CLIP_TEXT, R2PLUS1D_EVALUATED, UNET_DEEP } from '../fixtures/torch-models/expected.js';
import { sineInput, sineParams } from '../fixtures/torch-models/fill.js';

beforeAll(() => useEagerBackend('cpu'));

const README = new URL('../../lib/models/README.md', import.meta.url);
const [BEGIN, END] = ['<!-- models: generated -->', '<!-- models: end -->'];

const small = { width: 48, depth: 2, heads: 3 };
const trunk = { name: 'fixture', blocks: [1, 1, 1, 1] as const, base: 8 };
const prompts = {
  imageSize: 128,
  grid: 8,
  width: 32,
  maskChannels: 16,
  maskEmbeddingWidth: null,
  textWidth: null,
  decoderDepth: 2,
  decoderHeads: 4,
  decoderHidden: 64,
  multimasks: 3,
  iouHidden: 32,
};
const encoder = {
  imageSize: 128,
  patchSize: 16,
  width: 48,
  depth: 2,
  heads: 3,
  window: 3,
  globalBlocks: [1],
  outputChannels: 32,
};

/** The largest difference from each reference of the registry; the other tests of this folder look closer. */
async function measureDifferences(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const v2 = { ...VIT_B14, ...small, imageSize: 42 };
  for (const [name, config] of [
    ['dino_vit_d48_l2_p8_i32', { ...VIT_S8, ...small, imageSize: 32 }],
    ['dinov2_vit_d48_l2_p14_i42_reg0', v2],
    ['dinov2_vit_d48_l2_p14_i42_reg4', { ...v2, registers: 4, interpolateOffset: 0, interpolateAntialias: true }],
  ] as const) {
    const arrays = fixtureArrays(name);
    found[name] = largestDifference(vit(fixtureParams(name), fixtureTensor(arrays.x), config).cls, arrays.cls);
  }
  const net = fixtureArrays('tv_resnet_bottleneck_w8');
  const residual = resnet(fixtureParams('tv_resnet_bottleneck_w8'), fixtureTensor(net.x), {
    ...trunk,
    classes: 5,
    dilated: false,
  });
  found.tv_resnet_bottleneck_w8 = largestDifference(residual.logits!, net.logits);
  const head = fixtureArrays('dino_head_d48_k64');
  found.dino_head_d48_k64 = largestDifference(
    dinoHead(fixtureParams('dino_head_d48_k64'), fixtureTensor(head.x)),
    head.y,
  );
  const masks = fixtureArrays('sam_mask_decoder');
  const boxes = { boxes: fixtureTensor(masks.box) };
  const segmented = segmentPrompts(
    fixtureParams('sam_tiny'),
    fixtureTensor(masks.image_embedding),
    boxes,
    prompts,
    true,
  );
  found.sam_mask_decoder = largestDifference(segmented.masks, masks.masks_box_multi);
  const seen = fixtureArrays('sam_image_encoder');
  const { embedding } = samImageEncoder(fixtureParams('sam_tiny', 'image_encoder.'), fixtureTensor(seen.x), encoder);
  found.sam_image_encoder = largestDifference(embedding, seen.embedding);
  const lab = fixtureArrays('tv_deeplabv3_w8');
  const config = {
    name: 'fixture',
    backbone: { ...trunk, classes: 0, dilated: true },
    channels: 16,
    rates: [12, 24, 36] as const,
    classes: 1,
  };
  const { logits } = await runCompiled(
    (p, { x }) => ({ logits: deeplab(p, x!, config).logits }),
    fixtureHostParams('tv_deeplabv3_w8'),
    { x: lab.x! },
  );
  found.tv_deeplabv3_w8 = largestGap(logits, lab.out);
  const text = { name: 'small', vocabulary: 50, context: 7, width: 16, depth: 2, heads: 4, projection: 12 };
  const ids = tf.tensor2d(
    [
      [48, 3, 17, 49, 0, 0, 0],
      [48, 5, 6, 7, 8, 9, 49],
    ],
    [2, 7],
    'int32',
  );
  const features = clipText(toTensors(sineParams(clipTextShapes(text))), ids, tf.tensor1d([3, 6], 'int32'), text);
  found['torch-models/clip_text.py'] = largestGap(features.dataSync(), {
    shape: [2, 12],
    data: Float32Array.from(CLIP_TEXT),
  });
  const deep = {
    name: 'small',
    channels: 1,
    down: [6, 8, 10],
    up: [8, 6],
    classes: 2,
    upsampling: 'deconvolution',
    batchNorm: true,
  } as const;
  const drawn = unet(
    toTensors(sineParams(unetShapes(deep))),
    tf.tensor4d(sineInput(256), [1, 1, 16, 16]),
    deep,
  ).logits.dataSync();
  found['torch-models/unet.py'] = Math.max(...UNET_DEEP.map((x, i) => Math.abs(drawn[37 * i]! - x)));
  const clip = {
    name: 'small',
    blocks: [1, 2, 1, 1] as const,
    widths: [8, 16, 24, 32] as const,
    stemWidth: 6,
    outputs: 2,
  };
  const clips = tf.tensor(sineInput(2 * 3 * 5 * 20 * 24), [2, 3, 5, 20, 24]);
  const { output } = r2plus1d(toTensors(sineParams(r2plus1dShapes(clip))), clips, clip);
  found['torch-models/r2plus1d.py'] = largestGap(output.dataSync(), {
    shape: [2, 2],
    data: Float32Array.from(R2PLUS1D_EVALUATED),
  });
  return found;
}

describe('countFlops', () => {
  it('counts two for each multiply-add of products and convolutions', () => {
    // x [4, 8] times w [3, 8]^T: 2 * 4 * 8 * 3 = 192
    const product = countFlops(
      (p, { x }) => ({ y: tf.matMul(x as tf.Tensor2D, p.w as tf.Tensor2D, false, true) }),
      { w: [3, 8] },
      { x: { shape: [4, 8] } },
    );
    expect(product).toBe(192);
  });

  it('gives the published 8.2 GFLOPs of ResNet50 at 224 px', () => {
    // torchvision documents 4.09 G multiply-adds
    const [row] = modelRows([modelByName('resnet50')]) as [ModelRow];
    expect(row.flops * (224 / 128) ** 2).toBeGreaterThan(2 * 4.05e9);
    expect(row.flops * (224 / 128) ** 2).toBeLessThan(2 * 4.13e9);
  });
});

describe('the table of lib/models/README.md', () => {
  it('is what the registry and the references give (written anew with WRITE_MODEL_TABLE=1)', async () => {
    const rows = modelRows();
    const measured = await measureDifferences();
    for (const difference of Object.values(measured)) expect(difference).toBeLessThan(1e-4);
    if (process.env.WRITE_MODEL_TABLE) {
      const text = readFileSync(README, 'utf8');
      const at = text.indexOf(BEGIN!);
      const rest = text.slice(text.indexOf(END!));
      writeFileSync(README, `${text.slice(0, at)}${BEGIN}\n${formatModelTable(rows, measured)}\n${rest}`);
    }
    const text = readFileSync(README, 'utf8');
    const written = text.slice(text.indexOf(BEGIN!) + BEGIN!.length, text.indexOf(END!)).trim();
    // The last column is what one machine measured; the others follow from the code. Alignment does not matter.
    const cells = (table: string): string[][] =>
      table
        .split('\n')
        .filter((line) => !/^[|\s-]+$/.test(line))
        .map((line) =>
          line
            .split('|')
            .map((cell) => cell.trim())
            .slice(0, -2),
        );
    expect(cells(written)).toEqual(cells(formatModelTable(rows, measured)));
  });
});
