import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../core/errors.js';
import { formatDuration, type ProgressFactory, progressLine, terminalProgress } from '../core/progress.js';
import { type Figure, plotlyJson, renderSvg } from '../figures/figure.js';
import { escapeHtml } from '../figures/figure-html.js';

/** Mime type of a plotly figure object, known to JupyterLab and VS Code. */
export const PLOTLY_TYPE = 'application/vnd.plotly.v1+json';
/** Mime type of what only the workbench's own page uses: a figure's phone form, caption and description. */
export const PAGE_FIGURE_TYPE = 'application/vnd.echolab.figure+json';

/** Content of {@link PAGE_FIGURE_TYPE}. */
export interface PageFigure {
  readonly altText: string;
  readonly caption: string;
  readonly phoneLayout: Readonly<Record<string, unknown>>;
  readonly phoneSvg: string;
}

/** A figure as cells show it: interactive where plotly is there, the SVG everywhere else. */
export interface FigureBundle {
  /** `{data, layout}`: a value, not its JSON text. */
  readonly plotly: Readonly<Record<string, unknown>>;
  /** The same figure drawn, a whole `<svg>` document. */
  readonly svg: string;
  /** Left out: the page shows the SVG at every width and describes it by its title. */
  readonly page?: PageFigure;
}

/** A value in a table. */
export type TableValue = string | number | boolean | null | undefined;

/** What a kernel's `tslab/dist/jupyter.js` offers. */
interface DisplayChannel {
  lastWriteDisplayData:
    | ((message: { data: object; metadata: object; transient: { display_id?: string } }, update: boolean) => void)
    | null;
}

let channel: DisplayChannel | undefined;
let displays = 0;

/** Whether this code runs inside a notebook. */
export function inNotebook(): boolean {
  return kernelGlobal() !== undefined;
}

function kernelGlobal(): { require(name: string): unknown } | undefined {
  return (globalThis as { __tslab__?: { require(name: string): unknown } }).__tslab__;
}

/**
 * The running kernel's display channel. tslab's public `display` sends one mime type at a time; the channel under it
 * takes a whole bundle. It is found from the kernel's own `tslab` module, which is another one than this library's
 * where the kernel was installed elsewhere.
 */
function displayChannel(): DisplayChannel | undefined {
  const kernel = kernelGlobal();
  if (kernel === undefined || channel !== undefined) return channel;
  const tslab = kernel.require('tslab');
  const { cache } = createRequire(import.meta.url);
  const file = Object.values(cache).find((module) => module?.exports === tslab)?.filename;
  channel = file === undefined ? undefined : (cache[join(dirname(file), 'jupyter.js')]?.exports as DisplayChannel);
  if (channel === undefined || !('lastWriteDisplayData' in channel)) {
    channel = undefined;
    throw new EnvironmentError(
      'displayChannel: the running kernel must be tslab 1.0.22, got one without a display channel; run "npm run kernel:install"',
    );
  }
  return channel;
}

/** Shows one thing in several mime types; outside a notebook prints its text. */
function show(data: Readonly<Record<string, unknown>>, id?: string, update = false): void {
  const write = displayChannel()?.lastWriteDisplayData;
  if (write) write({ data, metadata: {}, transient: id === undefined ? {} : { display_id: id } }, update);
  else console.log(data['text/plain']);
}

/** Shows Markdown; outside a notebook prints its source. */
export function showMarkdown(markdown: string): void {
  show({ 'text/markdown': markdown, 'text/plain': markdown });
}

/**
 * Shows rows as a table, one column a key; outside a notebook prints aligned text.
 *
 * Numbers are rounded to four significant digits and stand right; a missing value is a dash.
 *
 * @param rows one object a row; the columns are the keys in the order in which they first appear
 * @param caption a line above the table
 */
export function showTable(rows: readonly Readonly<Record<string, TableValue>>[], caption?: string): void {
  const columns = columnsOf(rows);
  show({ 'text/html': htmlTable(columns, rows, caption), 'text/plain': textTable(columns, rows, caption) });
}

