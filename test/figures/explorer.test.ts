import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadImage } from '@napi-rs/canvas';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insidePolygon, nearestInDirection, nearestPoint } from '../../lib/figures/explorer-geometry.js';
import { type ExplorerInput, explorerPage, frameSprite } from '../../lib/figures/explorer-page.js';
import { closeBrowser, findChromium, openBrowser } from '../../lib/figures/figure.js';
import { ringFrame } from './gallery.js';

/** Nine frames on a 3 x 3 lattice; index = 3 * row + column, row 0 lowest. */
const lattice: ExplorerInput = {
  title: 'Lattice <of> nine',
  caption: 'Nine frames.',
  dataOrigin: 'phantom',
  frames: Array.from({ length: 9 }, (_value, index) => ({
    sample: `clip ${index}`,
    patient: `p${index % 3}`,
    attributes: { view: ['A4C', 'A2C', 'PLAX'][index % 3] as string, vendor: index < 6 ? 'V1' : 'V2' },
  })),
  maps: [
    {
      name: 'lattice',
      x: Array.from({ length: 9 }, (_value, index) => index % 3),
      y: Array.from({ length: 9 }, (_value, index) => Math.floor(index / 3)),
    },
  ],
  sprite: frameSprite(
    Array.from({ length: 9 }, (_value, index) => ringFrame(24, index)),
    { tile: 32 },
  ),
  neighbours: Array.from({ length: 9 }, (_value, index) => [(index + 1) % 9, (index + 2) % 9]),
};

describe('geometry', () => {
  it('knows inside from outside, also in a notch', () => {
    const arrow = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
    ] as const;
    expect(insidePolygon(1, 1, arrow)).toBe(true);
    expect(insidePolygon(2, 3, arrow)).toBe(false); // in the notch
    expect(insidePolygon(5, 1, arrow)).toBe(false);
  });

  it('finds the nearest shown point within reach', () => {
    const [xs, ys] = [
      [0, 3, 10],
      [0, 0, 0],
    ];
    expect(nearestPoint(2, 0, xs as number[], ys as number[], [true, true, true], 5)).toBe(1);
    expect(nearestPoint(2, 0, xs as number[], ys as number[], [true, false, true], 5)).toBe(0);
    expect(nearestPoint(6, 0, xs as number[], ys as number[], [true, true, true], 1)).toBe(-1);
  });

  it('follows an arrow to the next point along it', () => {
    const xs = [0, 1, 5, 0];
    const ys = [0, 0, 0, 1];
    const shown = [true, true, true, true];
    expect(nearestInDirection(0, 1, 0, xs, ys, shown)).toBe(1);
    expect(nearestInDirection(0, 0, 1, xs, ys, shown)).toBe(3);
    expect(nearestInDirection(0, -1, 0, xs, ys, shown)).toBe(-1);
  });
});

describe('frameSprite', () => {
  it('lays frames out in a square', async () => {
    const image = await loadImage(lattice.sprite.source);
    expect([image.width, image.height, lattice.sprite.columns]).toEqual([96, 96, 3]);
  });

  it('refuses nothing and pictures that no browser shows', () => {
    expect(() => frameSprite([])).toThrow(/0 frames/);
    expect(() => frameSprite([ringFrame(4, 0), ringFrame(4, 1)], { tile: 10_000 })).toThrow(/use a smaller tile/);
  });
});

describe('explorerPage', () => {
  const page = explorerPage(lattice);

  it('stands alone: loads nothing, says phantom, escapes its title', () => {
    expect(page).not.toMatch(/(?:src|href)="?https?:|import\s*\(|fetch\(/);
    expect(page).toContain('Phantom data');
    expect(page).toContain('<h1>Lattice &lt;of&gt; nine</h1>');
  });

  it('refuses maps and neighbours of the wrong length, and odd attributes', () => {
    expect(() => explorerPage({ ...lattice, maps: [{ name: 'm', x: [1], y: [1] }] })).toThrow(/m must have 9 points/);
    expect(() => explorerPage({ ...lattice, neighbours: [[1]] })).toThrow(/9 lists, got 1/);
    expect(() => explorerPage({ ...lattice, classes: { view: ['A4C'] } })).toThrow(/classes of view must hold/);
  });
});

describe.skipIf(findChromium() === null)('the explorer in Chromium (skipped where there is none)', () => {
  let folder: string;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'echolab-explorer-'));
    writeFileSync(join(folder, 'explorer.html'), explorerPage(lattice));
    const browser = await openBrowser();
    page = await (browser as NonNullable<typeof browser>).newPage({ viewport: { width: 1000, height: 800 } });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) errors.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, 'explorer.html')).href);
  }, 60_000);
  afterAll(async () => {
    await closeBrowser();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Screen place of a lattice point: the map is centred, its scale the smaller of both sides less 40 pixels over 2 units. */
  async function placeOf(column: number, row: number): Promise<readonly [number, number]> {
    const box = (await page.locator('#plot').boundingBox()) as { x: number; y: number; width: number; height: number };
    const unit = (Math.min(box.width, box.height) - 42) / 2; // 2 pixels of border
    return [box.x + box.width / 2 + (column - 1) * unit, box.y + box.height / 2 - (row - 1) * unit];
  }

  async function titlesIn(id: string): Promise<(string | null)[]> {
    const buttons = await page.locator(`${id} button`).all();
    return Promise.all(buttons.map((button) => button.getAttribute('title')));
  }

  it('shows the frame under the pointer with its patient and attributes', async () => {
    await page.mouse.move(...(await placeOf(2, 1)));
    const words = await page.locator('#frame').textContent();
    for (const part of ['PLAX', 'V1', 'p2', 'clip 5']) expect(words).toContain(part);
  });

  it('shows the neighbours of a clicked point, nearest first', async () => {
    await page.mouse.click(...(await placeOf(0, 0)));
    const titles = await titlesIn('#neighbours');
    expect(titles).toEqual(['clip 1, patient p1', 'clip 2, patient p2']);
  });

  it('moves and selects by keys alone', async () => {
    await page.locator('#plot').focus();
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('#frame').textContent()).toContain('clip 3');
    await page.keyboard.press('Space');
    expect(await page.locator('#count').textContent()).toBe('(1 of 9)');
    await page.keyboard.press('Escape');
    expect(await page.locator('#count').textContent()).toBe('');
  });

  it('selects with the lasso what lies inside and shows it as a contact sheet', async () => {
    await page.locator('#lasso').click();
    const [left, low] = await placeOf(-0.05, -0.05);
    const [right, high] = await placeOf(1.3, 0.5);
    await page.mouse.move(left, low);
    await page.mouse.down();
    for (const [x, y] of [
      [right, low],
      [right, high],
      [left, high],
    ] as const) {
      await page.mouse.move(x, y, { steps: 3 });
    }
    await page.mouse.up();
    expect(await page.locator('#count').textContent()).toBe('(2 of 9)');
    const titles = await titlesIn('#sheet');
    expect(titles).toEqual(['clip 0, patient p0', 'clip 1, patient p1']);
  });

  it('colours by another attribute and hides a class', async () => {
    await page.locator('#colour').selectOption('vendor');
    const names = await page.locator('#legend button').allTextContents();
    expect(names.map((name) => name.slice(1))).toEqual(['V1', 'V2']);
    await page.locator('#legend button').first().click();
    expect(await page.locator('#count').textContent()).toBe(''); // clips 0 and 1 are of V1
  });

  it('fits a phone and asked for nothing', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(errors).toEqual([]);
  });
});

if (findChromium() === null) console.log('explorer: no Chromium found; the page is not opened in a browser');
