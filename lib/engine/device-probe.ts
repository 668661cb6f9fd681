import * as tf from '@tensorflow/tfjs';
import { messageOf } from '../core/errors.js';
import { stream } from '../core/random.js';
import { compileStep, type StepFunction, scalarOf } from './compile.js';
import type { Device, ProbeAnswer } from './devices.js';
import { gelu, layerNorm, linear } from './ops.js';

/** Child process of {@link runProbe}: three steps of a small perceptron on the device named in the arguments. */

const fit: StepFunction = (state, inputs) => {
  const names = Object.keys(state);
  const loss = (...values: tf.Tensor[]): tf.Scalar => {
    const p = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    const hidden = gelu(
      layerNorm(linear(inputs.x!, p['in.weight']!, p['in.bias']!), p['norm.weight']!, p['norm.bias']!, 1e-6),
    );
    return tf.mean(tf.square(tf.sub(linear(hidden, p['out.weight']!), inputs.y!)));
  };
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]!));
  const next = names.map((name, i) => [name, tf.sub(state[name]!, tf.mul(grads[i]!, 0.1))] as const);
  return { outputs: { loss: value }, state: Object.fromEntries(next) };
};

async function probe(device: Device): Promise<ProbeAnswer> {
  const draw = stream(1, 'engine/device-probe');
  const normal = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw.normal() * 0.1),
  });
  const step = await compileStep(fit, {
    state: {
      'in.weight': normal(64, 32),
      'in.bias': normal(64),
      'norm.weight': normal(64),
      'norm.bias': normal(64),
      'out.weight': normal(8, 64),
    },
    inputs: { x: { shape: [256, 32] }, y: { shape: [256, 8] } },
    device,
  });
  const x = normal(256, 32).data;
  const y = normal(256, 8).data;
  const loss: number[] = [];
  let milliseconds = 0;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    loss.push(scalarOf(await step.run({ x, y }), 'loss'));
    milliseconds = performance.now() - started;
  }
  await step.readState();
  await step.dispose();
  return { loss, milliseconds, detail: `a small step takes ${milliseconds.toFixed(1)} ms` };
}

probe(process.argv[2] as Device)
  .then((ok) => process.send?.({ ok }))
  .catch((error: unknown) => process.send?.({ error: messageOf(error) }))
  .finally(() => process.disconnect?.());
