import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findChromium } from '../../lib/figures/figure.js';
import { PAGE_FIGURE_TYPE, PLOTLY_TYPE } from '../../lib/notebooks/display.js';
import { highlightTypeScript, renderMarkdown } from '../../lib/notebooks/markdown.js';
import type { CellOutput, Notebook } from '../../lib/notebooks/notebook.js';
import { notebookHtml } from '../../lib/notebooks/notebook-html.js';
import { notebookOf } from './notebook-of.js';

const shown = (data: Record<string, unknown>): CellOutput => ({ output_type: 'display_data', data, metadata: {} });
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="300"><rect width="760" height="300" fill="teal"/></svg>';

function notebookWith(...outputs: CellOutput[]): Notebook {
  const notebook = notebookOf('const a = 1;');
  if (notebook.cells[0]?.cell_type === 'code') notebook.cells[0].outputs = outputs;
  return notebook;
}

const page = (...outputs: CellOutput[]): string =>
  notebookHtml(notebookWith(...outputs), { plotlySource: 'shared', plotlyPath: 'plotly.min.js' });

const figure = shown({
  [PLOTLY_TYPE]: { data: [{ type: 'bar', y: [1, 3, 2], name: '</script><b>' }], layout: { width: 760, height: 300 } },
  [PAGE_FIGURE_TYPE]: { altText: 'Three "bars"', caption: 'A caption', phoneLayout: { height: 260 }, phoneSvg: SVG },
  'image/svg+xml': SVG,
});

describe('renderMarkdown', () => {
  it('sets TeX as MathML and leaves money alone', () => {
    expect(renderMarkdown('$x^2$')).toContain('<msup>');
    expect(renderMarkdown('$$\n\\frac{a}{b}\n$$')).toMatch(/<math display="block"[\s\S]*<mfrac>/);
    expect(renderMarkdown('costs $5 and $6')).toBe('<p>costs $5 and $6</p>\n');
    expect(renderMarkdown('`$x$` \\$y$')).toBe('<p><code>$x$</code> $y$</p>\n');
  });

  it('lets wide tables scroll by themselves and shows attachments', () => {
    expect(renderMarkdown('| a |\n|---|\n| 1 |')).toMatch(/^<div class="scroll"><table>[\s\S]*<\/table><\/div>/);
    expect(renderMarkdown('![x](attachment:a.png)', { 'a.png': { 'image/png': 'AAAA' } })).toContain(
      'src="data:image/png;base64,AAAA"',
    );
  });

  it('colours TypeScript', () => {
    expect(highlightTypeScript("const a = 'x<y';")).toContain('<span class="hljs-string">&#x27;x&lt;y&#x27;</span>');
  });
});

describe('notebookHtml', () => {
  it('takes the title from the first heading and escapes it', () => {
    const notebook = notebookOf();
    notebook.cells.push({ cell_type: 'markdown', metadata: {}, source: 'text\n\n# On `a` < b' });
    expect(notebookHtml(notebook, { plotlySource: 'shared' })).toContain('<title>On a &lt; b</title>');
  });

  it('escapes text, passes HTML on, and shows the richest form', () => {
    const html = page(
      { output_type: 'stream', name: 'stdout', text: '<i>\n' },
      { output_type: 'stream', name: 'stderr', text: 'careful' },
      shown({ 'text/html': '<table><tr><td>1</td></tr></table>', 'text/plain': 'not this' }),
      shown({ 'image/png': 'AA\nAA', 'text/plain': 'nor this' }),
      shown({ 'text/markdown': '**strong**' }),
      shown({ 'text/plain': 'plain' }),
      shown({ 'application/x-own': {} }),
    );
    expect(html).toContain('<pre>&lt;i&gt;</pre>');
    expect(html).toContain('<pre class="stderr">careful</pre>');
    expect(html).toContain('<div class="scroll"><table><tr><td>1</td></tr></table></div>');
    expect(html).toContain('src="data:image/png;base64,AAAA"');
    expect(html).toContain('<strong>strong</strong>');
    expect(html).toContain('<pre>plain</pre>');
    expect(html).toContain('type application/x-own, which this page cannot show');
    expect(html).not.toMatch(/not this|nor this/);
    expect(html).not.toContain('plotly.min.js');
  });

  it('shows an error at its cell and at the top', () => {
    const html = page({ output_type: 'error', ename: 'DataError', evalue: 'a < b', traceback: ['one', 'two <'] });
    expect(html).toContain('failed at <a href="#cell-1">cell 1</a>: DataError: a &lt; b</p>');
    expect(html).toContain('<strong>DataError</strong>: a &lt; b\n<pre>one\ntwo &lt;</pre>');
  });

  it('says what it does not load', () => {
    const html = page(
      shown({ 'text/html': '<img src="https://example.org/a.png"><a href="https://example.org">b</a>' }),
    );
    expect(html).toContain('uses no network: https://example.org/a.png</p>');
    expect(html).toContain("default-src 'none'");
  });

  it('holds a figure as data and as drawings, with plotly beside or inside', () => {
    const html = page(figure);
    expect(html).toContain('<script src="plotly.min.js"></script>');
    expect(html.match(/data:image\/svg\+xml;base64,/g)).toHaveLength(2);
    expect(html).toContain('alt="Three &quot;bars&quot;"');
    expect(html).toContain('<figcaption>A caption</figcaption>');
    expect(html).not.toContain('</script><b>');
    const alone = notebookHtml(notebookWith(figure), { plotlySource: 'standalone' });
    expect(alone).not.toContain('<script src');
    expect(alone.length).toBeGreaterThan(1_000_000);
  });

  it.runIf(findChromium() !== undefined)(
    'opens in a browser at 390 and 1200 pixels without asking any network',
    async () => {
      const path = join(mkdtempSync(join(tmpdir(), 'echolab-test-')), 'page.html');
      const wide = shown({ 'text/html': `<table><tr>${'<td>0.123456</td>'.repeat(40)}</tr></table>` });
      const long = { output_type: 'stream', name: 'stdout', text: 'x'.repeat(500) } as const;
      writeFileSync(path, notebookHtml(notebookWith(figure, wide, long), { plotlySource: 'standalone' }));
      const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
      const browser = await chromium.launch({ executablePath: findChromium()!, args });
      try {
        for (const [width, javaScriptEnabled] of [
          [390, true],
          [1200, true],
          [390, false],
        ] as const) {
          const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled });
          const tab = await context.newPage();
          const asked: string[] = [];
          const faults: string[] = [];
          tab.on('request', (request) => asked.push(request.url()));
          tab.on('pageerror', (error) => faults.push(error.message));
          await tab.goto(`file://${path}`);
          expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([`file://${path}`]);
          expect(faults).toEqual([]);
          const bars = tab.locator('.js-plotly-plot .bars path');
          const drawn = tab.locator('.echolab-static img:visible');
          expect([await bars.count(), await drawn.count()]).toEqual(javaScriptEnabled ? [3, 0] : [0, 1]);
          if (javaScriptEnabled) expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
          await context.close();
        }
      } finally {
        await browser.close();
      }
    },
  );
});
