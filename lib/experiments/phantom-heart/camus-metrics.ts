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

/** Where each number of an {@link Appearance} is taken: percent of pixels or pictures, middle of a grey bin, share of the depth, shorter end of an octave in mm. */
export const APPEARANCE_PLACES: readonly { readonly quantity: keyof Appearance; readonly places: readonly number[] }[] =
  [
    { quantity: 'greyPercentiles', places: [5, 25, 50, 75, 95, 99] },
    { quantity: 'greyHistogram', places: Array.from({ length: 16 }, (_, bin) => 16 * bin + 8) },
    { quantity: 'axialSpeckle', places: [0.3, 0.55, 0.8] },
    { quantity: 'lateralSpeckle', places: [0.3, 0.55, 0.8] },
    { quantity: 'spectrum', places: [1, 2, 4, 8, 16] },
    { quantity: 'contrast', places: [5, 50, 95] },
  ];

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
