import { describe, expect, it } from 'vitest';
import { paramsUnder } from '../../../lib/models/parameters.js';
import { initialParams } from '../../../lib/training/dino/initial-params.js';
import type { Dino2Config } from '../../../lib/training/dino2/dino2-config.js';
import { continueStage1, dino2Params } from '../../../lib/training/dino2/dino2-params.js';
import { dino2Shapes } from '../../../lib/training/dino2/dino2-step.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO2 } from '../../fixtures/pretrain/tiny-dino2.mjs';

const config = TINY_DINO2 as Dino2Config;
/** Stage 1 with the encoder of DINOv1: no mask token, no LayerScale. */
const stage1 = {
  encoder: { ...config.encoder, maskToken: false, layerScale: null },
  initialisation: config.initialisation,
  head: config.head,
};

describe('dino2Params', () => {
  it('draws every parameter of the official names and shapes', () => {
    const params = dino2Params(config, 1);
    const shapes = Object.fromEntries(Object.entries(params).map(([key, { shape }]) => [key, shape]));
    expect(shapes).toEqual(dino2Shapes(config));
    expect(dino2Params(config, 1)).toEqual(params);
  });

  it('completes a DINOv1 backbone so that its function stays what it was', () => {
    const backbone = paramsUnder(initialParams(stage1, 2), 'backbone.');
    const params = dino2Params(config, 1, { backbone });
    expect(params['backbone.blocks.1.attn.qkv.weight']).toBe(backbone['blocks.1.attn.qkv.weight']);
    expect([...params['backbone.mask_token']!.data]).toEqual(new Array(16).fill(0));
    expect([...params['backbone.blocks.0.ls1.gamma']!.data]).toEqual(new Array(16).fill(1));
  });

  it('names what a backbone lacks or has of another shape', () => {
    const backbone = paramsUnder(initialParams(stage1, 2), 'backbone.');
    const { 'norm.bias': _, ...rest } = backbone;
    expect(() => dino2Params(config, 1, { backbone: rest })).toThrow('the backbone has no norm.bias');
    const other = { ...config, encoder: { ...config.encoder, imageSize: 16 } };
    expect(() => dino2Params(other, 1, { backbone })).toThrow('pos_embed must have shape [1, 5, 16], got [1, 17, 16]');
  });
});

describe('continueStage1', () => {
  it('takes backbone and head of each side, and gives both the same iBOT head', () => {
    const sides = { student: initialParams(stage1, 2), teacher: initialParams(stage1, 3) };
    const { student, teacher } = continueStage1(config, 1, sides);
    expect(student['dino_head.mlp.0.weight']).toBe(sides.student['head.mlp.0.weight']);
    expect(teacher['backbone.pos_embed']).toBe(sides.teacher['backbone.pos_embed']);
    expect(teacher['ibot_head.mlp.0.weight']).toEqual(student['ibot_head.mlp.0.weight']);
    expect(teacher['dino_head.mlp.0.weight']).not.toEqual(student['dino_head.mlp.0.weight']);
  });
});
