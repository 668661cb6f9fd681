import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { PHANTOM_ENCODERS } from '../../lib/experiments/encoders/phantom-encoder-config.js';
import { closeBrowser, findChromium, openBrowser } from '../../lib/figures/figure.js';
import { attributesOf } from '../../lib/interactive/attributes.js';
import { chosenEncoder } from '../../lib/interactive/chosen-encoder.js';
import { exploreFrames } from '../../lib/interactive/explore-frames.js';
import { framesToExplore } from '../../lib/interactive/frames-to-explore.js';
import { locateFrames } from '../../lib/interactive/locate-frames.js';
import { serveExplorer } from '../../lib/interactive/serve-explorer.js';
import { VIT_S8_MINI } from '../../lib/models/vit-config.js';
import { encodeSafetensors } from '../../lib/models/weights/safetensors.js';
import { fanInVitParams } from '../../lib/training/dino/initial-params.js';
import { temporaryFolder } from '../datasets/miniature.js';

const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
afterAll(() => folder.remove());

/** Twelve pictures in two folders: vertical stripes in one, horizontal ones in the other, and a file that is no picture. */
beforeAll(async () => {
  for (const [kind, down] of [
    ['across', false],
    ['down', true],
  ] as const) {
    mkdirSync(at('own', kind), { recursive: true });
    for (let n = 0; n < 6; n++) {
      const data = Buffer.alloc(48 * 48);
      for (let i = 0; i < data.length; i++) {
        const along = down ? Math.floor(i / 48) : i % 48;
        data[i] = 128 + 100 * Math.sin((along + n) / 3);
      }
      await sharp(data, { raw: { width: 48, height: 48, channels: 1 } })
        .png()
        .toFile(at('own', kind, `${n}.png`));
    }
  }
  writeFileSync(at('own', 'across', 'broken.png'), 'no picture');
  const rows = [0, 1, 2, 3, 4, 5].map((n) => `${join('across', `${n}.png`)},p${n % 2},${n < 3 ? 'old' : 'new'}`);
  writeFileSync(at('table.csv'), `path,patient,machine\n${rows.join('\n')}\n`);
});

describe('framesToExplore', () => {
  it('reads what can be read, lists the rest, and keeps only columns that tell frames apart', async () => {
    const { frames, unreadable } = await framesToExplore(locateFrames(at('own')), {
      most: 100,
      framesPerClip: 1,
      seed: 1,
      table: at('table.csv'),
    });
    expect(frames).toHaveLength(12);
    expect(unreadable.map(({ clip }) => clip)).toEqual([join('across', 'broken.png')]);
    expect(Object.keys(frames[0]!.attributes).sort()).toEqual(['folder', 'machine']); // format and set are the same for all
    const byName = new Map(frames.map((frame) => [frame.sample, frame]));
    expect(byName.get(join('across', '1.png'))).toMatchObject({
      patient: 'p1',
      attributes: { folder: 'across', machine: 'old' },
    });
    expect(byName.get(join('down', '1.png'))?.attributes).toEqual({ folder: 'down', machine: 'unknown' });
  });

  it('draws the same frames for a seed', async () => {
    const draw = async (seed: number): Promise<string[]> => {
      const groups = locateFrames(at('own', 'down'));
      const { frames } = await framesToExplore(groups, { most: 3, framesPerClip: 1, seed });
      return frames.map(({ sample }) => sample);
    };
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).toHaveLength(3);
    await expect(framesToExplore([], { most: 0, framesPerClip: 1, seed: 0 })).rejects.toThrow(/most must be/);
  });
});

describe('attributesOf', () => {
  it('puts numbers into the classes that people speak of', () => {
    expect(
      attributesOf({ view: 'A4C', split: null, ejectionFraction: 40, age: 17.9, extra: { probe: 'X5', view: 'no' } }),
    ).toEqual({ view: 'A4C', 'ejection fraction': '40 to 50 %', age: 'under 18', probe: 'X5' });
    expect(attributesOf({ ejectionFraction: 60, age: Number.NaN })).toEqual({ 'ejection fraction': '60 % and more' });
  });
});

