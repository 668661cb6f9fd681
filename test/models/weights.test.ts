import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lib/core/hash.js';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { efDecoder, efDecoderConfig, efDecoderParams } from '../../lib/models/ef-decoder.js';
import { exportModel, importModel } from '../../lib/models/import-model.js';
import { toTensors } from '../../lib/models/parameters.js';
import { MODELS, modelByName } from '../../lib/models/registry.js';
import { RESNET50_TINY, resnetParams, resnetShapes } from '../../lib/models/resnet.js';
import { vit } from '../../lib/models/vit.js';
import { atImageSize, VIT_B14, VIT_S8, VIT_S8_TINY } from '../../lib/models/vit-config.js';
import { vitParams, vitShapes } from '../../lib/models/vit-params.js';
import { exportOnnxModel, exportSafetensors } from '../../lib/models/weights/export-weights.js';
import { formatKeyReport, importParams } from '../../lib/models/weights/import-weights.js';
import { inspectWeights } from '../../lib/models/weights/inspect-weights.js';
import { openWeights } from '../../lib/models/weights/open-weights.js';
import { compareHash, readWeightsManifests } from '../../lib/models/weights/weights-manifest.js';
import { fixtureArrays, fixtureTensor, largestDifference } from '../fixtures/reference/fixture.js';
import { sineInput } from '../fixtures/torch-models/fill.js';

