import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, EnvironmentError, messageOf } from '../core/errors.js';
import { workerUrl } from '../core/workers.js';

/**
 * Where compiled code runs. `cpu`, `webgpu` and `cuda` run the graph in ONNX Runtime. `wasm`, `tfjs-node-gpu` and
 * `tfjs-cpu` run the same function eagerly, op by op: slow, for debugging and comparison.
 */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'wasm' | 'tfjs-node-gpu' | 'tfjs-cpu';

const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'cuda', 'wasm', 'tfjs-node-gpu', 'tfjs-cpu'];

/** What is known about one device of this machine. */
export interface DeviceFinding {
  readonly name: Device;
  /** `missing`: a package or driver is not there. `broken`: it is there and does not work. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly detail: string;
  readonly enables: string;
  /** How to get it; empty when it is there. */
  readonly remedy: string;
}

const ENABLES: Readonly<Record<Device, string>> = {
  cpu: 'everything, compiled, on all cores',
  webgpu: 'compiled steps on any GPU with a Vulkan, Metal or Direct3D 12 driver',
  cuda: 'compiled steps on NVIDIA cards',
  wasm: 'eager TensorFlow.js on one thread, for debugging',
  'tfjs-node-gpu': 'eager TensorFlow on NVIDIA cards, for comparison',
  'tfjs-cpu': 'eager TensorFlow.js in plain JavaScript, the oracle of tests',
};

const REMEDIES: Readonly<Partial<Record<Device, string>>> = {
  webgpu: "install the card's Vulkan driver and loader (Debian: apt install libvulkan1 mesa-vulkan-drivers)",
  cuda: 'Linux x64: install CUDA 12 and cuDNN 9, then npm rebuild onnxruntime-node --ignore-scripts=false (downloads the provider)',
  'tfjs-node-gpu':
    'install CUDA 11.2, then npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false (downloads libtensorflow)',
};

/** True for devices that run the function op by op instead of a compiled graph. */
export function isEager(device: Device): device is 'wasm' | 'tfjs-node-gpu' | 'tfjs-cpu' {
  return device === 'wasm' || device === 'tfjs-node-gpu' || device === 'tfjs-cpu';
}

let automatic: Promise<Device> | undefined;

/**
 * The device to use: the one given, else `$ECHOLAB_DEVICE`, else `auto`.
 *
 * `auto` takes `cuda` if its provider is installed and works, else `cpu`. `webgpu` is used on request only: many
 * machines have a small GPU that is slower than their cores.
 *
 * @throws {ArgumentError} if the name is not a device
 */
export async function resolveDevice(request: Device | 'auto' | undefined = undefined): Promise<Device> {
  const name = request ?? process.env.ECHOLAB_DEVICE ?? 'auto';
  if (name === 'auto') {
    automatic ??= cudaProviderExists()
      ? probeDevice('cuda').then(({ state }) => (state === 'ok' ? 'cuda' : 'cpu'))
      : Promise.resolve('cpu');
    return automatic;
  }
  const device = DEVICES.find((known) => known === name);
  if (device) return device;
  throw new ArgumentError(`resolveDevice: ECHOLAB_DEVICE must be auto, ${DEVICES.join(', ')}; got '${name}'`);
}

/** Tries every device of this machine with a small step, each in a process of its own. */
export async function probeDevices(): Promise<DeviceFinding[]> {
  const findings: DeviceFinding[] = [];
  for (const device of DEVICES) findings.push(await probeDevice(device));
  return findings;
}

/** What a device is tried with: a perceptron that takes an instant anywhere, or a small ViT (2 blocks, width 64, batch 8). */
export type ProbeSize = 'perceptron' | 'transformer';

/** What a device answered to three small steps. */
export interface ProbeAnswer {
  /** Of each step. */
  readonly loss: readonly number[];
  /** The third step, ms. */
  readonly milliseconds: number;
  readonly detail: string;
}

/**
 * Tries one device. A driver that crashes takes only the child process with it.
 */
export async function probeDevice(device: Device): Promise<DeviceFinding> {
  const absent = missing(device);
  const remedy = REMEDIES[device] ?? '';
  if (absent) return { name: device, state: 'missing', detail: absent, enables: ENABLES[device], remedy };
  try {
    const { detail } = await runProbe(device, 'perceptron');
    return { name: device, state: 'ok', detail, enables: ENABLES[device], remedy: '' };
  } catch (error) {
    const detail = messageOf(error);
    const state = /No supported adapters|libvulkan|cannot open shared object/.test(detail) ? 'missing' : 'broken';
    return {
      name: device,
      state,
      detail: detail.split('\n')[0]!.replace(/^.* was false\. /, ''),
      enables: ENABLES[device],
      remedy,
    };
  }
}

/** A device that answered, how fast it is, and how far its losses are from the CPU's. */
export interface DeviceComparison {
  readonly name: Device;
  /** One training step of a small ViT, ms. */
  readonly milliseconds: number;
  /** Largest |loss - loss on the CPU| / |loss on the CPU| of three steps. */
  readonly deviation: number;
  /** True if the deviation is at most {@link AGREEMENT}. */
  readonly agrees: boolean;
}

/** Losses of three float32 steps on two devices that compute the same differ by less. */
export const AGREEMENT = 1e-5;

/** Runs three training steps of a small ViT on each device and compares them with the CPU's; leaves out devices that do not work. */
export async function compareDevices(): Promise<DeviceComparison[]> {
  const size = 'transformer';
  const reference = await runProbe('cpu', size, 180);
  const comparisons: DeviceComparison[] = [];
  for (const name of DEVICES) {
    if (missing(name)) continue;
    const answer = name === 'cpu' ? reference : await runProbe(name, size, 180).catch(() => undefined);
    if (!answer) continue; // probeDevices says why
    const deviation = Math.max(...answer.loss.map((value, i) => Math.abs(value / reference.loss[i]! - 1)));
    comparisons.push({ name, milliseconds: answer.milliseconds, deviation, agrees: deviation <= AGREEMENT });
  }
  return comparisons;
}

/**
 * Runs three training steps on a device in a child process.
 *
 * @throws {EnvironmentError} with what the device said
 */
export function runProbe(device: Device, size: ProbeSize, seconds = 60): Promise<ProbeAnswer> {
  const module = fileURLToPath(workerUrl(import.meta.url, './device-probe.js'));
  return new Promise((resolve, reject) => {
    const child = fork(module, [device, size], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      timeout: seconds * 1000,
    });
    let noise = '';
    let answer: { readonly ok?: ProbeAnswer; readonly error?: string } = {};
    child.stderr?.on('data', (chunk: Buffer) => {
      noise += chunk.toString();
    });
    child.stdout?.resume();
    child.on('message', (message) => {
      answer = message as typeof answer;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (answer.ok) resolve(answer.ok);
      else
        reject(
          new EnvironmentError(
            answer.error ?? `ended with ${signal ?? code}: ${noise.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });
}

function missing(device: Device): string | undefined {
  if (device === 'cuda' && !cudaProviderExists()) return "onnxruntime-node's CUDA provider is not downloaded";
  if (device === 'tfjs-node-gpu' && !packageFolder('@tensorflow/tfjs-node-gpu'))
    return '@tensorflow/tfjs-node-gpu is not installed';
  return undefined;
}

function cudaProviderExists(): boolean {
  const folder = packageFolder('onnxruntime-node');
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return folder !== undefined && existsSync(join(folder, 'bin', 'napi-v6', process.platform, process.arch, file));
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
