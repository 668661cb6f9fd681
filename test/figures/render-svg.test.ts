import { loadImage } from '@napi-rs/canvas';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeBrowser,
  type Figure,
  findChromium,
  openBrowser,
  PHANTOM_MARK,
  PHONE_WIDTH,
  plotlyBundlePath,
  renderPng,
  renderSvg,
} from '../../lib/figures/figure.js';
import { SLIDER_HEIGHT } from '../../lib/figures/house-layout.js';
import { clientBox } from '../../lib/figures/svg-metrics.js';
import { gallery } from './gallery.js';

const FORMATS = ['notebook', 'phone'] as const;
const figures = gallery();
const drawn = new Map<string, string>();

const keyOf = (figure: Figure, format: string): string => `${figure.meta.name} ${format}`;
const svgOf = (figure: Figure, format: string): string => drawn.get(keyOf(figure, format)) as string;
const parsed = new Map<string, Document>();
const parse = (svg: string): Document => {
  const document = parsed.get(svg) ?? new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
  parsed.set(svg, document);
  return document;
};

beforeAll(async () => {
  for (const figure of figures) {
    for (const format of FORMATS) drawn.set(keyOf(figure, format), await renderSvg(figure, format));
  }
}, 120_000);
afterAll(closeBrowser, 60_000);

describe.each(figures.map((figure) => [figure.meta.name, figure] as const))('%s', (_name, figure) => {
  it.each(FORMATS)('keeps every word inside the picture (%s)', (format) => {
    const document = parse(svgOf(figure, format));
    const root = document.documentElement;
    const [width, height] = (root.getAttribute('viewBox') ?? '').split(' ').slice(2).map(Number) as [number, number];
    const texts = [...document.querySelectorAll('text')].filter((text) => (text.textContent ?? '').trim() !== '');
    expect(texts.length).toBeGreaterThan(2);
    const outside = texts.flatMap((text) => {
      const box = clientBox(text);
      const inside =
        box !== null && box.left >= -0.5 && box.top >= -0.5 && box.right <= width + 0.5 && box.bottom <= height + 0.5;
      return inside ? [] : [`${text.textContent} ${JSON.stringify(box)} of ${width} x ${height}`];
    });
    expect(outside).toEqual([]);
  });

  it.each(FORMATS)('lets no words of axes, title and legend overlap (%s)', (format) => {
    const document = parse(svgOf(figure, format));
    const texts = [...document.querySelectorAll('.gtitle, .xtitle, .ytitle, .legendtext, .xtick text, .ytick text')];
    const boxes = texts.flatMap((text) => {
      const box = clientBox(text);
      return box === null ? [] : [{ ...box, text: text.textContent }];
    });
    const overlaps = boxes.flatMap((a, i) =>
      boxes.slice(i + 1).flatMap((b) => {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        // Slanted labels have large boxes that meet without their letters meeting.
        return wide > 2 && high > 2 && !isSlanted(texts, a.text) ? [`${a.text} / ${b.text}`] : [];
      }),
    );
    expect(overlaps).toEqual([]);
  });

  it('says phantom on its face exactly where it is', () => {
    for (const format of FORMATS) {
      const words = [...parse(svgOf(figure, format)).querySelectorAll('text')].map((text) => text.textContent);
      expect(words.includes(PHANTOM_MARK)).toBe(figure.meta.dataOrigin === 'phantom');
    }
  });

  it('holds no NaN, nothing undefined and its own words for readers that cannot see', () => {
    for (const format of FORMATS) {
      const svg = svgOf(figure, format);
      // `legendundefined` is a class name that plotly writes.
      expect(/.{20}(NaN|(?<!legend)undefined|Infinity|cells:\d).{20}/.exec(svg)).toBeNull();
      const document = parse(svg);
      expect(document.querySelector('svg > title')?.textContent).toBe(figure.meta.title);
      expect(document.querySelector('svg > desc')?.textContent).toBe(figure.meta.altText);
    }
  });
});

function isSlanted(texts: readonly Element[], words: string | null): boolean {
  return texts.some(
    (text) => text.textContent === words && /rotate\((?!0[,)])/.test(text.getAttribute('transform') ?? ''),
  );
}