/** A table behind a line that opens it. */
export interface FoldedTable {
  readonly summary: string;
  readonly rows: readonly Readonly<Record<string, TableValue>>[];
}

/** Shows tables folded, each behind its summary; whole in plain text. */
export function showFolded(tables: readonly FoldedTable[]): void {
  const parts = tables.map(({ summary, rows }) => {
    const columns = columnsOf(rows);
    return {
      html: `<details><summary>${escapeHtml(summary)}</summary>\n${htmlTable(columns, rows, undefined)}</details>`,
      text: textTable(columns, rows, summary),
    };
  });
  show({
    'text/html': parts.map(({ html }) => html).join('\n'),
    'text/plain': parts.map(({ text }) => text).join('\n\n'),
  });
}

type Rows = readonly Readonly<Record<string, TableValue>>[];

/** Every column that any row has. */
function columnsOf(rows: Rows): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function htmlTable(columns: readonly string[], rows: Rows, caption: string | undefined): string {
  const numeric = new Set(columns.filter((column) => rows.some((row) => typeof row[column] === 'number')));
  const align = (column: string): string =>
    numeric.has(column) ? ' style="text-align: right; white-space: nowrap"' : ' style="text-align: left"';
  const head = columns.map((column) => `<th${align(column)}>${escapeHtml(column)}</th>`).join('');
  const body = rows.map(
    (row) =>
      `<tr>${columns.map((column) => `<td${align(column)}>${escapeHtml(formatValue(row[column]))}</td>`).join('')}</tr>`,
  );
  const title = caption === undefined ? '' : `<caption>${escapeHtml(caption)}</caption>`;
  return `<table>${title}<thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function textTable(columns: readonly string[], rows: Rows, caption: string | undefined): string {
  const cells = [[...columns], ...rows.map((row) => columns.map((column) => formatValue(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const lines = cells.map((line) =>
    line
      .map((cell, index) => (numeric[index] ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...(caption === undefined ? [] : [caption]), ...lines].join('\n');
}

function formatValue(value: TableValue): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

/**
 * Shows a figure of `lib/figures`: plotly where the reader draws it, and its SVG everywhere else; outside a notebook
 * prints its title.
 */
export async function showFigure(figure: Figure): Promise<void> {
  if (!inNotebook()) return console.log(`figure: ${figure.meta.title}`);
  const { altText, caption } = figure.meta;
  showFigureBundle({
    plotly: { ...plotlyJson(figure) },
    svg: await renderSvg(figure, 'notebook'),
    page: { altText, caption, phoneLayout: figure.phoneLayout, phoneSvg: await renderSvg(figure, 'phone') },
  });
}

/** Shows a figure that is already drawn, as one output that holds every form of it. */
export function showFigureBundle(figure: FigureBundle): void {
  show({
    [PLOTLY_TYPE]: figure.plotly,
    'image/svg+xml': figure.svg,
    ...(figure.page ? { [PAGE_FIGURE_TYPE]: figure.page } : {}),
    'text/plain': figure.page?.caption ?? 'figure',
  });
}

/** Least time between two updates of a progress line, in milliseconds. */
const UPDATE_MILLISECONDS = 200;

/** Progress as one updating line under the cell; outside a notebook as on a terminal. */
export function progressInNotebook(): ProgressFactory {
  if (!inNotebook()) return terminalProgress();
  return (task, total, unit) => {
    const id = `echolab-progress-${process.pid}-${displays++}`;
    const start = performance.now();
    let last = start;
    const seconds = (): number => (performance.now() - start) / 1000;
    show({ 'text/plain': task }, id);
    return {
      update(done, note) {
        if (performance.now() - last < UPDATE_MILLISECONDS) return;
        last = performance.now();
        show({ 'text/plain': progressLine(task, done, total, unit, seconds(), note) }, id, true);
      },
      finish(note) {
        show({ 'text/plain': `${task} done in ${formatDuration(seconds())}${note ? `, ${note}` : ''}` }, id, true);
      },
    };
  };
}
