import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, NumericalError, ShapeError } from '../../lib/core/errors.js';
import { stream } from '../../lib/core/random.js';
import {
  arrayOf,
  type CompiledStep,
  compileInference,
  compileStep,
  exportOnnx,
  type HostTensor,
  type RunInputs,
  type RunOutputs,
  type StepFunction,
  type StepOptions,
  scalarOf,
} from '../../lib/engine/compile.js';
import { expectFinite } from '../../lib/engine/finite.js';
import { gelu, layerNorm, linear } from '../../lib/engine/ops.js';
import { loadRuntime } from '../../lib/engine/session.js';
import { canSkipCopies } from '../../lib/engine/zero-copy.js';

const draw = stream(3, 'test/engine/step');
const normal = (...shape: number[]): HostTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.3 * draw.normal()),
});
const STATE = {
  'in.weight': normal(24, 6),
  'in.bias': normal(24),
  'norm.weight': normal(24),
  'norm.bias': normal(24),
  'out.weight': normal(3, 24),
};
const NAMES = Object.keys(STATE);

/** Gradient descent on a perceptron. */
const descend: StepFunction = (state, inputs) => {
  const loss = (...values: tf.Tensor[]): tf.Scalar => {
    const p = Object.fromEntries(NAMES.map((name, i) => [name, values[i]!]));
    const wide = linear(inputs.x!, p['in.weight']!, p['in.bias']!);
    const hidden = gelu(layerNorm(wide, p['norm.weight']!, p['norm.bias']!, 1e-6));
    return tf.mean(tf.square(tf.sub(linear(hidden, p['out.weight']!), inputs.y!)));
  };
  const { value, grads } = tf.valueAndGrads(loss)(NAMES.map((name) => state[name]!));
  const next = NAMES.map((name, i) => [name, tf.sub(state[name]!, tf.mul(grads[i]!, inputs.rate!))] as const);
  return { outputs: { loss: value, rows: tf.sum(inputs.x!, 1) }, state: Object.fromEntries(next) };
};
const OPTIONS: StepOptions = {
  state: STATE,
  inputs: { x: { shape: [32, 6] }, y: { shape: [32, 3] }, rate: { shape: [] } },
  device: 'cpu',
};
const batch = (i: number): RunInputs => {
  const random = stream(i, 'test/engine/step/batch');
  const numbers = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal());
  return { x: numbers(192), y: numbers(96), rate: 0.1 };
};

async function runSteps(step: CompiledStep, from: number, to: number): Promise<RunOutputs[]> {
  const outputs: RunOutputs[] = [];
  for (let i = from; i < to; i++) outputs.push(await step.run(batch(i)));
  return outputs;
}

