import type { CsvRow } from '../../core/csv.js';
import { type Figure, makeFigure, type Trace } from '../../figures/figure.js';
import { COLOURS } from '../../figures/palette.js';
import { PRIMARY_CHECK } from './phantom-metrics.js';

/** Counted volumes against labelled ones, in percent of the label. */
export function exactnessFigure(volumes: readonly CsvRow[]): Figure {
  const errors = (counted: string, closed: string): number[] =>
    volumes.map((row) => 100 * (Number(row[counted]) / Number(row[closed]) - 1));
  const tolerance = 100 * PRIMARY_CHECK.volumeTolerance;
  const points = [
    { name: 'Cavity', colour: COLOURS.blue, symbol: 'circle', closed: 'cavityClosed', counted: 'cavityCounted' },
    { name: 'Myocardium', colour: COLOURS.orange, symbol: 'diamond', closed: 'wallClosed', counted: 'wallCounted' },
  ];
  const all = points.flatMap(({ closed, counted }) => errors(counted, closed));
  const worst = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const reach = Math.max(1.15 * tolerance, 1.1 * worst);
  const largest = Math.max(...volumes.flatMap((row) => [Number(row.cavityClosed), Number(row.wallClosed)]));
  const edge = (y: number, name?: string): Trace => ({
    type: 'scatter',
    mode: 'lines',
    x: [0, 1.05 * largest],
    y: [y, y],
    line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
    hoverinfo: 'skip',
    ...(name === undefined ? { showlegend: false } : { name }),
  });
  return makeFigure(
    {
      name: 'exact-labels',
      title: 'Volumes counted in the imaged geometry against the labels',
      dataOrigin: 'phantom',
      caption: `${volumes.length} instants of ${new Set(volumes.map(({ patient }) => patient)).size} hearts; counted on a lattice askew to the heart, which knows nothing of the formula. Dashed: the tolerance fixed before the run.`,
      altText: `Relative error of ${all.length} counted volumes; the largest is ${worst.toFixed(2)} percent.`,
    },
    [
      ...points.map(({ name, colour, symbol, closed, counted }) => ({
        type: 'scatter' as const,
        mode: 'markers',
        name,
        x: volumes.map((row) => Number(row[closed])),
        y: errors(counted, closed),
        text: volumes.map((row) => `${row.patient}, ${Math.round(100 * Number(row.time))} % of the beat`),
        marker: { color: colour, size: 9, symbol, opacity: 0.8, line: { color: '#ffffff', width: 1 } },
        hovertemplate: '%{text}<br>%{x:.1f} mL, %{y:.2f} %',
      })),
      edge(tolerance, `Tolerance, ${tolerance} %`),
      edge(-tolerance),
    ],
    {
      plotHeight: 260,
      xaxis: { title: 'Labelled volume (mL)', range: [0, 1.05 * largest] },
      yaxis: { title: 'Counted minus labelled (%)', range: [-reach, reach] },
      legendBelow: true,
    },
  );
}

/** Histogram of the envelope with the distribution that it should have. */
export function speckleFigure(envelope: readonly CsvRow[]): Figure {
  const middle = envelope.map((row) => Number(row.middle));
  return makeFigure(
    {
      name: 'speckle',
      title: 'Envelope of tissue without structure, and the Rayleigh distribution',
      dataOrigin: 'phantom',
      caption:
        'All transducers, each divided by its own mean; before compounding, clutter and log compression, which make it narrower.',
      altText: `Histogram of the envelope in ${envelope.length} bins with the Rayleigh density of mean 1 over it.`,
    },
    [
      {
        type: 'bar',
        name: 'Phantom',
        x: middle,
        y: envelope.map((row) => Number(row.density)),
        marker: { color: COLOURS.sky, line: { color: '#ffffff', width: 0.5 } },
        hovertemplate: '%{x:.2f}: %{y:.3f}',
      },
      {
        type: 'scatter',
        mode: 'lines',
        name: 'Rayleigh',
        x: middle,
        y: envelope.map((row) => Number(row.rayleigh)),
        line: { color: COLOURS.black, width: 2.5 },
        hovertemplate: '%{x:.2f}: %{y:.3f}',
      },
    ],
    {
      plotHeight: 240,
      bargap: 0,
      xaxis: { title: 'Envelope (in means)' },
      yaxis: { title: 'Probability density (1/mean)' },
      legendBelow: true,
    },
  );
}
