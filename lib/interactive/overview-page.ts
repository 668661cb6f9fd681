import { readFileSync } from 'node:fs';
import type { DatasetDescription } from '../datasets/describe-dataset.js';
import type { Manifest } from '../datasets/manifest.js';
import { closeBrowser } from '../figures/browser.js';
import { escapeHtml, FIGURE_SCRIPT, FIGURE_STYLE, figureFragment } from '../figures/figure-html.js';
import { FONT_FAMILY } from '../figures/font.js';
import { makeFigure, type Trace } from '../figures/make-figure.js';
import { plotlyBundlePath } from '../figures/render-svg.js';

/**
 * An overview of a data set as one self-contained HTML page: what it is, how many, the summary of its numbers, and every overview as a figure
 * (the paper's Figs 4b, 5b, 6b and 7).
 */
export async function overviewPage(manifest: Manifest, description: DatasetDescription): Promise<string> {
  const { rows, summary, overviews } = description;
  const patients = new Set(rows.map(({ patient }) => patient)).size;
  const fragments: string[] = [];
  for (const { title, data, layout } of overviews) {
    const { xaxis, yaxis } = layout as { readonly xaxis: { title: { text: string } }; readonly yaxis: typeof xaxis };
    const figure = makeFigure(
      {
        name: title
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^-|-$/g, ''),
        title,
        dataOrigin: manifest.origin,
        caption: `${manifest.title}: ${rows.length} samples of ${patients} patients.`,
        altText: `Counts of samples by ${title.toLowerCase()}.`,
      },
      data as readonly Trace[],
      {
        xaxis: { ...xaxis, title: xaxis.title.text },
        yaxis: { ...yaxis, title: yaxis.title.text },
        plotHeight: 240,
        bargap: data[0]?.type === 'bar' ? 0.4 : 0.05,
        showlegend: false,
      },
    );
    fragments.push(await figureFragment(figure));
  }
  await closeBrowser();
  const columns = summary.columns as string[];
  const cells = summary.values as (string | number)[][];
  const head = columns.map((name) => `<th>${escapeHtml(spoken(name))}</th>`).join('');
  const body = cells
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(shown(cell))}</td>`).join('')}</tr>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(manifest.title)}</title>
<style>
body { margin: 0 auto; max-width: 800px; padding: 12px; font: 16px/1.5 ${FONT_FAMILY}; color: #222; background: #fff; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 3px 10px; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
${FIGURE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(manifest.title)}</h1>
<p>${escapeHtml(manifest.meaning)}</p>
<p>${rows.length} samples of ${patients} patients. Licence: ${escapeHtml(manifest.licence.name)}. ${escapeHtml(manifest.citation)}</p>
${cells.length === 0 ? '' : `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`}
${fragments.join('\n')}
<script>${readFileSync(plotlyBundlePath(), 'utf8').replaceAll('</script', '<\\/script')}</script>
<script>
${FIGURE_SCRIPT}</script>
</body>
</html>
`;
}

/** `standardDeviation` as people read it. */
function spoken(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, (_pair, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}

function shown(cell: string | number): string {
  if (typeof cell === 'string') return spoken(cell);
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(4)));
}