describe('compileStep', () => {
  it('equals eager tfjs over ten steps', async () => {
    const compiled = await compileStep(descend, OPTIONS);
    const eager = await compileStep(descend, { ...OPTIONS, device: 'tfjs-cpu' });
    const got = await runSteps(compiled, 0, 10);
    const expected = await runSteps(eager, 0, 10);
    got.forEach((outputs, i) => {
      expect(scalarOf(outputs, 'loss')).toBeCloseTo(scalarOf(expected[i]!, 'loss'), 5);
    });
    const [a, b] = [await compiled.readState(), await eager.readState()];
    for (const name of NAMES) {
      expect(a[name]!.shape).toEqual(b[name]!.shape);
      const worst = Math.max(...a[name]!.data.map((value, i) => Math.abs(value - b[name]!.data[i]!)));
      expect(worst).toBeLessThan(1e-6);
    }
    expect(compiled.report.nodeCount).toBeGreaterThan(20);
    await compiled.dispose();
    await eager.dispose();
  });

  it('runs on wasm too', async () => {
    const wasm = await compileStep(descend, { ...OPTIONS, device: 'wasm' });
    const cpu = await compileStep(descend, OPTIONS);
    const [a] = await runSteps(wasm, 0, 1);
    const [b] = await runSteps(cpu, 0, 1);
    expect(scalarOf(a!, 'loss')).toBeCloseTo(scalarOf(b!, 'loss'), 5);
    await wasm.dispose();
    await cpu.dispose();
  });

  it('gives the same bits twice, with and without copies', async () => {
    const ends: Record<string, HostTensor>[] = [];
    for (const zeroCopy of [true, true, false]) {
      const step = await compileStep(descend, { ...OPTIONS, zeroCopy });
      await runSteps(step, 0, 6);
      ends.push(await step.readState());
      await step.dispose();
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  it('resumes bit for bit from a state that was read out', async () => {
    const whole = await compileStep(descend, OPTIONS);
    await runSteps(whole, 0, 3);
    const saved = await whole.readState();
    const rest = await runSteps(whole, 3, 7);
    const resumed = await compileStep(descend, OPTIONS);
    await resumed.writeState(saved);
    expect(await runSteps(resumed, 3, 7)).toEqual(rest);
    expect(await resumed.readState()).toEqual(await whole.readState());
    await whole.dispose();
    await resumed.dispose();
  });

  it('hands out copies, and leaves the initial values alone', async () => {
    const before = Float32Array.from(STATE['in.weight'].data);
    const step = await compileStep(descend, OPTIONS);
    const { 'in.weight': copy } = await step.readState(['in.weight']);
    copy!.data.fill(7);
    await runSteps(step, 0, 2);
    expect(STATE['in.weight'].data).toEqual(before);
    const { 'in.weight': now } = await step.readState(['in.weight']);
    expect(now!.data.every((value) => Math.abs(value) < 5)).toBe(true);
    await step.dispose();
  });

  it('bakes frozen tensors in', async () => {
    const { 'out.weight': out, ...state } = STATE;
    const step: StepFunction = (given, inputs) => {
      const { 'out.weight': _, ...next } = descend(given, inputs).state;
      return { outputs: descend(given, inputs).outputs, state: next };
    };
    const frozen = await compileStep(step, { ...OPTIONS, state, frozen: { 'out.weight': out } });
    const free = await compileStep(descend, OPTIONS);
    const [a, b] = [await runSteps(frozen, 0, 2), await runSteps(free, 0, 2)];
    expect(a[0]).toEqual(b[0]);
    expect(a[1]).not.toEqual(b[1]);
    await frozen.dispose();
    await free.dispose();
  });

  it('flushes denormals', async () => {
    const step = await compileInference((_params, { x }) => ({ y: tf.mul(x!, 1e-20) }), {
      params: {},
      inputs: { x: { shape: [2] } },
      device: 'cpu',
    });
    expect([...arrayOf(await step.run({ x: [1e-20, 1] }), 'y')]).toEqual([0, Math.fround(1e-20)]);
    await step.dispose();
  });

  it('proves that the installed onnxruntime-node skips copies', async () => {
    expect(await canSkipCopies()).toBe(true);
  });
});

describe('a step refuses', () => {
  const make = (change: Partial<StepOptions>, fn: StepFunction = descend): Promise<CompiledStep> =>
    compileStep(fn, { ...OPTIONS, ...change, name: 'fit' });

  it('a state without a next value', async () => {
    const drop: StepFunction = (state, inputs) => ({ ...descend(state, inputs), state: {} });
    await expect(make({}, drop)).rejects.toThrow(/fit: the step returned no next value of the state 'in.weight'/);
  });

  it('a next value that is not in the state', async () => {
    const grow: StepFunction = (state, inputs) => {
      const { outputs, state: next } = descend(state, inputs);
      return { outputs, state: { ...next, extra: inputs.x! } };
    };
    await expect(make({}, grow)).rejects.toThrow(/fit: the step returned 'extra'/);
  });

  it('a next value of another shape or type', async () => {
    const turn = (change: (x: tf.Tensor) => tf.Tensor): StepFunction => {
      return (state, inputs) => {
        const { outputs, state: next } = descend(state, inputs);
        return { outputs, state: { ...next, 'out.weight': change(next['out.weight']!) } };
      };
    };
    await expect(
      make(
        {},
        turn((x) => tf.transpose(x)),
      ),
    ).rejects.toThrow(ShapeError);
    await expect(
      make(
        {},
        turn((x) => tf.cast(x, 'int32')),
      ),
    ).rejects.toThrow(/is float32, its next value int32/);
  });

  it('wrong inputs', async () => {
    const step = await make({});
    await expect(step.run({})).rejects.toThrow(/fit: the input 'x' is missing/);
    await expect(step.run({ ...batch(0), z: 1 })).rejects.toThrow(/fit: unknown input 'z'/);
    await expect(step.run({ ...batch(0), x: [1, 2] })).rejects.toThrow(/'x' must have 192 numbers .* got 2/);
    await expect(step.run({ ...batch(0), x: new Int32Array(192) })).rejects.toThrow(/must come as Float32Array/);
    await step.dispose();
  });

  it('two runs at once, and goes on after an error', async () => {
    const step = await make({});
    const first = step.run(batch(0));
    await expect(step.run(batch(1))).rejects.toThrow(/a run is under way/);
    await first;
    await expect(step.run({})).rejects.toThrow(ArgumentError);
    await step.run(batch(1));
    await step.dispose();
  });

  it('unknown names and shapes when state is read or written', async () => {
    const step = await make({});
    await expect(step.readState(['nope'])).rejects.toThrow(/fit: no 'nope' in the state of 5 tensors/);
    await expect(step.writeState({ 'in.bias': normal(3) })).rejects.toThrow(/has shape \[24\], got \[3\]/);
    await step.dispose();
  });

  it('a state whose numbers do not fill its shape', async () => {
    const state = { ...STATE, 'in.bias': { shape: [24], data: new Float32Array(3) } };
    await expect(make({ state })).rejects.toThrow(/has shape \[24\] but 3 numbers/);
  });
});

describe('expectFinite', () => {
  it('names the step, the terms and the checkpoint', () => {
    expect(() => expectFinite({ loss: 1, rows: Float32Array.of(Number.NaN) }, { step: 1 })).not.toThrow();
    const stop = (): void =>
      expectFinite({ loss: Number.NaN, koleo: 0.5 }, { step: 12, lastCheckpoint: 'runs/a/step-10' });
    expect(stop).toThrow(NumericalError);
    expect(stop).toThrow(
      /step 12: loss must be finite, got loss NaN, koleo 0.5; last good checkpoint: runs\/a\/step-10/,
    );
  });
});

describe('exportOnnx', () => {
  it('writes a model that ONNX Runtime runs under plain names', async () => {
    const params = { 'head.weight': normal(3, 6), 'head.bias': normal(3) };
    const forward = (
      p: Record<string, tf.Tensor>,
      { image }: Record<string, tf.Tensor>,
    ): Record<string, tf.Tensor> => ({
      scores: tf.softmax(linear(image!, p['head.weight']!, p['head.bias'])),
    });
    const options = { params, inputs: { image: { shape: [2, 6] } } };
    const bytes = exportOnnx(forward as never, { ...options, metadata: { title: 'head' } });
    const { InferenceSession, Tensor } = await loadRuntime();
    const session = await InferenceSession.create(bytes);
    expect([session.inputNames, session.outputNames]).toEqual([['image'], ['scores']]);
    const image = normal(2, 6).data;
    const { scores } = await session.run({ image: new Tensor('float32', image, [2, 6]) });
    const inference = await compileInference(forward as never, { ...options, device: 'cpu' });
    expect(scores!.data).toEqual(arrayOf(await inference.run({ image }), 'scores'));
    expect(Buffer.from(bytes).includes('title')).toBe(true);
    await session.release();
    await inference.dispose();
  });
});