describe('chosenEncoder', () => {
  it('tells a file by the shapes of its tensors', () => {
    const params = fanInVitParams(PHANTOM_ENCODERS.base, stream(1, 'test'));
    writeFileSync(at('base.safetensors'), encodeSafetensors(params, {}));
    const { config, imageSize, name } = chosenEncoder(at('base.safetensors'));
    expect([config.name, imageSize, name]).toEqual(['vit-b8-phantom', 64, 'vit-b8-phantom (base.safetensors)']);
    expect(chosenEncoder('random-small').config).toBe(PHANTOM_ENCODERS.small);
  });

  it('says what it knows where it knows nothing', () => {
    expect(() => chosenEncoder(at('none'))).toThrow(/give a file or one of echo-small/);
    writeFileSync(at('other.safetensors'), encodeSafetensors({ weight: { shape: [1], data: Float32Array.of(1) } }, {}));
    expect(() => chosenEncoder(at('other.safetensors'))).toThrow(/no Vision Transformer/);
    const mini = fanInVitParams({ ...VIT_S8_MINI, depth: 1 }, stream(1, 'mini'));
    writeFileSync(at('mini.safetensors'), encodeSafetensors(mini, {}));
    expect(() => chosenEncoder(at('mini.safetensors'))).toThrow(/embeds patches by \[192, 3, 8, 8\]; known are/);
  });
});

describe('exploreFrames', () => {
  it('lays frames out, alike ones as neighbours, and says so in the page', async () => {
    const { frames } = await framesToExplore(locateFrames(at('own')), { most: 100, framesPerClip: 1, seed: 0 });
    const page = await exploreFrames(frames, chosenEncoder('random-small'), {
      title: 'Own pictures',
      origin: 'real',
      maps: ['t-SNE', 'PCA'],
      perplexity: 50,
      seed: 0,
    });
    const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)!;
    const data = JSON.parse(json!) as {
      samples: string[];
      neighbours: number[][];
      maps: { name: string; x: number[] }[];
    };
    expect(data.maps.map(({ name, x }) => [name.split(',')[0], x.length])).toEqual([
      ['t-SNE', 12],
      ['PCA', 12],
    ]);
    const folderOf = (index: number): string => data.samples[index]!.split(/[\\/]/)[0]!;
    const alike = data.neighbours.map((near, index) => folderOf(near[0]!) === folderOf(index));
    expect(alike.filter(Boolean).length).toBeGreaterThanOrEqual(10); // even a random encoder sees which way stripes run
    await expect(
      exploreFrames(frames.slice(0, 3), chosenEncoder('random-small'), {
        title: '',
        origin: 'real',
        maps: ['PCA'],
        perplexity: 5,
        seed: 0,
      }),
    ).rejects.toThrow(/needs 8 to 100,000 frames, got 3/);
  });

  it.skipIf(findChromium() === null)('runs under its policy in Chromium (skipped where there is none)', async () => {
    const { frames } = await framesToExplore(locateFrames(at('own')), { most: 100, framesPerClip: 1, seed: 0 });
    const options = { title: '</script><b>', origin: 'real', maps: ['PCA'], perplexity: 5, seed: 0 } as const;
    const server = await serveExplorer(await exploreFrames(frames, chosenEncoder('random-small'), options));
    const errors: string[] = [];
    try {
      const browser = await openBrowser();
      const page: Page = await browser!.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('favicon')) errors.push(message.text());
      });
      await page.goto(server.url);
      await page.locator('#plot').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('#neighbours button').first().waitFor();
      expect(await page.locator('#frame').textContent()).toContain('.png');
      expect(await page.locator('h1').textContent()).toBe('</script><b>');
    } finally {
      await closeBrowser();
      await server.close();
    }
    expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
  });
});
