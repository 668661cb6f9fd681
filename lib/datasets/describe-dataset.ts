import type { DataFrame } from 'danfojs-node';
import type { AnyDataset } from './open-dataset.js';

/** One row a sample; the columns depend on the layout. */
export type SampleRow = Readonly<Record<string, string | number | null>>;

/** A chart as plotly takes it. */
export interface Overview {
  readonly title: string;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What {@link describeDataset} gives. */
export interface DatasetDescription {
  readonly rows: readonly SampleRow[];
  /** The rows as a danfojs frame, types fixed column by column (danfojs guesses them from the first rows otherwise). */
  readonly table: DataFrame;
  /** Count, missing, mean, standard deviation, minimum, median and maximum of each numeric column; empty where there is none. */
  readonly summary: DataFrame;
  readonly overviews: readonly Overview[];
}

/** One row a sample, from the tables alone: nothing is decoded. */
export function sampleRows(dataset: AnyDataset): SampleRow[] {
  switch (dataset.layout) {
    case 'echonet-dynamic':
      return dataset.samples.map((one) => ({
        id: one.id,
        patient: one.patient,
        split: one.split,
        view: one.view,
        ejectionFraction: one.ejectionFraction,
        endDiastolicVolume: one.endDiastolicVolume,
        endSystolicVolume: one.endSystolicVolume,
        frames: one.frameCount,
        framesPerSecond: one.framesPerSecond,
        tracedFrames: one.tracings.length,
      }));
    case 'echonet-pediatric':
      return dataset.samples.map((one) => ({
        id: one.id,
        patient: one.patient,
        fold: one.fold,
        view: one.view,
        ejectionFraction: one.ejectionFraction,
        sex: one.sex,
        age: one.age,
        weightKilograms: one.weightKilograms,
        heightCentimetres: one.heightCentimetres,
        tracedFrames: one.tracings.length,
      }));
    case 'camus':
      return dataset.samples.map((one) => ({
        id: one.id,
        patient: one.patient,
        split: one.split,
        view: one.view,
        imageQuality: one.imageQuality,
        ejectionFraction: one.ejectionFraction,
        age: one.age,
        sex: one.sex,
        frames: one.frameCount,
        framesPerSecond: one.framesPerSecond,
      }));
    case 'echonet-lvh':
      return dataset.samples.map((one) => ({
        id: one.id,
        patient: one.patient,
        split: one.split,
        view: one.view,
        measurements: one.measurements.length,
        millimetresPerPixel: one.millimetresPerPixel,
        width: one.width,
        height: one.height,
        frames: one.frameCount,
        framesPerSecond: one.framesPerSecond,
      }));
    case 'unity':
      return dataset.samples.map((one) => {
        const kinds = [...one.labels.values()].map(({ kind }) => kind);
        const count = (kind: string): number => kinds.filter((other) => other === kind).length;
        return { id: one.id, patient: one.patient, split: one.split, points: count('point'), curves: count('curve') };
      });
    case 'tmed-2':
      return dataset.samples.map(({ id, patient, split, view, diagnosis }) => ({
        id,
        patient,
        split,
        view,
        diagnosis,
      }));
    case 'view-study':
      return dataset.samples.map(({ id, patient, split, view, vendor, site }) => ({
        id,
        patient,
        split,
        view,
        vendor,
        site,
      }));
    case 'vol-biplane':
      return dataset.samples.map(({ id, patient, split, view, phase, vendor, site, millimetresPerPixel }) => ({
        id,
        patient,
        split,
        view,
        phase,
        vendor,
        site,
        millimetresPerPixel,
      }));
    case 'picture-set':
      return dataset.samples.map(({ id, patient, split, kind }) => ({ id, patient, split, kind }));
    case 'volume-set':
      return dataset.samples.map(({ id, patient, split, vendor, site }) => ({ id, patient, split, vendor, site }));
  }
}

/** What is shown as a histogram, with its axis. */
const MEASURES: Readonly<Record<string, string>> = {
  ejectionFraction: 'Ejection fraction (%)',
  endDiastolicVolume: 'End-diastolic volume (mL)',
  age: 'Age (years)',
  frames: 'Frames a clip',
  framesPerSecond: 'Frames a second',
  millimetresPerPixel: 'Millimetres a pixel',
  measurements: 'Measurements a clip',
  points: 'Points a frame',
};

/** What is shown as bars. */
const CLASSES: Readonly<Record<string, string>> = {
  view: 'View',
  split: 'Side of the split',
  fold: 'Fold',
  imageQuality: 'Image quality',
  vendor: 'Vendor',
  site: 'Site',
  sex: 'Sex',
  diagnosis: 'Aortic stenosis',
  phase: 'Phase',
  kind: 'Kind',
};

/**
 * A data set as danfojs frames and plotly overviews, for exploration: views and sides as bars, EF, age, frame counts and scale as histograms
 * (the paper's Figs 4b, 5b, 6b and 7).
 */
export async function describeDataset(dataset: AnyDataset): Promise<DatasetDescription> {
  const { DataFrame: Frame } = await import('danfojs-node');
  const rows = sampleRows(dataset);
  const columns = Object.keys(rows[0] ?? {});
  const numeric = columns.filter((column) => rows.every((row) => typeof row[column] !== 'string') && column !== 'fold');
  const values = Object.fromEntries(
    columns.map((column) => [
      column,
      rows.map((row) => {
        const cell = row[column] ?? null;
        if (numeric.includes(column)) return cell ?? Number.NaN;
        return cell === null ? '' : String(cell);
      }),
    ]),
  );
  const table = new Frame(values, {
    dtypes: columns.map((column) => (numeric.includes(column) ? 'float32' : 'string')),
  });
  const measured = numeric.filter((column) => rows.some((row) => row[column] != null));
  const summaryRows = measured.map((column) =>
    summaryOf(
      column,
      rows.flatMap((row) => (row[column] == null ? [] : [Number(row[column])])),
      rows.length,
    ),
  );
  // danfojs refuses columns without rows.
  const summary = new Frame(
    summaryRows.length === 0
      ? []
      : Object.fromEntries(
          Object.keys(summaryRows[0]!).map((key) => [key, summaryRows.map((row) => row[key as keyof Summary])]),
        ),
  );
  const note = dataset.manifest.origin === 'phantom' ? ' (phantom data)' : '';
  const title = `${dataset.manifest.title}${note}`;
  return {
    rows,
    table,
    summary,
    overviews: [
      ...columns
        .filter((column) => CLASSES[column] !== undefined)
        .map((column) =>
          bars(
            title,
            CLASSES[column]!,
            rows.map((row) => row[column] ?? null),
          ),
        ),
      ...measured
        .filter((column) => MEASURES[column] !== undefined)
        .map((column) =>
          histogram(
            title,
            MEASURES[column]!,
            rows.flatMap((row) => (row[column] == null ? [] : [Number(row[column])])),
          ),
        ),
    ],
  };
}

interface Summary {
  readonly column: string;
  readonly count: number;
  readonly missing: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

function summaryOf(column: string, values: readonly number[], total: number): Summary {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    column,
    count,
    missing: total - count,
    mean,
    standardDeviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    minimum: sorted[0]!,
    median: (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2,
    maximum: sorted[count - 1]!,
  };
}

function bars(title: string, axis: string, values: readonly (string | number | null)[]): Overview {
  const counts = new Map<string, number>();
  for (const value of values) {
    const name = value === null || value === '' ? 'none' : String(value);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    title: axis,
    data: [
      {
        type: 'bar',
        x: sorted.map(([name]) => name),
        y: sorted.map(([, count]) => count),
        marker: { color: '#0072B2' },
      },
    ],
    layout: {
      title: { text: title },
      xaxis: { title: { text: axis }, type: 'category' },
      yaxis: { title: { text: 'Samples' } },
    },
  };
}

function histogram(title: string, axis: string, values: readonly number[]): Overview {
  return {
    title: axis,
    data: [{ type: 'histogram', x: values, nbinsx: 40, marker: { color: '#0072B2' } }],
    layout: { title: { text: title }, xaxis: { title: { text: axis } }, yaxis: { title: { text: 'Samples' } } },
  };
}
