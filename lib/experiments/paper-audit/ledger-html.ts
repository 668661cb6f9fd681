import type { CsvRow } from '../../core/csv.js';
import { escapeHtml } from '../../figures/figure-html.js';
import { VERDICTS } from '../../paper/verdict.js';

/**
 * The whole ledger as HTML that folds by verdict: what does not follow stands open, the rest opens on a click.
 *
 * @param samples rows of samples.csv
 */
export function ledgerHtml(samples: readonly CsvRow[]): string {
  return VERDICTS.map((verdict) => {
    const rows = samples.filter(({ prediction }) => prediction === verdict);
    const open = verdict === 'does not follow' ? ' open' : '';
    return `<details${open}><summary><b>${rows.length}</b> ${escapeHtml(verdict)}</summary><div class="scroll">${table(rows)}</div></details>`;
  }).join('');
}

function table(rows: readonly CsvRow[]): string {
  const left = ' style="text-align: left; vertical-align: top"';
  const head = ['where', 'claim', 'the paper', 'recomputed', 'why'];
  const body = rows.map(({ place, says, label, recomputed, why }) =>
    [place, says, label, recomputed === '' ? '–' : recomputed, why]
      .map((cell) => `<td${left}>${escapeHtml(cell ?? '')}</td>`)
      .join(''),
  );
  return `<table style="min-width: 46rem"><thead><tr>${head.map((name) => `<th${left}>${name}</th>`).join('')}</tr></thead><tbody>${body
    .map((cells) => `<tr>${cells}</tr>`)
    .join('')}</tbody></table>`;
}
