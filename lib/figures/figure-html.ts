import { readFileSync } from 'node:fs';
import { FONT_FAMILY } from './font.js';
import type { Figure, Layout } from './make-figure.js';
import { plotlyBundlePath, renderSvg, solidBundlePath } from './render-svg.js';

/**
 * Where a page gets plotly.js from: `shared` = `plotly.min.js` beside the page (see `writeFigure`), `standalone` = inside the page,
 * anything else = a path or address relative to the page.
 */
export type PlotlySource = 'shared' | 'standalone' | { readonly path: string };

/** Name of the shared plotly file. */
export const SHARED_PLOTLY = 'plotly.min.js';

/**
 * One figure as a whole HTML page: interactive where scripts run, the static SVG where they do not (and until they have loaded),
 * each in the layout for its width. Works offline from file://.
 */
export async function figureHtml(figure: Figure, options: { readonly plotly: PlotlySource }): Promise<string> {
  const { title } = figure.meta;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { margin: 0 auto; max-width: 800px; padding: 12px; font: 16px/1.5 ${FONT_FAMILY}; color: #222; background: #fff; }
@media (max-width: 560px) { body { padding: 4px 0; } }
${FIGURE_STYLE}</style>
</head>
<body>
${await figureFragment(figure)}
${plotlyTag(options.plotly, figure.still !== undefined)}
<script>
${FIGURE_SCRIPT}</script>
</body>
</html>
`;
}

/** The figure element alone, for pages that hold several; such a page adds {@link FIGURE_STYLE} and, after plotly, {@link FIGURE_SCRIPT} once. */
export async function figureFragment(figure: Figure): Promise<string> {
  const [wide, phone] = [await renderSvg(figure, 'notebook'), await renderSvg(figure, 'phone')];
  const json = JSON.stringify({
    data: figure.data,
    layout: sized(figure.layout),
    phoneLayout: sized(figure.phoneLayout),
    ...(figure.still && {
      still: {
        data: figure.still.data,
        layout: sized(figure.still.layout),
        phoneLayout: sized(figure.still.phoneLayout),
      },
    }),
  });
  return `<figure class="echolab-figure">
<div class="echolab-plot" role="img" aria-label="${escapeHtml(figure.meta.altText)}">
<div class="echolab-static echolab-wide">${wide}</div>
<div class="echolab-static echolab-phone">${phone}</div>
</div>
<figcaption>${escapeHtml(figure.meta.caption)}</figcaption>
<script type="application/json" class="echolab-data">${json.replaceAll('<', '\\u003c')}</script>
</figure>`;
}

/** Style that {@link figureFragment} needs, once a page. */
export const FIGURE_STYLE = `.echolab-figure { margin: 0 0 24px; }
.echolab-plot { overflow-x: auto; }
.echolab-static svg { display: block; max-width: 100%; height: auto; }
.echolab-phone { display: none; }
.echolab-figure figcaption { color: #444; font-size: 15px; padding: 0 16px; }
@media (max-width: 560px) { .echolab-wide { display: none; } .echolab-phone { display: block; } }
`;

/**
 * Script that makes {@link figureFragment}s interactive, once a page, after plotly; does nothing where plotly is missing.
 *
 * A figure in space loads `plotly-gl3d.min.js` from beside the page's plotly file; without it or without WebGL its still stays.
 */
export const FIGURE_SCRIPT = `(function () {
  if (typeof Plotly === 'undefined') return;
  var narrow = window.matchMedia('(max-width: 560px)');
  document.querySelectorAll('.echolab-figure').forEach(function (figure) {
    var plot = figure.querySelector('.echolab-plot');
    var json = JSON.parse(figure.querySelector('.echolab-data').textContent);
    var library = Plotly;
    if (json.data.some(function (trace) { return trace.type === 'mesh3d'; })) {
      withSolid(function (solid) {
        if (solid) library = solid;
        else if (json.still) json = json.still;
        else return;
        start();
      });
    } else start();
    function draw() {
      var layout = Object.assign({}, narrow.matches ? json.phoneLayout : json.layout);
      layout.width = Math.min(plot.clientWidth || layout.width, 900);
      library.react(plot, json.data, layout, { displaylogo: false, responsive: false, modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'] });
    }
    function start() {
      plot.textContent = '';
      plot.removeAttribute('role');
      draw();
      var pending;
      window.addEventListener('resize', function () { clearTimeout(pending); pending = setTimeout(draw, 100); });
    }
  });
  function withSolid(done) {
    if (!webgl()) return done();
    if (window.PlotlySolid) return done(window.PlotlySolid);
    var shared = document.querySelector('script[src$="plotly.min.js"]');
    if (!shared) return done();
    var flat = window.Plotly;
    var script = document.createElement('script');
    script.src = shared.src.replace(/plotly\\.min\\.js$/, 'plotly-gl3d.min.js');
    script.onload = function () {
      window.PlotlySolid = window.Plotly;
      window.Plotly = flat;
      done(window.PlotlySolid);
    };
    script.onerror = function () { done(); };
    document.body.append(script);
  }
  function webgl() {
    try {
      var canvas = document.createElement('canvas');
      return Boolean(canvas.getContext('webgl2') || canvas.getContext('webgl'));
    } catch (error) {
      return false;
    }
  }
})();
`;

function plotlyTag(source: PlotlySource, inSpace: boolean): string {
  if (source === 'standalone') return inlinedPlotly(inSpace);
  return `<script src="${escapeHtml(source === 'shared' ? SHARED_PLOTLY : source.path)}"></script>`;
}

/** Plotly inside a page; with its bodies in space (1.7 MB more) where a figure has them. */
export function inlinedPlotly(inSpace: boolean): string {
  const solid = `${inlined(solidBundlePath())}\n<script>window.PlotlySolid = window.Plotly;</script>\n`;
  return `${inSpace ? solid : ''}${inlined(plotlyBundlePath())}`;
}

function inlined(bundle: string): string {
  return `<script>${readFileSync(bundle, 'utf8').replaceAll('</script', '<\\/script')}</script>`;
}

function sized(layout: Layout): Layout {
  const { width: _width, ...rest } = layout;
  return rest;
}

/** Text made safe inside HTML elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
