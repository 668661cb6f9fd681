import type { CsvRow } from '../../core/csv.js';
import { type Figure, type FigureLayout, type Layout, makeFigure, type Trace } from '../../figures/figure.js';
import { COLOURS } from '../../figures/palette.js';
import { panelGrid } from '../../figures/panel-grid.js';
import { APPEARANCE_PLACES, type Appearance } from '../../phantom/realism.js';
import { appearanceOf, CAMUS_ORIGINS, type CamusOrigin, ORIGIN_WORDS } from './camus-metrics.js';

/** Real as in the figure of grey levels before it. */
const STYLES: Readonly<
  Record<CamusOrigin, { readonly colour: string; readonly symbol: string; readonly dash: string }>
> = {
  real: { colour: COLOURS.orange, symbol: 'square', dash: 'dash' },
  camus: { colour: COLOURS.blue, symbol: 'circle', dash: 'solid' },
  usual: { colour: COLOURS.green, symbol: 'diamond', dash: 'dot' },
};

/** One panel: a quantity of all origins. */
interface Panel {
  readonly quantity: keyof Appearance;
  readonly heading: string;
  readonly abscissa: string;
  readonly ordinate: string;
  /** From the record's unit to the axis's. */
  readonly factor: number;
  readonly ticks?: readonly string[];
}

const PANELS: readonly Panel[] = [
  { quantity: 'greyHistogram', heading: 'Grey levels', abscissa: 'Grey level', ordinate: 'Pixels (%)', factor: 100 },
  {
    quantity: 'lateralSpeckle',
    heading: 'Speckle across the beams',
    abscissa: 'Share of the depth',
    ordinate: 'Width (mm)',
    factor: 1,
  },
  {
    quantity: 'axialSpeckle',
    heading: 'Speckle along the beams',
    abscissa: 'Share of the depth',
    ordinate: 'Width (mm)',
    factor: 1,
  },
  {
    quantity: 'spectrum',
    heading: 'Radial power spectrum',
    abscissa: 'Octave from (cycles/mm)',
    ordinate: 'Variance (%)',
    factor: 100,
    ticks: ['1/32', '1/16', '1/8', '1/4', '1/2'],
  },
  {
    quantity: 'contrast',
    heading: 'Wall minus cavity',
    abscissa: 'Percentile of frames',
    ordinate: 'Grey levels',
    factor: 1,
    ticks: ['5', '50', '95'],
  },
];

/** How real CAMUS frames and both phantoms look, in numbers alone: the pictures' licence keeps them out of a record. */
export function camusAppearanceFigure(rows: readonly CsvRow[]): Figure {
  const appearances = CAMUS_ORIGINS.map((origin) => ({ origin, appearance: appearanceOf(rows, origin) }));
  const counts = CAMUS_ORIGINS.map((origin) => {
    const row = rows.find((each) => each.origin === origin);
    return `${ORIGIN_WORDS[origin]} ${row?.pictures} (${Number(row?.drawnSpacing).toFixed(2)} mm)`;
  });
  const { spacing, depth } = rows[0] ?? {};
  const contrasts = appearances.map(
    ({ origin, appearance: { contrast } }) =>
      `${ORIGIN_WORDS[origin]} ${contrast.map((value) => value.toFixed(0)).join(', ')}`,
  );
  return makeFigure(
    {
      name: 'camus-appearance',
      title: 'How real CAMUS frames and the two phantoms look, in numbers',
      dataOrigin: 'phantom',
      caption: `Apical four-chamber frames at end-diastole and end-systole, with the size of a pixel: ${counts.join(', ')}. All are measured at the same geometry: resampled to ${Number(spacing).toFixed(2)} mm a pixel and cropped to the first ${Number(depth).toFixed(0)} mm of depth; a coarser frame is interpolated, a shallower one stays as shallow. Means over the frames, of the contrast percentiles; speckle is the full width at half maximum of its autocorrelation; the spectrum is that of square windows of 32 mm in the sector, averaged over rings (all directions), as share of the variance by octave; nothing finer than two pixels can be seen. The CAMUS-like phantom was fitted by hand to six patients of CAMUS. Real: Leclerc et al. 2019.`,
      altText: `Five panels. Contrast of wall and cavity, 5, 50 and 95 % of frames: ${contrasts.join('; ')} grey levels.`,
    },
    PANELS.flatMap((panel, n) => appearances.map(({ origin, appearance }) => trace(panel, n, origin, appearance))),
    { ...arrange(3), legendBelow: true, phone: arrange(2) },
  );
}

function trace(panel: Panel, number: number, origin: CamusOrigin, appearance: Appearance): Trace {
  const { quantity, factor, ticks } = panel;
  const { colour, symbol, dash } = STYLES[origin];
  const places = APPEARANCE_PLACES.find((each) => each.quantity === quantity)!.places;
  const name = ORIGIN_WORDS[origin];
  return {
    type: 'scatter',
    mode: 'lines+markers',
    name: name.charAt(0).toUpperCase() + name.slice(1),
    legendgroup: origin,
    showlegend: number === 0,
    x: ticks === undefined ? [...places] : ticks.map((_, n) => n),
    y: appearance[quantity].map((value) => (Number.isFinite(value) ? factor * value : null)),
    line: { color: colour, width: 2, dash },
    marker: { color: colour, size: quantity === 'greyHistogram' ? 4 : 7, symbol },
    hovertemplate: `%{y:.3g}<extra>${name}</extra>`,
    xaxis: number === 0 ? 'x' : `x${number + 1}`,
    yaxis: number === 0 ? 'y' : `y${number + 1}`,
  };
}

/** Panels in rows, each under its heading. */
function arrange(columns: number): FigureLayout {
  const { plotHeight, places } = panelGrid(PANELS.length, {
    columns,
    gap: columns === 3 ? 0.1 : 0.19,
    panelHeight: 160,
    axisHeight: 84,
  });
  const layout: Record<string, Layout> = {};
  const annotations: Layout[] = [];
  for (const [index, { heading, abscissa, ordinate, ticks }] of PANELS.entries()) {
    const { suffix, x, y } = places[index]!;
    layout[`xaxis${suffix}`] = {
      title: abscissa,
      domain: [...x],
      anchor: `y${suffix}`,
      automargin: false,
      ...(ticks === undefined
        ? { nticks: 5 }
        : { tickvals: ticks.map((_, n) => n), ticktext: [...ticks], tickangle: 0, range: [-0.3, ticks.length - 0.7] }),
    };
    layout[`yaxis${suffix}`] = {
      title: ordinate,
      domain: [...y],
      anchor: `x${suffix}`,
      nticks: 5,
      rangemode: 'tozero',
      automargin: false,
    };
    annotations.push({
      text: heading,
      xref: 'paper',
      yref: 'paper',
      x: x[0],
      y: y[1],
      xanchor: 'left',
      yanchor: 'bottom',
      yshift: 4,
      showarrow: false,
      font: { size: columns === 3 ? 13 : 11 },
    });
  }
  return { ...layout, annotations, plotHeight, extraTop: 20 };
}
