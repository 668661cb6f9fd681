import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { useEagerBackend } from '../../lib/engine/backend.js';
import { parameterCount, toTensors } from '../../lib/models/parameters.js';
import { CLIP_TEXT_B, clipText, clipTextShapes } from '../../lib/models/text/clip-text.js';
import { clipTokenizer, readClipTokenizer } from '../../lib/models/text/clip-tokenizer.js';
import { promptChoice, promptTable, promptTableParams } from '../../lib/models/text/prompt-table.js';
import { CLIP_TEXT } from '../fixtures/torch-models/expected.js';
import { sineParams } from '../fixtures/torch-models/fill.js';

beforeAll(() => useEagerBackend('cpu'));

describe('clipTokenizer', () => {
  const merges = ['#version: 0.2', 'l e', 'le f', 'lef t</w>', 'v e', 'n t', ''].join('\n');
  const tokenizer = clipTokenizer(merges, 'merges.txt');

  it('merges the lowest rank first and marks the end of words', () => {
    // 512 single letters, then merges: left = 514. "vent" has v e (515) and n t (516), no merge with the end mark: t</w> stays single.
    expect(tokenizer.vocabularySize).toBe(519);
    const { ids, end } = tokenizer.encode('  Left   LEFT ');
    expect([...ids.slice(0, 4)]).toEqual([517, 514, 514, 518]);
    expect(end).toBe(3);
    expect([...tokenizer.encode('vent').ids.slice(1, 4)]).toEqual([515, 110 - 33, 256 + 116 - 33]);
  });

  it('numbers single letters as CLIP does', () => {
    // openai/CLIP: "a" -> 320, "!" -> 256 (end of word)
    expect([...tokenizer.encode('a !').ids.slice(1, 3)]).toEqual([320, 256]);
  });

  it('spells what is not ASCII byte by byte', () => {
    expect(tokenizer.encode('é').end).toBe(3); // two bytes
  });

  it('reads plain and gzipped files, refuses others and long texts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'clip-'));
    writeFileSync(join(folder, 'merges.txt'), merges);
    writeFileSync(join(folder, 'merges.txt.gz'), gzipSync(merges));
    writeFileSync(join(folder, 'bad.txt'), 'not a list of merges\n');
    expect(readClipTokenizer(join(folder, 'merges.txt.gz')).encode('left')).toEqual(
      readClipTokenizer(join(folder, 'merges.txt')).encode('left'),
    );
    expect(() => readClipTokenizer(join(folder, 'bad.txt'))).toThrow(/must be two pieces/);
    expect(() => readClipTokenizer(join(folder, 'none.txt'))).toThrow(/cannot be read/);
    expect(() => tokenizer.encode('left '.repeat(76))).toThrow(/at most 75 tokens, got 76/);
    rmSync(folder, { recursive: true });
  });
});

describe('clipText', () => {
  it('equals the transformer of openai/CLIP', () => {
    // test/fixtures/torch-models/clip_text.py, torch 1.13.1
    const config = { name: 'small', vocabulary: 50, context: 7, width: 16, depth: 2, heads: 4, projection: 12 };
    const params = toTensors(sineParams(clipTextShapes(config)));
    const ids = tf.tensor2d(
      [
        [48, 3, 17, 49, 0, 0, 0],
        [48, 5, 6, 7, 8, 9, 49],
      ],
      [2, 7],
      'int32',
    );
    const features = clipText(params, ids, tf.tensor1d([3, 6], 'int32'), config).dataSync();
    for (const [i, x] of CLIP_TEXT.entries()) expect(features[i]).toBeCloseTo(x, 4);
  });

  it('counts the published parameters', () => {
    // openai/clip-vit-base-patch32: text model 63,165,952 and projection 262,144
    expect(parameterCount(clipTextShapes(CLIP_TEXT_B))).toBe(63_165_952 + 262_144);
  });
});

describe('promptTable', () => {
  it('looks texts up and names the ones it does not know', () => {
    const texts = ['left ventricle', 'left atrium'];
    const params = toTensors(promptTableParams(texts, 4, stream(1, 'table')));
    const choice = tf.tensor2d(promptChoice(texts, ['left atrium', 'left atrium']), [2, 2]);
    const rows = promptTable(params, choice).dataSync();
    expect([...rows.slice(0, 4)]).toEqual([...params['prompt_table.weight']!.dataSync().slice(4, 8)]);
    expect(() => promptChoice(texts, ['aorta'])).toThrow(/"aorta" is not in the table/);
  });
});
