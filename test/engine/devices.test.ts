import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../lib/core/errors.js';
import { compareDevices, isEager, probeDevice, resolveDevice, runProbe } from '../../lib/engine/devices.js';

/** Chromium brings a Vulkan driver that computes on the CPU: enough to prove WebGPU right without a card. */
const SOFTWARE_VULKAN = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('resolveDevice', () => {
  const before = process.env.ECHOLAB_DEVICE;
  afterEach(() => {
    if (before === undefined) delete process.env.ECHOLAB_DEVICE;
    else process.env.ECHOLAB_DEVICE = before;
  });

  it('takes the argument before the environment', async () => {
    process.env.ECHOLAB_DEVICE = 'wasm';
    expect(await resolveDevice('cpu')).toBe('cpu');
    expect(await resolveDevice()).toBe('wasm');
  });

  it('finds cpu or cuda by itself', async () => {
    delete process.env.ECHOLAB_DEVICE;
    expect(['cpu', 'cuda']).toContain(await resolveDevice());
    expect(['cpu', 'cuda']).toContain(await resolveDevice('auto'));
  });

  it('refuses other names', async () => {
    process.env.ECHOLAB_DEVICE = 'tpu';
    await expect(resolveDevice()).rejects.toThrow(ArgumentError);
    await expect(resolveDevice()).rejects.toThrow(/must be auto, cpu, webgpu, .*; got 'tpu'/);
  });

  it('knows which devices run op by op', () => {
    expect((['cpu', 'webgpu', 'cuda', 'wasm', 'tfjs-node-gpu', 'tfjs-cpu'] as const).map(isEager)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('probing', () => {
  it('trains on every working device as on the CPU', { timeout: 240_000 }, async () => {
    const comparisons = await compareDevices();
    expect(comparisons.map(({ name }) => name)).toEqual(expect.arrayContaining(['cpu', 'wasm', 'tfjs-cpu']));
    for (const { name, deviation, agrees, milliseconds } of comparisons) {
      expect(deviation, name).toBeLessThan(1e-5);
      expect(agrees).toBe(true);
      expect(milliseconds, name).toBeGreaterThan(0);
    }
  });

  it.each(['cuda', 'tfjs-node-gpu'] as const)('says how to get %s where it does not work', async (device) => {
    const finding = await probeDevice(device);
    expect(finding.detail).not.toBe('');
    if (finding.state !== 'ok') expect(finding.remedy).not.toBe('');
  });

  it.runIf(existsSync(SOFTWARE_VULKAN))(
    'trains on WebGPU as on the CPU, with a software driver',
    async () => {
      const { VK_ICD_FILENAMES, LD_LIBRARY_PATH } = process.env;
      Object.assign(process.env, { VK_ICD_FILENAMES: SOFTWARE_VULKAN, LD_LIBRARY_PATH: '/usr/lib/chromium' });
      try {
        const [expected, got] = [await runProbe('cpu', 'perceptron', 120), await runProbe('webgpu', 'perceptron', 120)];
        got.loss.forEach((value, i) => {
          expect(value).toBeCloseTo(expected.loss[i]!, 6);
        });
      } finally {
        for (const [name, value] of Object.entries({ VK_ICD_FILENAMES, LD_LIBRARY_PATH })) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      }
    },
    240_000,
  );
});
