import { escapeHtml, FIGURE_SCRIPT, inlinedPlotly } from '../figures/figure-html.js';
import { PAGE_FIGURE_TYPE, type PageFigure, PLOTLY_TYPE } from './display.js';
import { highlightTypeScript, renderMarkdown } from './markdown.js';
import type { CellOutput, CodeCell, Notebook, NotebookCell } from './notebook.js';
import { PAGE_STYLE, PRINT_SCRIPT } from './page-style.js';

export interface NotebookPageOptions {
  /** Title of the page. Default: the notebook's first heading. */
  title?: string;
  /** `shared`: plotly.js comes from the file at `plotlyPath`. `standalone`: it is inside the page (1.4 MB), which can be sent alone. */
  plotlySource: 'shared' | 'standalone';
  /** Address of the shared file, relative to the page. Default: `../../assets/plotly.min.js`, from a record's folder. */
  plotlyPath?: string;
  /** A line at the end of the page, e.g. when and by which version it was made. */
  footer?: string;
}

/** Code of up to this many lines stands open, except imports. */
const OPEN_LINES = 3;
/** Images that a page shows from base64. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/**
 * A notebook as one HTML page that reads well on a phone, on a wide screen and on paper.
 *
 * Markdown is rendered, code is folded, every output is shown in its richest form. A figure is its SVG until plotly.js
 * has loaded, and stays so without scripts. HTML of the notebook is passed on unchanged; the page's content security policy
 * keeps it from loading anything over a network, and a note beside it says what it asked for.
 */
