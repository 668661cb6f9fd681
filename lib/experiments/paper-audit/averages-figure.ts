import { type Figure, type FigureLabels, makeFigure, type Trace } from '../../figures/figure.js';
import { COLOURS, seriesColour } from '../../figures/palette.js';
import type { AveragedCell } from './audit-metrics.js';

/** Half a unit of the third decimal: beyond it a mean would round to other digits. In thousandths. */
const ROUNDS_UP = 0.5;
/** Of binary fractions, in thousandths. */
const DUST = 1e-9;

/**
 * What the mean of the 18 views is beyond the printed digits of Table 3. Rounded numbers lie within half a thousandth on
 * either side; numbers that were cut off lie anywhere from 0 to 1.
 */
export function averagesFigure(cells: readonly AveragedCell[], labels: FigureLabels): Figure {
  const models = [...new Set(cells.map(({ model }) => model))];
  const metrics = [...new Set(cells.map(({ metric }) => metric))];
  const excess = ({ mean, printed }: AveragedCell): number => 1000 * (mean - Number(printed));
  const data = metrics.map((metric, index): Trace => {
    const own = cells.filter((cell) => cell.metric === metric);
    return {
      type: 'scatter',
      mode: 'markers',
      name: metric,
      x: own.map(({ model }) => models.indexOf(model) + (index - 1) * 0.18),
      y: own.map(excess),
      text: own.map(({ model, printed, mean }) => `${model}: printed ${printed}, mean ${mean.toFixed(5)}`),
      marker: { color: seriesColour(index), size: 11, symbol: ['circle', 'square', 'diamond'][index % 3] },
      hovertemplate: `%{text}<extra>${metric}</extra>`,
    };
  });
  const beyond = cells.filter((cell) => excess(cell) > ROUNDS_UP + DUST).length;
  return makeFigure(
    {
      ...labels,
      caption:
        labels.caption ??
        `Mean of 18 views minus the cell of Table 3. Dashed: ${ROUNDS_UP} thousandths; rounding would have printed the next digit for the ${beyond} of ${cells.length} cells above it, which were cut off.`,
      altText: `Mean of 18 views minus the printed cell of Table 3: ${beyond} of ${cells.length} cells lie beyond half a thousandth, where rounding would have printed the next digit.`,
    },
    [
      ...data,
      {
        type: 'scatter',
        mode: 'lines',
        name: 'rounds up beyond',
        x: [-0.5, models.length - 0.5],
        y: [ROUNDS_UP, ROUNDS_UP],
        line: { color: COLOURS.grey, width: 1.5, dash: 'dash' },
        hoverinfo: 'skip',
      },
    ],
    {
      plotHeight: 300,
      xaxis: {
        title: 'Model',
        tickvals: models.map((_, index) => index),
        ticktext: models,
        range: [-0.5, models.length - 0.5],
        showgrid: false,
      },
      yaxis: { title: 'Mean − printed (thousandths)', zeroline: true, zerolinecolor: '#999999' },
      hovermode: 'closest',
      legendBelow: true,
      phone: {
        xaxis: {
          title: 'Model',
          tickvals: models.map((_, index) => index),
          ticktext: models.map((name) => name.replace('-', '-<br>')),
          tickfont: { size: 10 },
          tickangle: 0,
          range: [-0.5, models.length - 0.5],
          showgrid: false,
        },
      },
    },
  );
}
