import { join } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import { figureHtml, type PlotlySource, SHARED_PLOTLY } from './figure-html.js';
import { type Figure, plotlyJson } from './make-figure.js';
import { renderSvg } from './render-svg.js';
import { sharePlotly, shareSolidPlotly } from './shared-plotly.js';

/** Paths that {@link writeFigure} wrote. */
export interface WrittenFigure {
  readonly json: string;
  readonly html: string;
  readonly svg: string;
}

/**
 * Writes NAME.plotly.json, NAME.html and NAME.svg, each whole or not at all. Equal figures give equal bytes.
 *
 * @param folder made where missing
 * @param options.plotly where the page gets plotly.js from; default `shared`, which also puts `plotly.min.js` (1.4 MB) into the folder
 * unless it is there; with a figure in space `plotly-gl3d.min.js` (1.7 MB) goes beside it
 */
export async function writeFigure(
  folder: string,
  figure: Figure,
  options: { readonly plotly?: PlotlySource } = {},
): Promise<WrittenFigure> {
  const plotly = options.plotly ?? 'shared';
  const { name } = figure.meta;
  const written = {
    json: join(folder, `${name}.plotly.json`),
    html: join(folder, `${name}.html`),
    svg: join(folder, `${name}.svg`),
  };
  const [svg, html] = [await renderSvg(figure), await figureHtml(figure, { plotly })];
  writeFileWhole(written.json, `${JSON.stringify(plotlyJson(figure))}\n`);
  writeFileWhole(written.svg, svg);
  writeFileWhole(written.html, html);
  if (plotly === 'shared') sharePlotly(join(folder, SHARED_PLOTLY));
  if (figure.still !== undefined && plotly !== 'standalone') {
    shareSolidPlotly(join(folder, plotly === 'shared' ? SHARED_PLOTLY : plotly.path));
  }
  return written;
}
