import { type Figure, type FigureLabels, makeFigure, type Trace } from '../../figures/figure.js';
import { COLOURS } from '../../figures/palette.js';
import { VERDICTS, type Verdict } from '../../paper/verdict.js';

/** A claim, as far as the bars need it. */
export interface JudgedClaim {
  /** Part of the paper. */
  readonly part: string;
  readonly verdict: string;
}

/** Colour of a verdict, wherever verdicts are shown. */
export const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  holds: COLOURS.green,
  'holds when rounded down': COLOURS.sky,
  'does not follow': COLOURS.vermilion,
  'cannot be checked without their data': '#c9ced4',
};

/** Shorter bars have no room for their number; hovering tells it. */
const LEAST_LABELLED = 5;

/** How many claims of each part of the paper got which verdict, as stacked bars. */
export function verdictBars(claims: readonly JudgedClaim[], labels: FigureLabels): Figure {
  const parts = [...new Set(claims.map(({ part }) => part))].reverse();
  const count = (part: string, verdict: string): number =>
    claims.filter((claim) => claim.part === part && claim.verdict === verdict).length;
  const total = (verdict: string): number => claims.filter((claim) => claim.verdict === verdict).length;
  const data = VERDICTS.map((verdict): Trace => {
    const counts = parts.map((part) => count(part, verdict));
    return {
      type: 'bar',
      orientation: 'h',
      name: `${verdict} (${total(verdict)})`,
      y: parts,
      x: counts,
      text: counts.map((value) => (value >= LEAST_LABELLED ? String(value) : '')),
      textposition: 'inside',
      insidetextanchor: 'middle',
      textangle: 0,
      insidetextfont: { color: verdict === 'does not follow' || verdict === 'holds' ? '#ffffff' : '#222222', size: 12 },
      marker: { color: VERDICT_COLOURS[verdict], line: { color: '#ffffff', width: 1 } },
      hovertemplate: `%{y}: %{x}<extra>${verdict}</extra>`,
    };
  });
  return makeFigure(
    {
      ...labels,
      caption:
        labels.caption ?? `${claims.length} claims of the paper by where they stand, recomputed from its own tables.`,
      altText: `${claims.length} claims: ${VERDICTS.map((verdict) => `${total(verdict)} ${verdict}`).join(', ')}.`,
    },
    data,
    {
      barmode: 'stack',
      plotHeight: 46 * parts.length,
      xaxis: { title: 'Claims' },
      yaxis: { title: 'Part of the paper', showgrid: false },
      legend: { traceorder: 'normal' },
      legendBelow: true,
      phone: { plotHeight: 52 * parts.length, yaxis: { title: 'Part', tickfont: { size: 10 }, showgrid: false } },
    },
  );
}
