/** The room's front: everything needed to make, draw and write a figure. The figures themselves are one a file. */
export { closeBrowser, findChromium, openBrowser } from './browser.js';
export { figureHtml, type PlotlySource } from './figure-html.js';
export { FONT_FAMILY } from './font.js';
export { houseLayout, PHANTOM_MARK } from './house-layout.js';
export {
  type DataOrigin,
  type Figure,
  type FigureLabels,
  type FigureLayout,
  type FigureMeta,
  type Layout,
  makeFigure,
  NOTEBOOK_WIDTH,
  PHONE_WIDTH,
  plotlyJson,
  type Trace,
  type TraceType,
} from './make-figure.js';
export { renderPng, svgToPng } from './render-png.js';
export { type FigureFormat, plotlyBundlePath, renderSvg } from './render-svg.js';
export { sharePlotly, shareSolidPlotly } from './shared-plotly.js';
export { type WrittenFigure, writeFigure } from './write-figure.js';
