import { describe, expect, it } from 'vitest';
import { RESNET50_TRUNK } from '../../lib/models/resnet.js';
import { type DinoConfig, RESNET_DINO_RECIPE } from '../../lib/training/dino/dino-config.js';
import { PAPER_DINO2 } from '../../lib/training/dino2/dino2-config.js';
import { describeNeeds, pretrainingNeeds } from '../../lib/training/pretraining-needs.js';
import type { EncoderConfig } from '../../lib/training/self-distillation/encoder.js';
// @ts-expect-error a plain module, shared with the process that the resume test kills
import { TINY_DINO } from '../fixtures/pretrain/tiny-dino.mjs';

describe('pretrainingNeeds', () => {
  it('counts stage 2 of the paper', () => {
    const needs = pretrainingNeeds({ ...PAPER_DINO2, epochs: 2 }, { images: 20_000_000, imagesPerSecond: 1000 });
    // lib/models/README.md: ViT-B/14 86.58 M, a head on ViT-B 10.16 M, each with 65,536 fixed lengths
    expect(needs.parameters / 1e6).toBeCloseTo(86.58 + 2 * 10.16, 1);
    expect(needs.updates).toBe(2 * Math.floor(20_000_000 / 512));
    expect(needs.hours).toBeCloseTo((needs.updates * 512) / 1000 / 3600, 9);
    // student, teacher, two moments, sums, each 4 bytes a number
    expect(needs.state / needs.parameters).toBeCloseTo(20, 1);
    expect(needs.disk).toBe(4 * needs.state);
    expect(describeNeeds(needs)[0]).toContain('106.9 M parameters');
  });

  it('falls with the images of a run, not with the batch', () => {
    const at = (batchSize: number, accumulate: number): number =>
      pretrainingNeeds({ ...PAPER_DINO2, batchSize, accumulate, epochs: 1 }, { images: 1000 }).memory.activations;
    expect(at(64, 16)).toBe(at(8, 2));
    expect(at(64, 8) / at(64, 16)).toBeGreaterThan(1.9);
  });

  it('knows that SGD has one moment and that no sums are kept without accumulation', () => {
    const tiny = TINY_DINO as DinoConfig;
    const config: DinoConfig<EncoderConfig> = {
      ...tiny,
      ...RESNET_DINO_RECIPE,
      encoder: RESNET50_TRUNK,
      crops: { ...tiny.crops, ...RESNET_DINO_RECIPE.crops, channels: 3 },
    };
    const needs = pretrainingNeeds(config, { images: 24 });
    expect(needs.parameters / 1e6).toBeGreaterThan(23.5); // 23.51 M and the tiny head
    expect(needs.state / needs.parameters).toBeCloseTo(12, 1);
    expect(needs.hours).toBeUndefined();
  });
});
