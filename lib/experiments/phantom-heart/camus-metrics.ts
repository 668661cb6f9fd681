import type { CsvRow } from '../../core/csv.js';
import { type Appearance, appearanceDistance } from '../../phantom/realism.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { quantile } from '../../statistics/quantile.js';

/** What a frame beside CAMUS may be, in the order of tables and figures. */
export const CAMUS_ORIGINS = ['real', 'camus', 'usual'] as const;
export type CamusOrigin = (typeof CAMUS_ORIGINS)[number];

export const ORIGIN_WORDS: Readonly<Record<CamusOrigin, string>> = {
  real: 'real CAMUS',
  camus: 'CAMUS-like phantom',
  usual: 'usual phantom',
};

const SHAPE_COLUMNS = ['wall', 'lean', 'base', 'filling'] as const;

/**
 * The group `besideCamus` of the metrics: distances of both phantoms to the real frames, and medians of the contours' shape by origin and phase.
 *
 * @returns nothing where the record has no real frames, so that older records stay as they are
 */
export function besideCamusMetrics(tables: TextTables): { readonly besideCamus?: Metrics } {
  const appearance = tables.camusAppearance ?? [];
  if (appearance.length === 0) return {};
  const real = appearanceOf(appearance, 'real');
  const shape = tables.camusShape ?? [];
  return {
    besideCamus: {
      pictures: byOrigin((origin) => shape.filter((row) => row.origin === origin).length),
      distance: {
        camus: { ...appearanceDistance(real, appearanceOf(appearance, 'camus')) },
        usual: { ...appearanceDistance(real, appearanceOf(appearance, 'usual')) },
      },
      shape: byOrigin((origin) => ({
        ED: shapeMedians(shape.filter((row) => row.origin === origin && row.phase === 'ED')),
        ES: shapeMedians(shape.filter((row) => row.origin === origin && row.phase === 'ES')),
      })),
    },
  };
}

/** The appearance of one origin, from its rows; NaN where nothing could be measured. */
export function appearanceOf(rows: readonly CsvRow[], origin: CamusOrigin): Appearance {
  const own = rows.filter((row) => row.origin === origin);
  const values = (quantity: string): number[] =>
    own.filter((row) => row.quantity === quantity).map(({ value }) => (value === '' ? Number.NaN : Number(value)));
  return {
    greyPercentiles: values('greyPercentiles'),
    greyHistogram: values('greyHistogram'),
    axialSpeckle: values('axialSpeckle'),
    lateralSpeckle: values('lateralSpeckle'),
    spectrum: values('spectrum'),
    contrast: values('contrast'),
  };
}

function shapeMedians(rows: readonly CsvRow[]): Metrics {
  const medians = SHAPE_COLUMNS.map((column): [string, number | null] => {
    const values = rows.flatMap((row) => (row[column] === '' ? [] : [Number(row[column])]));
    return [column, values.length === 0 ? null : quantile(values, 0.5)];
  });
  return { ...Object.fromEntries(medians), n: rows.length };
}

function byOrigin<T extends Metrics | number>(read: (origin: CamusOrigin) => T): Record<CamusOrigin, T> {
  return { real: read('real'), camus: read('camus'), usual: read('usual') };
}
