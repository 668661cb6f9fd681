import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, ShapeError } from '../../../lib/core/errors.js';
import { encodeSegmenter, loadSegmenter, textEmbedding } from '../../../lib/experiments/segmentation/load-segmenter.js';
import { newSegmenter } from '../../../lib/experiments/segmentation/new-segmenter.js';
import { textTower } from '../../../lib/experiments/segmentation/text-tower.js';
import { encodeSafetensors } from '../../../lib/models/weights/safetensors.js';

const folder = mkdtempSync(join(tmpdir(), 'segmenter-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { config, params } = newSegmenter({
  name: 'EchoApex-SAM-S',
  start: 'random',
  size: 'small',
  slots: { points: 4, box: true, text: true },
  imageSize: 64,
  textWidth: 64,
  data: 'phantom',
  seed: 1,
});
const texts = ['left ventricle', 'left atrium'];
const embeddings = new Map(texts.map((text) => [text, Float32Array.from({ length: 64 }, (_, i) => i + text.length)]));

describe('loadSegmenter', () => {
  it('gives back what encodeSegmenter was given', () => {
    const path = join(folder, 'whole.safetensors');
    writeFileSync(path, encodeSegmenter({ config, params, embeddings }));
    const loaded = loadSegmenter(path);
    expect(loaded.config).toEqual(config);
    expect(loaded.texts).toEqual(texts);
    expect(Object.keys(loaded.params)).toEqual(Object.keys(params));
    for (const key of Object.keys(params)) expect(loaded.params[key]!.data).toEqual(params[key]!.data);
    expect(textEmbedding(loaded, 'left atrium')).toEqual(embeddings.get('left atrium'));
    expect(() => textEmbedding(loaded, 'spleen')).toThrow(ArgumentError);
  });

  it('refuses another safetensors file, and one that lacks a tensor', () => {
    const other = join(folder, 'other.safetensors');
    writeFileSync(other, encodeSafetensors(params));
    expect(() => loadSegmenter(other)).toThrow(FormatError);
    const { 'encoder.norm.bias': _left, ...rest } = params;
    const partial = join(folder, 'partial.safetensors');
    writeFileSync(partial, encodeSafetensors(rest, { config: JSON.stringify(config), texts: '[]' }));
    expect(() => loadSegmenter(partial)).toThrow(ShapeError);
  });

  it('has adapters where they were asked for, near zero', () => {
    const adapted = newSegmenter({
      name: 'EchoApex-SAM-AdaB',
      start: 'random',
      size: 'base',
      adapters: true,
      slots: { points: 0, box: true, text: false },
      imageSize: 64,
      textWidth: 0,
      data: 'phantom',
      seed: 1,
    });
    const up = Object.entries(adapted.params).filter(([key]) => /adapter2\.up\.weight/.test(key));
    expect(up).toHaveLength(3); // the last three blocks
    expect(Math.max(...up.flatMap(([, { data }]) => [...data].map(Math.abs)))).toBeLessThan(0.01);
  });
});

describe('textTower', () => {
  it('tells the structures apart, the same every time, and says that it is random', async () => {
    const tower = textTower('random');
    const [first, again] = [await tower.embed(texts), await tower.embed(texts)];
    expect(first).toEqual(again);
    expect(tower.source).toContain('random');
    const [a, b] = texts.map((text) => first.get(text)!);
    const cosine = a!.reduce((sum, value, i) => sum + value * b![i]!, 0) / tower.width;
    expect(cosine).toBeLessThan(0.9);
    expect(Math.hypot(...a!)).toBeCloseTo(8, 4); // the root of its width, 64
  });
});