describe('renderSvg', () => {
  it('gives equal bytes for equal figures, whatever was drawn before', async () => {
    const again = gallery();
    for (const name of ['box-distribution', 'confusion-matrix', 'embedding-map']) {
      const figure = again.find((candidate) => candidate.meta.name === name) as Figure;
      expect(await renderSvg(figure, 'phone')).toBe(svgOf(figure, 'phone'));
    }
  });

  it('names no element twice over all figures, so that they can stand in one page', () => {
    const seen = new Map<string, string>();
    for (const [key, svg] of drawn) {
      for (const [, id] of svg.matchAll(/\sid="([^"]+)"/g)) {
        expect(`${id} in ${seen.get(id as string) ?? key}`).toBe(`${id} in ${key}`);
        seen.set(id as string, key);
      }
      for (const [, id] of svg.matchAll(/url\(['"]?#([^'")&]+)/g)) expect(seen.get(id as string)).toBe(key);
    }
  });

  it('draws each cell of a heatmap as a sharp rectangle', () => {
    const figure = figures.find(({ meta }) => meta.name === 'confusion-matrix') as Figure;
    const document = parse(svgOf(figure, 'notebook'));
    const cells = document.querySelectorAll('g.cells[shape-rendering="crispEdges"] rect');
    expect(cells).toHaveLength(18 * 18); // 18 views
    for (const cell of cells) {
      for (const side of ['x', 'y', 'width', 'height']) expect(Number(cell.getAttribute(side)) % 1).toBe(0);
    }
    expect(document.querySelectorAll('.heatmaplayer image')).toHaveLength(0);
  });

  it('keeps one picture a frame', () => {
    const figure = figures.find(({ meta }) => meta.name === 'frame-grid') as Figure;
    expect(svgOf(figure, 'notebook').match(/<image\b[^>]*href="data:image\/png;base64,/g)).toHaveLength(4);
  });

  it('leaves out a slider and its room', () => {
    const figure = figures.find(({ meta }) => meta.name === 'draws-lesson') as Figure;
    expect(figure.layout.sliders).toHaveLength(1);
    const document = parse(svgOf(figure, 'notebook'));
    expect(document.querySelectorAll('.slider-container')).toHaveLength(0);
    expect(Number(document.documentElement.getAttribute('height'))).toBe(Number(figure.layout.height) - SLIDER_HEIGHT);
  });

  it('refuses a trace that it cannot draw exactly', async () => {
    const [figure] = figures as [Figure];
    const pie = { ...figure, data: [{ type: 'pie' as 'bar', values: [1, 2] }] };
    await expect(renderSvg(pie)).rejects.toThrow(/knn-curve: traces must be scatter, .*got pie/);
  });

  it.each(['knn-curve', 'confusion-matrix', 'class-bars', 'reliability-diagram'])(
    'draws %s as stored',
    async (name) => {
      const figure = figures.find(({ meta }) => meta.name === name) as Figure;
      await expect(svgOf(figure, 'notebook')).toMatchFileSnapshot(`../fixtures/figures/${name}.svg`);
    },
  );
});

describe('renderPng', () => {
  it('draws at the scale asked for, with the mark in its colour', async () => {
    const figure = figures.find(({ meta }) => meta.name === 'knn-curve') as Figure;
    const image = await loadImage(await renderPng(figure, { format: 'phone', scale: 2 }));
    expect(image.width).toBe(2 * PHONE_WIDTH);
    expect(image.height).toBe(2 * Number(figure.phoneLayout.height));
  });
});

describe.skipIf(findChromium() === null)('beside Chromium (skipped where there is none)', { timeout: 180_000 }, () => {
  it('places every word within 1.5 pixels of where plotly places it there', async () => {
    const browser = await openBrowser();
    const page = await (browser as NonNullable<typeof browser>).newPage({ viewport: { width: 800, height: 900 } });
    await page.setContent('<!doctype html><body style="margin:0"><div id="plot"></div></body>');
    await page.addScriptTag({ path: plotlyBundlePath() });
    for (const name of ['class-bars', 'confusion-matrix', 'training-curves', 'scatter-agreement', 'box-distribution']) {
      const figure = figures.find(({ meta }) => meta.name === name) as Figure;
      for (const format of FORMATS) {
        const theirs = await page.evaluate(
          `Plotly.newPlot('plot', ...${JSON.stringify([figure.data, format === 'phone' ? figure.phoneLayout : figure.layout])}, { staticPlot: true }).then(() =>
            [...document.querySelectorAll('#plot .main-svg text')].filter((text) => text.textContent.trim() !== '').map((text) => {
              const box = text.getBoundingClientRect();
              return [text.textContent, (box.left + box.right) / 2, (box.top + box.bottom) / 2];
            }))`,
        );
        const ours = [...parse(svgOf(figure, format)).querySelectorAll('text')]
          .filter((text) => (text.textContent ?? '').trim() !== '')
          .map((text) => {
            const box = clientBox(text) as NonNullable<ReturnType<typeof clientBox>>;
            return [text.textContent, (box.left + box.right) / 2, (box.top + box.bottom) / 2] as const;
          });
        const off = (theirs as (readonly [string, number, number])[]).filter(
          ([text, x, y]) => !ours.some(([word, u, v]) => word === text && Math.hypot(u - x, v - y) < 1.5),
        );
        expect(off, `${name} ${format}`).toEqual([]);
      }
    }
    await page.close();
  });
});

if (findChromium() === null) console.log('render-svg: no Chromium found; the comparison with it is skipped');
