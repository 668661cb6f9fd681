import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../core/errors.js';
import type { TensorSpec } from '../engine/compile.js';
import {
  DEEPLABV3_ECHONET,
  DEEPLABV3_LANDMARKS,
  DEEPLABV3_TORCHVISION,
  type DeeplabConfig,
  deeplab,
  deeplabShapes,
} from './deeplab.js';
import { dinoHead, dinoHeadShapes, paperDinoHead } from './dino-head.js';
import { efDecoder, efDecoderConfig, efDecoderShapes } from './ef-decoder.js';
import type { ForwardFunction } from './flops.js';
import {
  LANDMARK_DECODER_B,
  LANDMARK_DECODER_S,
  type LandmarkDecoderConfig,
  landmarkDecoder,
  landmarkDecoderShapes,
} from './landmark-decoder.js';
import type { ParamShapes } from './parameters.js';
import { R2PLUS1D_18_ECHONET, r2plus1d, r2plus1dShapes } from './r2plus1d.js';
import { RESNET50, RESNET50_TRUNK, type ResnetConfig, resnet, resnetShapes } from './resnet.js';
import { sam, samPromptShapes, samShapes, segmentPrompts } from './sam/sam.js';
import { echoapexSamPrompts, SAM_VIT_B } from './sam/sam-config.js';
import { CLIP_TEXT_B, clipText, clipTextShapes } from './text/clip-text.js';
import { UNET_CAMUS_1, UNET_CAMUS_2, type UnetConfig, unet, unetShapes } from './unet.js';
import { vit } from './vit.js';
import { VIT_B14, VIT_B14_REG4, VIT_S8, type VitConfig } from './vit-config.js';
import { vitShapes } from './vit-params.js';

/** A model by name: what `weights import --as` and `weights export` need, and what the table shows. */
export interface ModelEntry {
  readonly name: string;
  readonly title: string;
  readonly shapes: () => ParamShapes;
  /** One pass at the paper's size, batch 1. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  readonly forward: ForwardFunction;
  /** Keys of official files that this model does not use. */
  readonly ignore: readonly RegExp[];
  /** The numbers it is compared with. */
  readonly reference: string;
}

const image = (side: number, channels = 3): { images: TensorSpec } => ({
  images: { shape: [1, channels, side, side] },
});

function vitEntry(config: VitConfig, title: string, side: number, reference: string): ModelEntry {
  return {
    name: config.name,
    title,
    shapes: () => vitShapes(config),
    inputs: image(side),
    forward: (params, { images }) => {
      const { cls, patches } = vit(params, images!, config);
      return { cls, patches };
    },
    ignore: [],
    reference,
  };
}

function resnetEntry(config: ResnetConfig, title: string): ModelEntry {
  return {
    name: config.name,
    title,
    shapes: () => resnetShapes(config),
    inputs: image(128),
    forward: (params, { images }) => {
      const { pooled, logits } = resnet(params, images!, config);
      return logits ? { pooled, logits } : { pooled };
    },
    ignore: config.classes > 0 ? [] : [/^fc\./],
    reference: 'tv_resnet_bottleneck_w8',
  };
}

function deeplabEntry(config: DeeplabConfig, title: string, side: number): ModelEntry {
  return {
    name: config.name,
    title,
    shapes: () => deeplabShapes(config),
    inputs: image(side),
    forward: (params, { images }) => ({ logits: deeplab(params, images!, config).logits }),
    ignore: [/^aux_classifier\./],
    reference: 'tv_deeplabv3_w8',
  };
}

function unetEntry(config: UnetConfig, title: string): ModelEntry {
  return {
    name: config.name,
    title,
    shapes: () => unetShapes(config),
    inputs: image(256, config.channels),
    forward: (params, { images }) => ({ logits: unet(params, images!, config).logits }),
    ignore: [],
    reference: 'torch-models/unet.py',
  };
}

function landmarkEntry(config: LandmarkDecoderConfig, title: string, side: number, grid: number): ModelEntry {
  const taps = config.taps.map((tap) => `layer${tap}`);
  return {
    name: config.name,
    title,
    shapes: () => landmarkDecoderShapes(config),
    inputs: {
      ...image(side),
      ...Object.fromEntries(taps.map((tap) => [tap, { shape: [1, grid * grid, config.encoderWidth] }])),
    },
    forward: (params, inputs) => ({
      logits: landmarkDecoder(
        params,
        taps.map((tap) => inputs[tap]!),
        [grid, grid],
        inputs.images!,
        config,
      ),
    }),
    ignore: [],
    reference: '',
  };
}

function efEntry(width: number, heads: number, title: string): ModelEntry {
  const config = efDecoderConfig(width, heads);
  return {
    name: config.name,
    title,
    shapes: () => efDecoderShapes(config),
    inputs: { embeddings: { shape: [1, config.frames, width] } },
    forward: (params, { embeddings }) => ({ ef: efDecoder(params, embeddings!, config) }),
    ignore: [],
    reference: 'dino_vit_d48_l2_p8_i32',
  };
}

