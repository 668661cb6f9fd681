import { escapeHtml, figureFragment } from '../../figures/figure-html.js';
import { type ClaimRow, verdictCounts } from '../../paper/claims.js';
import { VERDICTS, type Verdict } from '../../paper/verdict.js';
import { reportPage } from '../compare-tables/report-page.js';
import { partOfPaper } from './audit-tables.js';
import { VERDICT_COLOURS, verdictBars } from './verdict-bars.js';

const STYLE = `
article { padding: .7rem 0 .7rem .8rem; margin: 0 0 .7rem; border-left: 4px solid #c9ced4; overflow-wrap: anywhere; }
article h3 { font-size: 1rem; margin: 0 0 .2rem; } article p { margin: .2rem 0; }
article .numbers { font-variant-numeric: tabular-nums; }
blockquote { margin: .3rem 0; padding: 0; color: #57606a; font-style: italic; }
details summary { cursor: pointer; color: #57606a; font-size: 15px; }
nav a { display: inline-block; margin: 0 1rem .3rem 0; color: #0b5cad; }
`;

/** Order on the page: what needs attention first. */
const ORDER: readonly Verdict[] = [
  'does not follow',
  'holds when rounded down',
  'holds',
  'cannot be checked without their data',
];

/** The ledger as one page: what does not follow first, every claim with its sentence, its recomputation and its cells. */
export async function claimsPage(rows: readonly ClaimRow[]): Promise<string> {
  const counts = verdictCounts(rows);
  const figure = verdictBars(
    rows.map(({ place, verdict }) => ({ part: partOfPaper(place), verdict })),
    { name: 'verdicts', title: 'The claims of the paper, recomputed from its own tables', dataOrigin: 'paper' },
  );
  const used = ORDER.filter((verdict) => counts[verdict] > 0);
  const sections = used.map(
    (verdict) => `<h2 id="${anchor(verdict)}">${counts[verdict]} ${escapeHtml(verdict)}</h2>
${rows
  .filter((row) => row.verdict === verdict)
  .map(article)
  .join('\n')}`,
  );
  const body = `<p>Each quantitative sentence of EchoApex (arXiv:2410.11092), recomputed from the cells and sentences that it rests on. A number holds if the recomputation rounds to its digits, holds when rounded down if they were cut off there, and does not follow if neither can be within the rounding of the cells.</p>
<nav>${used.map((verdict) => `<a href="#${anchor(verdict)}">${counts[verdict]} ${escapeHtml(verdict)}</a>`).join(' ')}</nav>
${await figureFragment(figure)}
${sections.join('\n')}`;
  return reportPage({ title: `${rows.length} claims of the EchoApex paper, checked`, body, style: STYLE });
}

function article(row: ClaimRow): string {
  const recomputed = row.recomputed === '' ? '' : ` · recomputed <b>${escapeHtml(row.recomputed)}</b>`;
  const claimed = row.claimed === '' ? '' : ` · the paper: <b>${escapeHtml(row.claimed)}</b>`;
  const cells =
    row.rests === ''
      ? ''
      : `<details><summary>rests on ${row.rests.split('; ').length} numbers</summary>${escapeHtml(row.rests)}</details>`;
  const title = row.says === row.quote ? '' : `<h3>${escapeHtml(row.says)}</h3>`;
  return `<article id="${escapeHtml(row.id)}" style="border-left-color: ${VERDICT_COLOURS[row.verdict]}">${title}
<p class="numbers"><span class="soft">${escapeHtml(row.place)}</span>${claimed}${recomputed}</p>
<blockquote>${escapeHtml(row.quote)}</blockquote>
<p>${escapeHtml(row.why)}</p>
${cells}</article>`;
}

function anchor(verdict: Verdict): string {
  return `verdict-${VERDICTS.indexOf(verdict) + 1}`;
}
