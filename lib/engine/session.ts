import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from './devices.js';
import { encodeModel, valueInfo } from './onnx.js';
import { defaultThreads } from './threads.js';
import type { TensorData, TensorType } from './typed-array.js';

/** Where and how compiled code runs. */
export interface SessionOptions {
  /** Default: `$ECHOLAB_DEVICE`, else `auto`; see {@link resolveDevice}. */
  readonly device?: Device | 'auto';
  /** Threads inside one operation on the CPU; default: see {@link defaultThreads}. */
  readonly threads?: number;
}

type Runtime = typeof import('onnxruntime-node');

let runtime: Promise<Runtime> | undefined;

/** ONNX Runtime, loaded on first use. */
export function loadRuntime(): Promise<Runtime> {
  runtime ??= start();
  return runtime;
}

const FLUSH_DENORMALS = { extra: { session: { set_denormal_as_zero: '1' } } };

async function start(): Promise<Runtime> {
  const module = await import('onnxruntime-node');
  const loaded = 'default' in module ? (module.default as Runtime) : module;
  // Whether the calling thread flushes denormals is settled by the first session of the process.
  const node = { name: 'same', op_type: 'Identity', domain: '', input: ['x'], output: ['y'], attribute: [] };
  const [x, y] = ['x', 'y'].map((name) => valueInfo(name, 'float32', [1])) as [object, object];
  const bytes = encodeModel({ name: 'first', node: [node], initializer: [], input: [x], output: [y] });
  const first = await loaded.InferenceSession.create(bytes, { intraOpNumThreads: 1, ...FLUSH_DENORMALS });
  await first.release();
  return loaded;
}

/**
 * Starts a session: whole-graph optimisation, one operation at a time, denormals flushed to zero.
 *
 * @param onDevice outputs that stay on a WebGPU device
 */
export async function createSession(
  bytes: Uint8Array,
  device: Device,
  options: SessionOptions,
  onDevice: readonly string[] = [],
): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  const locations = Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer' as const]));
  return InferenceSession.create(bytes, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: options.threads ?? defaultThreads(),
    interOpNumThreads: 1,
    // A plan for all buffers at once never frees any: without it a ViT-S/8 step peaks at 1.4 GiB instead of 2.0.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(onDevice.length > 0 && { preferredOutputLocation: locations }),
    ...FLUSH_DENORMALS,
  });
}

/** A tensor of the runtime over the given numbers, without a copy. */
export async function runtimeTensor(dtype: TensorType, data: TensorData, shape: readonly number[]): Promise<Tensor> {
  const { Tensor } = await loadRuntime();
  return new Tensor(dtype, data as never, [...shape]);
}
