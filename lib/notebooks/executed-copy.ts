import { join, relative, sep } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import { resultsFolder } from '../core/paths.js';
import { sharePlotly, shareSolidPlotly } from '../figures/figure.js';
import { type Notebook, notebookJson } from './notebook.js';
import { hasBodiesInSpace, type NotebookPageOptions, notebookHtml } from './notebook-html.js';

export interface ExecutedCopyOptions extends Omit<NotebookPageOptions, 'plotlyPath'> {
  /** The results folder that holds `assets/plotly.min.js` for all pages. Default: the workbench's. */
  results?: string;
}

/**
 * Writes an executed notebook as `notebook.ipynb` and `notebook.html` into a folder, each whole or not at all, and the
 * shared plotly files where a page needs them and they are missing or of another version.
 *
 * @param folder made where missing; other files in it stay
 * @returns the two paths
 */
export function writeExecutedCopy(
  folder: string,
  notebook: Notebook,
  options: ExecutedCopyOptions,
): { notebook: string; page: string } {
  const { results = resultsFolder(), ...page } = options;
  const plotly = join(results, 'assets', 'plotly.min.js');
  if (page.plotlySource === 'shared') {
    sharePlotly(plotly);
    if (hasBodiesInSpace(notebook)) shareSolidPlotly(plotly);
  }
  const paths = { notebook: join(folder, 'notebook.ipynb'), page: join(folder, 'notebook.html') };
  const plotlyPath = relative(folder, plotly).split(sep).map(encodeURIComponent).join('/');
  writeFileWhole(paths.notebook, notebookJson(notebook));
  writeFileWhole(paths.page, notebookHtml(notebook, { ...page, plotlyPath }));
  return paths;
}
