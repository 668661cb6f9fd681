import { readFileSync } from 'node:fs';
import { plotlyBundlePath } from '../../figures/figure.js';
import { escapeHtml, FIGURE_SCRIPT, FIGURE_STYLE } from '../../figures/figure-html.js';
import { FONT_FAMILY } from '../../figures/font.js';

const STYLE = `* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.25rem; font: 16px/1.5 ${FONT_FAMILY}; color: #1f2328; background: #fff; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid #d8dee4; }
.soft { color: #57606a; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 15px; line-height: 1.4; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 14px 5px 0; border-bottom: 1px solid #d8dee4; vertical-align: top; text-align: left; }
th { border-bottom: 2px solid #8c959f; white-space: nowrap; }
tbody th { border-bottom: 1px solid #d8dee4; }
td.number, th.number { text-align: right; white-space: nowrap; }
.paste { padding: .75rem 1rem; border: 1px solid #d8dee4; border-radius: 6px; background: #f6f8fa; overflow-wrap: anywhere; }
.paste p { margin: 0 0 .5rem; } .paste p:last-child { margin: 0; }
@media (max-width: 35rem) { body { padding: 1rem .85rem; } .echolab-figure { margin: 0 -.85rem 1.5rem; } }
@media print { .scroll { overflow: visible; } tr, article, figure { break-inside: avoid; } }
${FIGURE_STYLE}`;

/** Parts of a page that stands alone. */
export interface ReportPage {
  readonly title: string;
  /** HTML of the body, after the heading. */
  readonly body: string;
  /** Style beyond the common one. */
  readonly style?: string;
}

/** A page that can be sent alone: style, figures and plotly inside, nothing loaded from anywhere. */
export function reportPage({ title, body, style = '' }: ReportPage): string {
  const plotted = body.includes('class="echolab-figure"');
  const plotly = plotted ? readFileSync(plotlyBundlePath(), 'utf8').replaceAll('</script', '<\\/script') : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
${plotted ? `<script>${plotly}</script>\n<script>${FIGURE_SCRIPT}</script>` : ''}
</body>
</html>
`;
}
