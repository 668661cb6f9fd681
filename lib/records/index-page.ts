import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import { resultsFolder } from '../core/paths.js';
import { formatDuration } from '../core/progress.js';
import { findRecords, readRecord } from './read-record.js';
import type { LoadedRecord } from './record.js';

/** Figures shown for each run on the page. */
const FIGURES_SHOWN = 2;

const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2329; background: #fff; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 0; }
article { border-top: 1px solid #d5dbe0; padding: 1.25rem 0; }
.kind { display: inline-block; font-size: .8rem; padding: .05rem .5rem; border-radius: 1rem; background: #fff1d6; color: #6b4300; margin-left: .5rem; }
.kind.real, .kind.none { background: #ddf0e2; color: #124a22; }
.facts { color: #55606a; font-size: .9rem; margin: .25rem 0 .75rem; }
dl { display: grid; grid-template-columns: max-content auto; gap: .1rem 1rem; margin: 0 0 .75rem; }
dt { color: #55606a; } dd { margin: 0; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.figures a { display: block; border: 1px solid #d5dbe0; border-radius: 6px; overflow: hidden; }
.figures img { width: 100%; display: block; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
`;

/**
 * Writes results/index.html: every record with its headline numbers and first figures, newest experiment order kept by name.
 *
 * @returns path of the page
 */
export async function writeIndexPage(results = resultsFolder()): Promise<string> {
  const records = findRecords(results).map(readRecord);
  const path = join(results, 'index.html');
  const body =
    records.length === 0
      ? '<p>Nothing has run yet. <code>npm run reproduce</code> fills this page.</p>'
      : records.map((record) => article(record, results)).join('\n');
  writeFileWhole(
    path,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>EchoLab results</title><style>${STYLE}</style></head>
<body>
<h1>EchoLab results</h1>
<p>Every run with its headline numbers. A run on phantom data shows that the method works as written; it says nothing about patients.</p>
${body}
</body>
</html>
`,
  );
  return path;
}

function article(record: LoadedRecord, results: string): string {
  const { run, metrics, folder } = record;
  const at = (file: string): string => encodeURI(relative(results, join(folder, file)).split(sep).join('/'));
  const seconds = run.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const headline = metrics.headline;
  const numbers =
    typeof headline === 'object' && headline !== null && !Array.isArray(headline)
      ? Object.entries(headline).map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(formatValue(value))}</dd>`)
      : [];
  const notebook = existsSync(join(folder, 'notebook.html'))
    ? `<a href="${at('notebook.html')}">executed notebook</a> · `
    : '';
  const explorer = existsSync(join(folder, 'assets', 'explorer.html'))
    ? `<a href="${at('assets/explorer.html')}">explorer of the embeddings</a> · `
    : '';
  return `<article>
<h2>${text(run.title)} <span class="kind ${run.origin}">${run.origin === 'none' ? 'no data needed' : `${run.origin} data`}, ${run.scale} scale</span></h2>
<p class="facts">${notebook}${explorer}<a href="${at('run.json')}">record</a> · <a href="${at('samples.csv')}">predictions</a> · ${formatDuration(seconds)} on ${text(run.machine.processor)} · ${text(run.finished.slice(0, 10))}</p>
<dl>${numbers.join('')}</dl>
<div class="figures">${figureLinks(folder, at)}</div>
</article>`;
}

function figureLinks(folder: string, at: (file: string) => string): string {
  const figures = join(folder, 'figures');
  if (!existsSync(figures)) return '';
  return readdirSync(figures)
    .filter((file) => file.endsWith('.svg'))
    .sort()
    .slice(0, FIGURES_SHOWN)
    .map((file) => {
      const page = at(join('figures', file.replace(/\.svg$/, '.html')));
      return `<a href="${page}"><img src="${at(join('figures', file))}" alt="${text(file.replace(/\.svg$/, '').replaceAll('-', ' '))}" loading="lazy"></a>`;
    })
    .join('');
}

function formatValue(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(3);
  return String(value);
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
