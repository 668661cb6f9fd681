import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeBrowser,
  figureHtml,
  findChromium,
  openBrowser,
  renderSvg,
  writeFigure,
} from '../../lib/figures/figure.js';
import { knnCurve } from '../../lib/figures/knn-curve.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-figures-'));
});
afterAll(async () => {
  await closeBrowser();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const figure = (): ReturnType<typeof knnCurve> =>
  knnCurve({
    name: 'knn',
    title: 'A </script> & "title"',
    dataOrigin: 'phantom',
    unit: 'step',
    k: 20,
    segments: [{ name: 'run', at: [0, 1], accuracy: [0.2, 0.5] }],
  });

describe('writeFigure', () => {
  it('writes JSON, page, SVG and the shared plotly, and the same bytes again', async () => {
    const written = await writeFigure(folder, figure());
    expect(readdirSync(folder).sort()).toEqual(['knn.html', 'knn.plotly.json', 'knn.svg', 'plotly.min.js']);
    const first = [written.json, written.html, written.svg].map((path) => readFileSync(path, 'utf8'));
    await writeFigure(folder, figure());
    expect([written.json, written.html, written.svg].map((path) => readFileSync(path, 'utf8'))).toEqual(first);
    expect(first[2]).toBe(await renderSvg(figure()));
  });

  it('keeps the figure whole in its JSON', () => {
    const json = JSON.parse(readFileSync(join(folder, 'knn.plotly.json'), 'utf8')) as {
      data: unknown;
      layout: { meta: unknown };
    };
    expect(json.data).toEqual(JSON.parse(JSON.stringify(figure().data)));
    expect(json.layout.meta).toEqual(figure().meta);
  });

  it('inlines plotly only where asked', async () => {
    expect(statSync(join(folder, 'knn.html')).size).toBeLessThan(100_000);
    const page = await figureHtml(figure(), { plotly: 'standalone' });
    expect(page.length).toBeGreaterThan(1_000_000);
    expect(page).not.toMatch(/<script src=/);
    expect(await figureHtml(figure(), { plotly: { path: '../plotly.min.js' } })).toContain('src="../plotly.min.js"');
  });
});

describe.skipIf(findChromium() === null)('the page in Chromium (skipped where there is none)', () => {
  it.each([
    [800, true],
    [390, true],
    [800, false],
    [390, false],
  ])('fits %i pixels with scripts %s', async (width, javaScriptEnabled) => {
    const browser = await openBrowser();
    const context = await (browser as NonNullable<typeof browser>).newContext({
      viewport: { width, height: 700 },
      javaScriptEnabled,
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(pathToFileURL(join(folder, 'knn.html')).href);
    expect(await page.locator('.echolab-plot svg.main-svg:visible').count()).toBeGreaterThan(0);
    expect(await page.locator('.gtitle:visible').textContent()).toBe('A </script> & "title"');
    const box = await page.locator('.echolab-plot').boundingBox();
    expect(box?.width).toBeLessThanOrEqual(width);
    const inner = await page.locator('.echolab-plot svg.main-svg:visible').first().boundingBox();
    expect(inner?.width).toBeLessThanOrEqual(width);
    expect(errors).toEqual([]);
    await context.close();
  });
});

if (findChromium() === null) console.log('write-figure: no Chromium found; the page is not opened in a browser');
