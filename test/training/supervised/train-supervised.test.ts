import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { silentProgress } from '../../../lib/core/progress.js';
import { stream } from '../../../lib/core/random.js';
import type { HostTensor } from '../../../lib/engine/compile.js';
import { linear } from '../../../lib/engine/ops.js';
import type { SupervisedConfig } from '../../../lib/training/supervised/supervised-config.js';
import type { SupervisedModel } from '../../../lib/training/supervised/supervised-step.js';
import {
  type BatchPlace,
  type SupervisedOptions,
  trainSupervised,
} from '../../../lib/training/supervised/train-supervised.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'echolab-test-'));
  folders.push(made);
  return made;
}

const BATCH = 16;
const TRUE_WEIGHT = [2, -1, 0.5];

/** y = x . TRUE_WEIGHT + 3 */
function batch({ epoch, batch: index }: BatchPlace): { x: Float32Array; y: Float32Array } {
  const random = stream(7, `batch/${epoch}/${index}`);
  const x = Float32Array.from({ length: BATCH * 3 }, () => random.normal());
  const y = Float32Array.from({ length: BATCH }, (_, row) =>
    TRUE_WEIGHT.reduce((sum, weight, i) => sum + weight * x[row * 3 + i]!, 3),
  );
  return { x, y };
}

function model(rule: SupervisedModel['rule'] = () => ({})): SupervisedModel {
  return {
    name: 'line',
    params: {
      'head.weight': { shape: [1, 3], data: new Float32Array(3) },
      'head.bias': { shape: [1], data: new Float32Array(1) },
    },
    rule,
    inputs: { x: { shape: [BATCH, 3] }, y: { shape: [BATCH] } },
    loss(params, inputs) {
      const output = tf.reshape(linear(inputs.x!, params['head.weight']!, params['head.bias']!), [BATCH]);
      return { loss: tf.losses.meanSquaredError(inputs.y!, output) as tf.Scalar };
    },
  };
}

const CONFIG: SupervisedConfig = {
  epochs: 8,
  optimizer: 'adamw',
  learningRate: 0.2,
  weightDecay: 0,
  schedule: 'linear',
};

/** Squared distance from the true line. */
function distance(params: Record<string, HostTensor>): Promise<number> {
  const weight = params['head.weight']!.data;
  const square = TRUE_WEIGHT.reduce((sum, value, i) => sum + (value - weight[i]!) ** 2, 0);
  return Promise.resolve(square + (3 - params['head.bias']!.data[0]!) ** 2);
}

function options(over: Partial<SupervisedOptions> = {}): SupervisedOptions {
  return {
    stepsPerEpoch: 10,
    batch,
    validate: distance,
    folder: folder(),
    progress: silentProgress('line', 80, 'steps'),
    say: () => {},
    ...over,
  };
}

describe('trainSupervised', () => {
  it('finds the line that made the data', async () => {
    const { params, rows, bestValidationLoss, trainedShare } = await trainSupervised(model(), CONFIG, options());
    expect(Array.from(params['head.weight']!.data)).toEqual(TRUE_WEIGHT.map((value) => expect.closeTo(value, 1)));
    expect(params['head.bias']!.data[0]).toBeCloseTo(3, 1);
    expect(rows).toHaveLength(8);
    expect(bestValidationLoss).toBe(Math.min(...rows.map(({ validationLoss }) => validationLoss)));
    expect(trainedShare).toBe(1);
  });

  it('leaves frozen parameters as they are and says the share of the others', async () => {
    const frozen = model((key) => (key === 'head.bias' ? 'frozen' : {}));
    const { params, trainedShare } = await trainSupervised(frozen, CONFIG, options());
    expect(params['head.bias']!.data[0]).toBe(0);
    expect(params['head.weight']!.data[0]).not.toBe(0);
    expect(trainedShare).toBe(3 / 4);
  });

  it('keeps the epoch with the lowest validation loss, not the last', async () => {
    const losses = [5, 1, 3, 2];
    const seen: number[] = [];
    const { params, bestEpoch } = await trainSupervised(
      model(),
      { ...CONFIG, epochs: 4 },
      options({
        validate: async (now, epoch) => {
          seen.push(now['head.bias']!.data[0]!);
          return losses[epoch - 1]!;
        },
      }),
    );
    expect(bestEpoch).toBe(2);
    expect(params['head.bias']!.data[0]).toBe(seen[1]);
  });

  it('ends when the validation loss has not improved for as many epochs as it is patient', async () => {
    const { rows } = await trainSupervised(
      model(),
      { ...CONFIG, patience: 2 },
      options({ validate: (_, epoch) => Promise.resolve(epoch) }),
    );
    expect(rows).toHaveLength(3);
  });

  it('goes on after an interruption to the same bits, for AdamW and SGD', async () => {
    for (const optimizer of ['adamw', 'sgd'] as const) {
      const config = { ...CONFIG, optimizer, learningRate: 0.05 };
      const whole = await trainSupervised(model(), config, options());
      const place = folder();
      const stop = options({
        folder: place,
        batch: (at) => {
          if (at.epoch === 5 && at.batch === 3) throw new Error('interrupted');
          return batch(at);
        },
      });
      await expect(trainSupervised(model(), config, stop)).rejects.toThrow('interrupted');
      const resumed = await trainSupervised(model(), config, options({ folder: place }));
      expect(resumed.resumedFrom).toBe(5);
      expect(resumed.params).toEqual(whole.params);
      expect(resumed.rows).toEqual(whole.rows);
    }
  });

  it('names the step and the way out when the loss is not finite', async () => {
    const bad = options({
      batch: () => ({ x: new Float32Array(BATCH * 3).fill(Number.NaN), y: new Float32Array(BATCH) }),
    });
    await expect(trainSupervised(model(), CONFIG, bad)).rejects.toThrow(
      /line: the loss is NaN at step 1 .*lower the learning rate/,
    );
    expect(readdirSync(bad.folder).some((file) => file.endsWith('.safetensors'))).toBe(false);
  });

  it('refuses a model of which nothing is trained', async () => {
    await expect(
      trainSupervised(
        model(() => 'frozen'),
        CONFIG,
        options(),
      ),
    ).rejects.toThrow('no parameter is trained');
  });
});