export function notebookHtml(notebook: Notebook, options: NotebookPageOptions): string {
  const title = options.title ?? firstHeading(notebook) ?? 'Notebook';
  const cells = notebook.cells.map(cellHtml).join('\n');
  const plots = plotsOf(notebook);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${failureNote(notebook)}${cells}
${options.footer === undefined ? '' : `<footer>${escapeHtml(options.footer)}</footer>\n`}</main>
<script>${PRINT_SCRIPT}</script>
${plots.length > 0 ? plotlyScripts(options, hasBodiesInSpace(notebook)) : ''}</body>
</html>
`;
}

/** Scripts of the page itself and of files beside it, images from the page; nothing over a network. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' file: 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  'media-src data:',
].join('; ');

function plotlyScripts(options: NotebookPageOptions, inSpace: boolean): string {
  const source =
    options.plotlySource === 'standalone'
      ? inlinedPlotly(inSpace)
      : `<script src="${escapeHtml(options.plotlyPath ?? '../../assets/plotly.min.js')}"></script>`;
  return `${source}\n<script>${FIGURE_SCRIPT}</script>\n`;
}

/** Plotly figures that the cells show. */
function plotsOf({ cells }: Notebook): unknown[] {
  return cells.flatMap((cell) =>
    cell.cell_type !== 'code'
      ? []
      : cell.outputs.flatMap((output) =>
          'data' in output && PLOTLY_TYPE in output.data ? [output.data[PLOTLY_TYPE]] : [],
        ),
  );
}

/** True if a figure needs plotly's bodies in space beside its flat part. */
export function hasBodiesInSpace(notebook: Notebook): boolean {
  return plotsOf(notebook).some((plot) =>
    (plot as { readonly data?: readonly { readonly type?: string }[] }).data?.some(({ type }) => type === 'mesh3d'),
  );
}

/** Says at the top that a cell failed, with a link to it. */
function failureNote(notebook: Notebook): string {
  for (const [index, cell] of notebook.cells.entries()) {
    const error = cell.cell_type === 'code' && cell.outputs.find((output) => output.output_type === 'error');
    if (!error) continue;
    const message = escapeHtml(`${error.ename}: ${error.evalue}`);
    return `<p class="failed">This notebook failed at <a href="#cell-${index + 1}">cell ${index + 1}</a>: ${message}</p>\n`;
  }
  return '';
}

function cellHtml(cell: NotebookCell, index: number): string {
  const id = `id="cell-${index + 1}"`;
  if (cell.cell_type === 'code') {
    const outputs = cell.outputs.map((output) => `<div class="output">${outputHtml(output)}</div>`).join('\n');
    return `<section ${id}>\n${codeHtml(cell)}\n${outputs}\n</section>`;
  }
  if (cell.cell_type === 'raw') return `<section ${id}><pre>${escapeHtml(cell.source)}</pre></section>`;
  const html = renderMarkdown(cell.source, cell.attachments);
  return `<section ${id} class="prose">\n${html}${outsideNote(html)}</section>`;
}

function codeHtml(cell: CodeCell): string {
  const source = cell.source.trimEnd();
  if (source === '') return '';
  const code = `<pre><code>${highlightTypeScript(source)}</code></pre>`;
  const lines = source.split('\n');
  const first = lines.find((line) => !line.startsWith('import '));
  if (lines.length <= OPEN_LINES && first !== undefined) return `<div class="code">${code}</div>`;
  const count = `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`;
  return `<details class="code"><summary><span class="first">${escapeHtml(first ?? 'imports')}</span><span class="count">${count} of code</span></summary>
${code}</details>`;
}

function outputHtml(output: CellOutput): string {
  if (output.output_type === 'stream') {
    return `<pre${output.name === 'stderr' ? ' class="stderr"' : ''}>${escapeHtml(output.text.trimEnd())}</pre>`;
  }
  if (output.output_type === 'error') {
    return `<div class="error"><strong>${escapeHtml(output.ename)}</strong>: ${escapeHtml(output.evalue)}
<pre>${escapeHtml(output.traceback.join('\n'))}</pre></div>`;
  }
  return bundleHtml(output.data);
}

/** The richest form of a mime bundle that a page can show. */
function bundleHtml(data: Readonly<Record<string, unknown>>): string {
  if (PLOTLY_TYPE in data) return figureHtml(data);
  if (typeof data['text/html'] === 'string') {
    return `<div class="scroll">${data['text/html']}</div>${outsideNote(data['text/html'])}`;
  }
  if (typeof data['image/svg+xml'] === 'string') return svgImage(data['image/svg+xml'], 'figure');
  const image = IMAGES.find((type) => typeof data[type] === 'string');
  if (image) return `<img alt="output image" src="data:${image};base64,${String(data[image]).replaceAll('\n', '')}">`;
  if (typeof data['text/markdown'] === 'string') {
    const html = renderMarkdown(data['text/markdown']);
    return `<div class="prose">${html}</div>${outsideNote(html)}`;
  }
  if (typeof data['text/latex'] === 'string') return `<div class="prose">${renderMarkdown(data['text/latex'])}</div>`;
  const text = data['text/plain'];
  if (typeof text === 'string') return `<pre>${escapeHtml(text)}</pre>`;
  return `<p class="note">An output of type ${escapeHtml(Object.keys(data).join(', '))}, which this page cannot show.</p>`;
}

interface PlotlyObject {
  data?: unknown;
  layout?: { title?: string | { text?: string }; [attribute: string]: unknown };
}

/** The markup that {@link FIGURE_SCRIPT} makes interactive: the drawn figure, and its data beside it. */
function figureHtml(data: Readonly<Record<string, unknown>>): string {
  const plotly = data[PLOTLY_TYPE] as PlotlyObject;
  const page = data[PAGE_FIGURE_TYPE] as PageFigure | undefined;
  const title = plotly.layout?.title;
  const altText = page?.altText ?? (typeof title === 'string' ? title : title?.text) ?? 'figure';
  const svg = data['image/svg+xml'];
  const wide =
    typeof svg === 'string'
      ? svgImage(svg, altText)
      : `<p class="note">${escapeHtml(altText)}: drawn by scripts only</p>`;
  const phone = page === undefined ? wide : svgImage(page.phoneSvg, altText);
  const json = JSON.stringify({
    data: plotly.data ?? [],
    layout: withoutWidth(plotly.layout),
    phoneLayout: withoutWidth(page?.phoneLayout ?? plotly.layout),
  });
  const caption = page?.caption ? `<figcaption>${escapeHtml(page.caption)}</figcaption>\n` : '';
  return `<figure class="echolab-figure">
<div class="echolab-plot" role="img" aria-label="${escapeHtml(altText)}">
<div class="echolab-static echolab-wide">${wide}</div>
<div class="echolab-static echolab-phone">${phone}</div>
</div>
${caption}<script type="application/json" class="echolab-data">${json.replaceAll('<', '\\u003c')}</script>
</figure>`;
}

function withoutWidth(layout: Readonly<Record<string, unknown>> | undefined): object {
  const { width: _width, ...rest } = layout ?? {};
  return rest;
}

/** An SVG as an image of its own, so that its ids, styles and scripts stay inside it. */
function svgImage(svg: string, altText: string): string {
  return `<img alt="${escapeHtml(altText)}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`;
}

/** Says which addresses this HTML wanted to load; the page's policy stops them. Links that a reader follows are no loads. */
function outsideNote(html: string): string {
  const loads = html.matchAll(
    /<(?:script|img|iframe|link|video|audio|source|embed|object|input)\b[^>]*?(?:src|href|data)\s*=\s*["']?((?:https?:)?\/\/[^"'\s>]+)/gi,
  );
  const addresses = [...new Set([...loads].map((match) => match[1] ?? ''))];
  if (addresses.length === 0) return '';
  return `<p class="note">Not loaded, because this page uses no network: ${escapeHtml(addresses.join(', '))}</p>`;
}

function firstHeading(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' ? /^#+ +(.+?)\s*#*$/m.exec(cell.source)?.[1] : undefined;
    if (heading) return heading.replace(/[*_`]/g, '');
  }
  return undefined;
}
