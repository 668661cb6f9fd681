import { describe, expect, it } from 'vitest';
import { groupParameters, isExemptFromDecay, layerRateScale } from '../../../lib/training/optimizers/index.js';

describe('groupParameters', () => {
  const params = {
    'blocks.0.attn.qkv.weight': { shape: [12, 4] },
    'blocks.0.attn.qkv.bias': { shape: [12] },
    'norm.weight': { shape: [4] },
    'head.weight': { shape: [3, 4] },
    pos_embed: { shape: [1, 5, 4] },
  };

  it('puts every parameter into one group or keeps it frozen', () => {
    const { groups, frozen } = groupParameters(params, (name, shape) =>
      name === 'pos_embed'
        ? 'frozen'
        : { decayScale: isExemptFromDecay(name, shape) ? 0 : 1, ...(name.startsWith('head') && { gate: 'head' }) },
    );
    expect(frozen).toEqual(['pos_embed']);
    expect(groups.map(({ parameters, decayScale, gated }) => [parameters, decayScale, gated])).toEqual([
      [['blocks.0.attn.qkv.weight'], 1, false],
      [['blocks.0.attn.qkv.bias', 'norm.weight'], 0, false],
      [['head.weight'], 1, true],
    ]);
    expect(new Set(groups.map(({ name }) => name)).size).toBe(3);
  });

  it('refuses a negative scale', () => {
    expect(() => groupParameters(params, () => ({ rateScale: -1 }))).toThrow(/finite and >= 0/);
  });
});

describe('layerRateScale', () => {
  // Hand-solved from dinov2's rule with 12 blocks and a decay of 0.9.
  it.each([
    ['cls_token', 0.9 ** 13],
    ['backbone.patch_embed.proj.weight', 0.9 ** 13],
    ['pos_embed', 0.9 ** 13],
    ['blocks.0.norm1.weight', 0.9 ** 12],
    ['backbone.blocks.11.mlp.fc2.bias', 0.9],
    ['blocks.2.7.attn.qkv.weight', 0.9 ** 5],
    ['norm.weight', 1],
    ['head.weight', 1],
  ])('%s', (name, expected) => {
    expect(layerRateScale(name, 12, 0.9)).toBeCloseTo(expected, 12);
  });
});