const folder = mkdtempSync(join(tmpdir(), 'weights-'));
beforeAll(() => useEagerBackend('cpu'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string): string => new URL(`../fixtures/weights/${name}`, import.meta.url).pathname;
const reference = (name: string): string => new URL(`../fixtures/reference/${name}.pth`, import.meta.url).pathname;

/** Byte by byte; vitest's own comparison takes seconds on a million numbers. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bytes = (x: Float32Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return bytes(a).equals(bytes(b));
}

/** Every tensor of a file by key. */
function valuesOf(path: string): Record<string, { shape: readonly number[]; values: number[] }> {
  const file = openWeights(path);
  const all = Object.fromEntries(
    file.entries.map((entry) => [entry.key, { shape: entry.shape, values: [...entry.read()] }]),
  );
  file.close();
  return all;
}

describe('openWeights on PyTorch files', () => {
  // test/fixtures/weights/make.py, torch 1.13.1: a ramp is 0, 0.5, 1, …
  it('widens element types and follows views', () => {
    const { half, brain, double, long, flag, scalar, turned, part, tied, parameter, empty, tiny } = valuesOf(
      fixture('types.pth'),
    );
    for (const same of [half, brain, double]) expect(same!.values).toEqual([0, 0.5, 1]);
    expect(long!.values).toEqual([1, -2, 2 ** 40]);
    expect(flag!.values).toEqual([1, 0]);
    expect(scalar).toEqual({ shape: [], values: [3] });
    expect(turned!.shape).toEqual([6, 4]);
    expect(turned!.values.slice(0, 5)).toEqual([0, 3, 6, 9, 0.5]);
    expect(part).toEqual({ shape: [2, 3], values: [3, 4, 5, 6, 7, 8] });
    expect(tied!.values.slice(0, 3)).toEqual([0, 0.5, 1]);
    expect(parameter!.values).toEqual([0, 0.5]);
    expect(empty).toEqual({ shape: [0, 3], values: [] });
    expect(tiny!.values).toEqual([Math.fround(5.9604645e-8), -Infinity]);
  });

  it('lists numbers and text beside the tensors', () => {
    const { remarks, tensors, format, numbers } = inspectWeights(fixture('training.pth'));
    expect(format).toBe('pytorch');
    expect(remarks).toMatchObject({
      epoch: '7',
      loss: '0.25',
      done: 'true',
      name: 'run',
      'optimizer.param_groups.1.lr': '0.2',
    });
    expect(tensors.length).toBe(15);
    expect(numbers).toBe(2 * (3 * 9 + 12) + 3);
  });

  it.each([
    ['namespace.pth', /argparse\.Namespace, which is refused/],
    ['module.pth', /torch\.nn\.modules\.linear\.Linear, which is refused/],
    ['legacy.pth', /before 1\.6.*torch\.save\(torch\.load/],
  ])('refuses %s by name, with the remedy', (name, message) => {
    expect(() => openWeights(fixture(name))).toThrow(message);
  });
});

describe('importParams', () => {
  const block = { 'norm.weight': [3], 'mlp.weight': [2, 3] };
  const shapes = Object.fromEntries(
    [0, 1, 2].flatMap((i) => Object.entries(block).map(([key, shape]) => [`blocks.${i}.${key}`, shape])),
  );

  it('finds the teacher, its prefix and its chunks', () => {
    const { params, report } = importParams(fixture('training.pth'), shapes);
    expect(report.prefix).toBe('teacher.module.backbone.');
    expect(report.chunked).toBe(true);
    expect(report.matched.length).toBe(6);
    expect(report.outside).toContain('teacher.module.head.weight');
    expect([...params['blocks.2.norm.weight']!.data]).toEqual([2, 2.5, 3]); // the student's start at 102
    expect(formatKeyReport(report)).toContain('matched 6 keys under "teacher.module.backbone.", chunks flattened');
  });

  it('is strict unless told otherwise, and names the keys', () => {
    const more = { ...shapes, 'blocks.3.norm.weight': [3], 'blocks.0.mlp.weight': [3, 2] };
    expect(() => importParams(fixture('training.pth'), more, { model: 'vit-x' })).toThrow(
      /does not hold vit-x: keys missing 1 \(blocks\.3\.norm\.weight\); of another shape 1 \(blocks\.0\.mlp\.weight \[2, 3\] for \[3, 2\]\)/,
    );
    const fewer = { 'blocks.0.norm.weight': [3] };
    expect(() => importParams(fixture('training.pth'), fewer)).toThrow(/unexpected 5/);
    const { params, report } = importParams(fixture('training.pth'), more, { strict: false });
    expect(Object.keys(params).length).toBe(5);
    expect(report.mismatched).toEqual([{ key: 'blocks.0.mlp.weight', file: [2, 3], model: [3, 2] }]);
    expect(() => importParams(fixture('training.pth'), { other: [1] }, { strict: false })).toThrow(/holds no key/);
  });

  it('leaves batch counters out and says so', () => {
    const norm = { weight: [2], bias: [2], running_mean: [2], running_var: [2] };
    const { params, report } = importParams(fixture('batch_norm.pth'), norm);
    expect(Object.keys(params)).toEqual(Object.keys(norm));
    expect(report.ignored).toEqual(['num_batches_tracked']);
  });

  it('imports a ViT that then equals the authors', () => {
    const config = { ...VIT_S8, width: 48, depth: 2, heads: 3, imageSize: 32 };
    const { params } = importParams(reference('dino_vit_d48_l2_p8_i32'), vitShapes(config));
    const arrays = fixtureArrays('dino_vit_d48_l2_p8_i32');
    expect(largestDifference(vit(toTensors(params), fixtureTensor(arrays.x), config).cls, arrays.cls)).toBeLessThan(
      1e-5,
    );
  });

  it('resamples positions only when asked', () => {
    const config = { ...VIT_B14, width: 48, depth: 2, heads: 3 };
    const path = reference('dinov2_vit_d48_l2_p14_i42_reg0');
    expect(() => importParams(path, vitShapes(atImageSize(config, 70)))).toThrow(/resize the positions/);
    const { params, report } = importParams(path, vitShapes(atImageSize(config, 70)), { resizePositions: true });
    expect(report.reshaped).toEqual(['pos_embed']);
    const table = params.pos_embed!;
    expect(table.shape).toEqual([1, 26, 48]);
    const original = importParams(path, vitShapes(atImageSize(config, 42))).params.pos_embed!.data;
    expect(table.data.slice(0, 48)).toEqual(original.slice(0, 48)); // CLS
    // The centre of a 5 x 5 grid falls on the centre of the 3 x 3 grid.
    for (let c = 0; c < 48; c++) expect(table.data[(1 + 12) * 48 + c]).toBeCloseTo(original[(1 + 4) * 48 + c]!, 5);
  });
});

describe('safetensors', () => {
  it('writes what it reads, bit for bit, with metadata and PyTorch counters', () => {
    const path = join(folder, 'resnet.safetensors');
    const params = resnetParams(RESNET50_TINY, stream(1, 'resnet'));
    exportSafetensors(path, params, { config: JSON.stringify(RESNET50_TINY) });
    const { params: back, report, metadata } = importParams(path, resnetShapes(RESNET50_TINY));
    for (const [key, { data }] of Object.entries(params)) expect(sameBits(back[key]!.data, data)).toBe(true);
    expect(JSON.parse(metadata.config!)).toEqual(JSON.parse(JSON.stringify(RESNET50_TINY)));
    expect(report.ignored).toContain('bn1.num_batches_tracked');
  });

  it('follows the format: header length, JSON, then the numbers', () => {
    // huggingface/safetensors README: u64 header length, JSON with dtype, shape and data_offsets, bytes
    const path = join(folder, 'hand.safetensors');
    const header =
      '{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"h":{"dtype":"F16","shape":[],"data_offsets":[4,6]}}';
    const bytes = Buffer.alloc(8 + header.length + 6);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    for (const [i, half] of [0x3f80, 0xc000, 0x3c00].entries()) bytes.writeUInt16LE(half, 8 + header.length + 2 * i);
    writeFileSync(path, bytes);
    expect(valuesOf(path)).toEqual({ b: { shape: [2], values: [1, -2] }, h: { shape: [], values: [1] } });
  });
});

describe('exportOnnxModel', () => {
  it('gives a file that stock ONNX Runtime runs to the same numbers', async () => {
    const path = join(folder, 'vit.onnx');
    const params = vitParams(VIT_S8_TINY, stream(1, 'vit'));
    exportOnnxModel(path, (p, { images }) => ({ cls: vit(p, images!, VIT_S8_TINY).cls }), params, {
      images: { shape: [1, 3, 32, 32] },
    });
    const session = await ort.InferenceSession.create(path);
    const images = sineInput(3072);
    const outputs = await session.run({ images: new ort.Tensor('float32', images, [1, 3, 32, 32]) });
    const eager = vit(toTensors(params), tf.tensor4d(images, [1, 3, 32, 32]), VIT_S8_TINY).cls;
    expect(largestDifference(eager, { shape: [1, 64], data: outputs.cls!.data as Float32Array })).toBeLessThan(1e-5);
  });
});

describe('importModel and exportModel', () => {
  it('take a model of the registry there and back', () => {
    const path = join(folder, 'ef.safetensors');
    const params = efDecoderParams(efDecoderConfig(384, 6), stream(1, 'ef'));
    exportModel(path, 'ef-decoder-384', params);
    const { params: back, metadata } = importModel(path, 'ef-decoder-384');
    const key = 'blocks.1.attn.qkv.weight';
    expect(sameBits(back[key]!.data, params[key]!.data)).toBe(true);
    expect(metadata.model).toBe('ef-decoder-384');
    expect(() => importModel(path, 'vit-s8')).toThrow(/does not hold vit-s8: keys missing/);
    expect(() => exportModel(join(folder, 'ef.bin'), 'ef-decoder-384', params)).toThrow(/must end in/);
  });

  it('write ONNX with the shapes of the registry', async () => {
    const path = join(folder, 'ef.onnx');
    const params = efDecoderParams(efDecoderConfig(384, 6), stream(1, 'ef'));
    exportModel(path, 'ef-decoder-384', params);
    const session = await ort.InferenceSession.create(path);
    const embeddings = sineInput(8 * 384);
    const { ef } = await session.run({ embeddings: new ort.Tensor('float32', embeddings, [1, 8, 384]) });
    const eager = efDecoder(
      toTensors(params),
      tf.tensor(embeddings, [1, 8, 384]),
      efDecoderConfig(384, 6),
    ).dataSync()[0]!;
    expect((ef!.data as Float32Array)[0]).toBeCloseTo(eager, 3);
  });
});

describe('weights manifests', () => {
  it('are valid, name models of the registry, and say under which licence', () => {
    const manifests = readWeightsManifests();
    expect(manifests.length).toBeGreaterThanOrEqual(12);
    for (const manifest of manifests) expect(() => modelByName(manifest.model)).not.toThrow();
  });

  it('compares hashes and prefixes', () => {
    const [first] = readWeightsManifests();
    const hash = sha256('x');
    expect(compareHash({ ...first!, sha256: null, sha256Prefix: null }, hash)).toBe('unknown');
    expect(compareHash({ ...first!, sha256: null, sha256Prefix: hash.slice(0, 8) }, hash)).toBe('equal');
    expect(compareHash({ ...first!, sha256: '0'.repeat(64), sha256Prefix: null }, hash)).toBe('different');
  });

  it('are refused by field', () => {
    writeFileSync(
      join(folder, 'bad.json'),
      JSON.stringify({
        ...JSON.parse(readFileSync(new URL('../../data-manifests/weights/sam-vit-b.json', import.meta.url), 'utf8')),
        sha256: 'abc',
      }),
    );
    expect(() => readWeightsManifests(folder)).toThrow(/bad\.json is not a weights manifest.*sha256/s);
  });
});

describe('registry', () => {
  it('has a unique name a model and names them all when asked for another', () => {
    expect(new Set(MODELS.map((model) => model.name)).size).toBe(MODELS.length);
    expect(() => modelByName('vgg')).toThrow(/vit-s8, vit-b14/);
  });
});
