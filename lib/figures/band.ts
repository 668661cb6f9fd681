import type { Trace } from './make-figure.js';
import { translucent } from './palette.js';

/** A filled band between two curves over the same abscissae; not in the legend. */
export function band(at: readonly number[], low: readonly number[], high: readonly number[], colour: string): Trace {
  return {
    type: 'scatter',
    mode: 'lines',
    x: [...at, ...[...at].reverse()],
    y: [...high, ...[...low].reverse()],
    fill: 'toself',
    fillcolor: translucent(colour, 0.18),
    line: { width: 0 },
    hoverinfo: 'skip',
    showlegend: false,
  };
}
