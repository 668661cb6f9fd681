import { ArgumentError } from '../core/errors.js';
import { classLabels } from './class-labels.js';
import { type Figure, type FigureLabels, makeFigure } from './make-figure.js';
import { classStyle } from './palette.js';

/** One point of a map. */
export interface EmbeddingPoint {
  readonly x: number;
  readonly y: number;
  /** The class that gives the point its colour. */
  readonly label: string;
  readonly sample: string;
  readonly patient: string;
  readonly vendor?: string;
  /** Drawn as a large star-like ring with this name: e.g. the one real clip among phantoms. */
  readonly highlight?: string;
}

export interface EmbeddingMapInput extends FigureLabels {
  readonly points: readonly EmbeddingPoint[];
  /** Classes in the order of the legend and of the colours; default: as they appear, sorted. */
  readonly classes?: readonly string[];
  /** E.g. `t-SNE, perplexity 50, KL 1.65`. Written under the axes' names and in the caption. */
  readonly method: string;
  /** Write each class's name on the map; default: from the tenth class on, where colours alone no longer tell classes apart. */
  readonly classNames?: boolean;
}

/**
 * A two-dimensional map of embeddings, coloured by class (paper Fig. 2, right).
 *
 * Axes of t-SNE, UMAP and PCA maps have no unit: ticks are left out, scales are equal. From the tenth class the marker's shape changes.
 *
 * @throws {ArgumentError} if there is no point or a point's class is not among `classes`
 */
export function embeddingMap(input: EmbeddingMapInput): Figure {
  const { points } = input;
  if (points.length === 0) throw new ArgumentError('embeddingMap: needs at least one point, got none');
  const classes = input.classes ?? [...new Set(points.map((point) => point.label))].sort();
  const unknown = points.find((point) => !classes.includes(point.label));
  if (unknown !== undefined) {
    throw new ArgumentError(
      `embeddingMap: classes must hold every label; ${JSON.stringify(unknown.label)} of ${unknown.sample} is missing`,
    );
  }
  const size = points.length > 5000 ? 3.5 : points.length > 1000 ? 5 : 7;
  const plain = points.filter((point) => point.highlight === undefined);
  const present = classes.filter((label) => plain.some((point) => point.label === label));
  const groups = present.map((label) => {
    const members = plain.filter((point) => point.label === label);
    const { colour, symbol } = classStyle(classes.indexOf(label));
    return {
      ...scatterOf(members),
      name: label,
      marker: { color: colour, symbol, size, opacity: points.length > 1000 ? 0.7 : 0.85 },
    };
  });
  const named = input.classNames ?? classes.length > 9;
  const marked = points.filter((point) => point.highlight !== undefined);
  const rings = [...new Set(marked.map((point) => point.highlight as string))].map((name) => ({
    ...scatterOf(marked.filter((point) => point.highlight === name)),
    name,
    marker: { color: '#ffffff', symbol: 'circle', size: 13, line: { color: '#000000', width: 3 } },
  }));
  const patients = new Set(points.map((point) => point.patient)).size;
  const axis = { showgrid: false, showticklabels: false, ticks: '', zeroline: false, mirror: true };
  return makeFigure(
    {
      name: input.name,
      title: input.title,
      dataOrigin: input.dataOrigin,
      caption:
        input.caption ?? `${input.method}. ${points.length} frames of ${patients} patients; the axes have no unit.`,
      altText: `Scatter map of ${points.length} embeddings by ${input.method}, coloured by ${present.length} classes: ${present.join(', ')}.`,
    },
    [...groups, ...rings],
    {
      plotHeight: 500,
      axisHeight: 36,
      xaxis: { ...axis, title: input.method },
      yaxis: { ...axis, scaleanchor: 'x' },
      hovermode: 'closest',
      ...(named ? { annotations: classLabels(plain, { width: 590, height: 460 }, 12) } : {}),
      phone: {
        plotHeight: 340,
        ...(named ? { annotations: classLabels(plain, { width: 310, height: 320 }, 10) } : {}),
      },
    },
  );
}

function scatterOf(points: readonly EmbeddingPoint[]): {
  type: 'scatter';
  mode: string;
  x: number[];
  y: number[];
  text: string[];
  hovertemplate: string;
} {
  return {
    type: 'scatter',
    mode: 'markers',
    x: points.map((point) => point.x),
    y: points.map((point) => point.y),
    text: points.map((point) =>
      [`<b>${point.label}</b>`, point.sample, `patient ${point.patient}`, ...(point.vendor ? [point.vendor] : [])].join(
        '<br>',
      ),
    ),
    hovertemplate: '%{text}<extra></extra>',
  };
}
