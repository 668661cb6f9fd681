import { escapeHtml, figureFragment } from '../../figures/figure-html.js';
import type { TableComparison } from './comparison.js';
import { comparedWhat, comparisonTable, independenceNote, verdictSentence } from './comparison-text.js';
import { reportPage } from './report-page.js';
import { pText } from './wording.js';

/** A comparison as one page: table, figure, tests in words, a methods paragraph to paste. */
export async function comparisonPage(comparison: TableComparison): Promise<string> {
  const { columns, rows } = comparisonTable(comparison);
  const note = independenceNote(comparison);
  const cell = (tag: 'td' | 'th') => (text: string, index: number) =>
    `<${tag}${index > 0 ? ' class="number"' : ''}>${escapeHtml(text)}</${tag}>`;
  const tests: readonly (readonly [string, string])[] = [
    ['as published', comparison.publishedMethod],
    ['valid', comparison.validMethod],
    ...comparison.further.map(({ method, p }) => ['also', `${method}: p = ${pText(p)}`] as const),
  ];
  const leftOut = [...comparison.onlyFirst, ...comparison.onlySecond];
  const body = `<p>${escapeHtml(comparedWhat(comparison))}</p>
${note === undefined ? '' : `<p><b>${escapeHtml(note)}</b></p>\n`}<p>${escapeHtml(verdictSentence(comparison))}</p>
<div class="scroll"><table><thead><tr>${columns.map(cell('th')).join('')}</tr></thead><tbody>
${rows.map((line) => `<tr>${line.map(cell('td')).join('')}</tr>`).join('\n')}
</tbody></table></div>
<h2>Differences</h2>
${await figureFragment(comparison.figure)}
<h2>The tests</h2>
<table><tbody>${tests.map(([name, text]) => `<tr><th>${name}</th><td>${escapeHtml(text)}</td></tr>`).join('')}</tbody></table>
<h2>Methods paragraph</h2>
<div class="paste"><p>${escapeHtml(comparison.methods.text)}</p>
${comparison.methods.references.map((reference) => `<p>${escapeHtml(reference)}</p>`).join('\n')}</div>
${leftOut.length === 0 ? '' : `<h2>Left out</h2><p class="soft">${escapeHtml(leftOut.join(', '))}</p>`}`;
  return reportPage({ title: `${comparison.metric}: ${comparison.first} against ${comparison.second}`, body });
}
