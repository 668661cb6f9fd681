import { ArgumentError } from '../core/errors.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { COLOURS } from './palette.js';

/** One bin of confidence, as the statistics room's calibration error gives it. */
export interface ReliabilityBin {
  /** Ends of the bin in [0, 1]. */
  readonly from: number;
  readonly to: number;
  /** Samples in the bin; empty bins are not drawn. */
  readonly count: number;
  readonly confidence: number;
  readonly accuracy: number;
}

export interface ReliabilityDiagramInput extends FigureLabels {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 0 to 1. */
  readonly calibrationError: number;
}

/**
 * Reliability diagram: accuracy against confidence in bins, and under it how many samples each bin holds.
 *
 * Source: Guo et al. 2017, Fig. 1.
 *
 * @throws {ArgumentError} if all bins are empty
 */
export function reliabilityDiagram(input: ReliabilityDiagramInput): Figure {
  const bins = input.bins.filter((bin) => bin.count > 0);
  if (bins.length === 0) throw new ArgumentError('reliabilityDiagram: needs a bin with samples, got none');
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const middles = bins.map((bin) => (bin.from + bin.to) / 2);
  const widths = bins.map((bin) => (bin.to - bin.from) * 0.94);
  const ece = `Expected calibration error ${(input.calibrationError * 100).toFixed(1)} %`;
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption: input.caption ?? `${ece}, n = ${total}. A calibrated model's bars end on the diagonal.`,
      altText: `Reliability diagram, n = ${total}. ${ece}.`,
    },
    [
      {
        type: 'bar',
        name: 'Accuracy',
        x: middles,
        y: bins.map((bin) => bin.accuracy),
        width: widths,
        customdata: bins.map((bin) => [bin.count, bin.confidence]),
        marker: { color: COLOURS.blue, opacity: 0.75 },
        hovertemplate: 'accuracy %{y:.3f}<br>confidence %{customdata[1]:.3f}<br>n = %{customdata[0]}<extra></extra>',
      },
      {
        type: 'scatter',
        mode: 'markers',
        name: 'Mean confidence',
        x: middles,
        y: bins.map((bin) => bin.confidence),
        marker: { color: COLOURS.orange, symbol: 'diamond', size: 9, line: { color: '#222222', width: 1 } },
        hovertemplate: 'confidence %{y:.3f}<extra></extra>',
      },
      {
        type: 'scatter',
        mode: 'lines',
        name: 'Calibrated',
        x: [0, 1],
        y: [0, 1],
        line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
        hoverinfo: 'skip',
      },
      {
        type: 'bar',
        x: middles,
        y: bins.map((bin) => (100 * bin.count) / total),
        width: widths,
        yaxis: 'y2',
        marker: { color: COLOURS.grey },
        hovertemplate: '%{y:.1f} % of samples<extra></extra>',
        showlegend: false,
      },
    ],
    {
      plotHeight: 400,
      xaxis: { title: 'Confidence', range: [0, 1], anchor: 'y2' },
      yaxis: { title: 'Accuracy', range: [0, 1.02], domain: [0.3, 1] },
      yaxis2: { title: 'Samples (%)', domain: [0, 0.22], nticks: 4 },
      annotations: [
        {
          text: ece,
          xref: 'x',
          yref: 'y',
          x: 0.02,
          y: 0.98,
          xanchor: 'left',
          yanchor: 'top',
          showarrow: false,
          bgcolor: 'rgba(255, 255, 255, 0.8)',
        },
      ],
      legendBelow: true,
    },
  );
}
