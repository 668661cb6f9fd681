import * as tf from '@tensorflow/tfjs';
import { messageOf } from '../core/errors.js';
import { type RandomStream, stream } from '../core/random.js';
import { type VitSize, vitParams, vitScores } from './bench/vit.js';
import { compileStep, type HostTensor, type StepFunction, scalarOf, type TensorMap } from './compile.js';
import type { Device, ProbeAnswer, ProbeSize } from './devices.js';
import { gelu, layerNorm, linear } from './ops.js';

/** Child process of {@link runProbe}: three steps of gradient descent on the device named in the arguments. */

interface Probe {
  readonly params: Readonly<Record<string, HostTensor>>;
  /** Inputs of every step. */
  readonly batch: Readonly<Record<string, HostTensor>>;
  readonly loss: (params: TensorMap, batch: TensorMap) => tf.Scalar;
}

const meanSquare = (got: tf.Tensor, wanted: tf.Tensor): tf.Scalar => tf.mean(tf.square(tf.sub(got, wanted)));

function normal(draw: RandomStream, ...shape: number[]): HostTensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => draw.normal() * 0.1) };
}

/** A perceptron that every device finishes at once. */
function perceptron(draw: RandomStream): Probe {
  return {
    params: {
      'in.weight': normal(draw, 64, 32),
      'in.bias': normal(draw, 64),
      'norm.weight': normal(draw, 64),
      'norm.bias': normal(draw, 64),
      'out.weight': normal(draw, 8, 64),
    },
    batch: { x: normal(draw, 256, 32), y: normal(draw, 256, 8) },
    loss: (p, { x, y }) => {
      const wide = linear(x!, p['in.weight']!, p['in.bias']!);
      const hidden = gelu(layerNorm(wide, p['norm.weight']!, p['norm.bias']!, 1e-6));
      return meanSquare(linear(hidden, p['out.weight']!), y!);
    },
  };
}

const VIT: VitSize = { image: 32, channels: 1, patch: 8, width: 64, depth: 2, heads: 2, classes: 8 };

/** A small transformer: enough work to compare devices, little enough for plain JavaScript. */
function transformer(draw: RandomStream): Probe {
  return {
    params: vitParams(VIT),
    batch: { x: normal(draw, 8, 1, 32, 32), y: normal(draw, 8, 8) },
    loss: (p, { x, y }) => meanSquare(vitScores(VIT, p, x!), y!),
  };
}

const PROBES: Readonly<Record<ProbeSize, (draw: RandomStream) => Probe>> = { perceptron, transformer };

async function probe(device: Device, size: ProbeSize): Promise<ProbeAnswer> {
  const { params, batch, loss } = PROBES[size](stream(1, 'engine/device-probe'));
  const names = Object.keys(params);
  const descend: StepFunction = (state, inputs) => {
    const objective = (...values: tf.Tensor[]): tf.Scalar =>
      loss(Object.fromEntries(names.map((name, i) => [name, values[i]!])), inputs);
    const { value, grads } = tf.valueAndGrads(objective)(names.map((name) => state[name]!));
    const next = names.map((name, i) => [name, tf.sub(state[name]!, tf.mul(grads[i]!, 0.1))] as const);
    return { outputs: { loss: value }, state: Object.fromEntries(next) };
  };
  const step = await compileStep(descend, { state: params, inputs: batch, device });
  const inputs = Object.fromEntries(Object.entries(batch).map(([name, { data }]) => [name, data]));
  const losses: number[] = [];
  let milliseconds = 0;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    losses.push(scalarOf(await step.run(inputs), 'loss'));
    milliseconds = performance.now() - started;
  }
  await step.readState();
  await step.dispose();
  return { loss: losses, milliseconds, detail: `a small step takes ${milliseconds.toFixed(1)} ms` };
}

const [device, size] = process.argv.slice(2) as [Device, ProbeSize];
probe(device, size)
  .then((ok) => process.send?.({ ok }))
  .catch((error: unknown) => process.send?.({ error: messageOf(error) }))
  .finally(() => process.disconnect?.());