function samPromptEntry(name: string, title: string, width: number, grid: number): ModelEntry {
  const config = echoapexSamPrompts({ imageSize: 112, grid, width });
  return {
    name,
    title,
    shapes: () => samPromptShapes(config),
    inputs: { embedding: { shape: [1, width, grid, grid] }, boxes: { shape: [1, 4] } },
    forward: (params, { embedding, boxes }) => ({ ...segmentPrompts(params, embedding!, { boxes: boxes! }, config) }),
    ignore: [],
    reference: 'sam_mask_decoder',
  };
}

function samEntry(name: string, title: string): ModelEntry {
  return {
    name,
    title,
    shapes: () => samShapes(SAM_VIT_B),
    inputs: { ...image(1024), boxes: { shape: [1, 4] } },
    forward: (params, { images, boxes }) => ({ ...sam(params, images!, { boxes: boxes! }, SAM_VIT_B) }),
    ignore: [],
    reference: 'sam_image_encoder',
  };
}

function headEntry(name: string, title: string, width: number): ModelEntry {
  return {
    name,
    title,
    shapes: () => dinoHeadShapes(paperDinoHead(width)),
    inputs: { features: { shape: [1, width] } },
    forward: (params, { features }) => ({ logits: dinoHead(params, features!) }),
    ignore: [],
    reference: 'dino_head_d48_k64',
  };
}

/** Every model of the paper, in the order of its tables. */
export const MODELS: readonly ModelEntry[] = Object.freeze([
  vitEntry(VIT_S8, 'ViT-S/8, DINOv1', 112, 'dino_vit_d48_l2_p8_i32'),
  vitEntry(VIT_B14, 'ViT-B/14, DINOv2', 112, 'dinov2_vit_d48_l2_p14_i42_reg0'),
  vitEntry(VIT_B14_REG4, 'ViT-B/14 with registers', 112, 'dinov2_vit_d48_l2_p14_i42_reg4'),
  resnetEntry(RESNET50, 'ResNet50'),
  resnetEntry(RESNET50_TRUNK, 'ResNet50 without its classifier'),
  headEntry('dino-head-s', 'DINO or iBOT head on ViT-S', 384),
  headEntry('dino-head-b', 'DINO or iBOT head on ViT-B', 768),
  samPromptEntry('echoapex-sam-s', 'EchoApex-SAM-S, prompts and masks', 384, 14),
  samPromptEntry('echoapex-sam-b', 'EchoApex-SAM-B, prompts and masks', 768, 8),
  samEntry('sam-vit-b', 'SAM ViT-B'),
  samEntry('medsam-vit-b', 'MedSAM ViT-B'),
  {
    name: CLIP_TEXT_B.name,
    title: 'CLIP ViT-B text encoder',
    shapes: () => clipTextShapes(CLIP_TEXT_B),
    inputs: { ids: { shape: [1, 77], dtype: 'int32' }, ends: { shape: [1], dtype: 'int32' } },
    forward: (params, { ids, ends }) => ({ features: clipText(params, ids!, ends!, CLIP_TEXT_B) }),
    ignore: [/^vision_model\./, /^visual_projection\./, /^logit_scale$/, /position_ids$/],
    reference: 'torch-models/clip_text.py',
  },
  unetEntry(UNET_CAMUS_1, 'U-Net 1 of CAMUS'),
  unetEntry(UNET_CAMUS_2, 'U-Net 2 of CAMUS'),
  deeplabEntry(DEEPLABV3_ECHONET, 'DeepLabV3-ResNet50, EchoNet-Dynamic', 112),
  deeplabEntry(DEEPLABV3_TORCHVISION, 'DeepLabV3-ResNet50, torchvision', 112),
  deeplabEntry(DEEPLABV3_LANDMARKS, 'DeepLabV3-ResNet50, landmarks', 640),
  landmarkEntry(LANDMARK_DECODER_S, 'Landmark decoder on ViT-S', 256, 32),
  landmarkEntry(LANDMARK_DECODER_B, 'Landmark decoder on ViT-B', 266, 19),
  efEntry(384, 6, 'Ejection-fraction decoder on ViT-S'),
  efEntry(768, 12, 'Ejection-fraction decoder on ViT-B'),
  {
    name: R2PLUS1D_18_ECHONET.name,
    title: 'R(2+1)D-18, EchoNet-Dynamic',
    shapes: () => r2plus1dShapes(R2PLUS1D_18_ECHONET),
    inputs: { clips: { shape: [1, 3, 32, 112, 112] } },
    forward: (params, { clips }) => ({ ef: tf.reshape(r2plus1d(params, clips!, R2PLUS1D_18_ECHONET).output, [1]) }),
    ignore: [],
    reference: 'torch-models/r2plus1d.py',
  },
]);

/**
 * A model of the registry.
 *
 * @throws {ArgumentError} listing the names
 */
export function modelByName(name: string): ModelEntry {
  const entry = MODELS.find((model) => model.name === name);
  if (entry === undefined) {
    throw new ArgumentError(
      `modelByName: ${JSON.stringify(name)} is not a model; choose one of ${MODELS.map((model) => model.name).join(', ')}`,
    );
  }
  return entry;
}
