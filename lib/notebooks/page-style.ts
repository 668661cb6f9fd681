import { FIGURE_STYLE } from '../figures/figure-html.js';

/**
 * Style of a notebook's page: dark on light, one column, readable from a 320 px phone to paper. Wide things scroll inside
 * themselves; on paper all code is open and nothing scrolls.
 */
export const PAGE_STYLE = `
:root { --ink: #1f2328; --soft: #57606a; --line: #d8dee4; --wash: #f6f8fa; --accent: #0b5cad; --bad: #a40e26; --bad-wash: #fff1f0; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: #fff; color: var(--ink); font: 17px/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif; }
main { max-width: 828px; margin: 0 auto; padding: 24px 16px 64px; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 .5em; }
h1 { font-size: 1.75rem; margin-top: 0; }
h2 { font-size: 1.35rem; padding-bottom: .2em; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.12rem; }
p, ul, ol, blockquote { margin: .6em 0; }
a { color: var(--accent); }
blockquote { padding: 0 1em; color: var(--soft); border-left: 4px solid var(--line); }
img { max-width: 100%; height: auto; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace; font-size: 14px; }
:not(pre) > code { padding: .1em .3em; background: var(--wash); border-radius: 4px; overflow-wrap: anywhere; }
pre { margin: 0; padding: 10px 12px; overflow-x: auto; line-height: 1.5; }
.prose pre { background: var(--wash); border-radius: 6px; margin: .8em 0; }
.code { margin: 18px 0 6px; border: 1px solid var(--line); border-radius: 6px; background: var(--wash); }
.code summary { display: flex; gap: 10px; align-items: baseline; padding: 7px 12px; cursor: pointer; color: var(--soft); font-size: 14px; list-style: none; }
.code summary::-webkit-details-marker { display: none; }
.code summary::before { content: '▸'; flex: none; }
.code[open] summary::before { content: '▾'; }
.code[open] summary { border-bottom: 1px solid var(--line); }
.code[open] .first { visibility: hidden; }
.code .first { flex: 1; min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.code .count { flex: none; }
.output { margin: 8px 0; }
.output details > summary { cursor: pointer; padding: 3px 0; color: var(--soft); font-size: 15px; }
.output > pre { padding: 2px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.stderr { color: #7a4b00; }
.note { color: var(--soft); font-size: 15px; }
.error { border-left: 4px solid var(--bad); background: var(--bad-wash); padding: 8px 12px; }
.error strong { color: var(--bad); }
.error pre { padding: 6px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.failed { border: 1px solid var(--bad); background: var(--bad-wash); border-radius: 6px; padding: 10px 14px; margin: 0 0 20px; }
.scroll { overflow-x: auto; margin: 10px 0; }
table { border-collapse: collapse; font-size: 15px; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 6px; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; text-align: left; }
th { border-bottom: 2px solid #8c959f; }
math[display='block'] { margin: .8em 0; overflow-x: auto; }
figure { margin: 0; }
.on-paper { display: none; }
footer { margin-top: 48px; padding-top: 10px; border-top: 1px solid var(--line); color: var(--soft); font-size: 14px; }
.hljs-comment { color: #59636e; }
.hljs-keyword, .hljs-built_in { color: #a0306b; }
.hljs-string, .hljs-regexp { color: #0a5a3c; }
.hljs-number, .hljs-literal { color: #8a4600; }
.hljs-title, .hljs-attr, .hljs-property { color: #0b4a8f; }
@media (max-width: 560px) {
  body { font-size: 16px; }
  main { padding: 16px 14px 40px; }
  h1 { font-size: 1.45rem; }
  code, pre { font-size: 13px; }
}
@media print {
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .code, .output, figure, tr { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  .on-screen { display: none; }
  .on-paper { display: block; }
}
${FIGURE_STYLE}`;

/**
 * On paper all code is open, and each figure is its drawing: the interactive one has the width of the screen. Stands before the
 * script that draws the figures.
 */
export const PRINT_SCRIPT = `
addEventListener('beforeprint', function () {
  document.querySelectorAll('details:not([open])').forEach(function (cell) { cell.open = true; cell.dataset.printed = ''; });
});
addEventListener('afterprint', function () {
  document.querySelectorAll('details[data-printed]').forEach(function (cell) { cell.open = false; delete cell.dataset.printed; });
});
document.querySelectorAll('.echolab-plot').forEach(function (plot) {
  var drawing = plot.querySelector('.echolab-wide img');
  if (!drawing) return;
  var copy = drawing.cloneNode();
  copy.className = 'on-paper';
  plot.classList.add('on-screen');
  plot.after(copy);
});
`;
