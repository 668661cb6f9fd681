import { describe, expect, it } from 'vitest';
import { HYPERTROPHY_CONFIGS } from '../../../lib/experiments/lv-hypertrophy/hypertrophy-config.js';
import { paperAdapters } from '../../../lib/models/adapter.js';
import { VIT_B14, VIT_S8 } from '../../../lib/models/vit-config.js';
import { printedCell } from '../../../lib/paper/paper-table.js';
import { TABLE_10 } from '../../../lib/paper/tables-measurements.js';

describe('the paper scale', () => {
  const { arms } = HYPERTROPHY_CONFIGS.paper;
  const printed = (row: string, column: string): number => Number(printedCell(TABLE_10, row, column));

  it.each([
    ['DeepLabV3', 'DeepLabV3'],
    ['EchoApex-S', 'ViT-S'],
    ['EchoApex-AdaB', 'ViT-B'],
  ])('has the settings of Table 10: %s', (name, row) => {
    const arm = arms.find((one) => one.name === name)!;
    expect(arm.recipe.learningRate).toBe(printed(row, 'Learning rate'));
    expect(arm.batchSize).toBe(printed(row, 'Batch size'));
    expect(arm.sigma).toBe(printed(row, 'Gaussian ball std'));
    if (arm.kind === 'encoder') {
      expect(arm.decoder.widths.length).toBe(printed(row, 'Decoder num upsampling blocks'));
      expect(paperAdapters(arm.size === 'small' ? VIT_S8 : VIT_B14).width).toBe(printed(row, 'Adapter hidden size'));
    } else {
      expect(arm.alpha).toBe(printed(row, 'Weighted MSE loss alpha'));
    }
  });

  it('has the sizes of A.4', () => {
    expect(Object.fromEntries(arms.map(({ name, imageSize }) => [name, imageSize]))).toMatchObject({
      DeepLabV3: 640,
      'EchoApex-S': 256,
      'EchoApex-B': 266,
    });
  });
});

describe('every scale', () => {
  it.each(Object.keys(HYPERTROPHY_CONFIGS))('trains both models of the primary test: %s', (scale) => {
    const names = HYPERTROPHY_CONFIGS[scale as 'mini'].arms.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['EchoApex-S', 'DeepLabV3']));
  });
});
