import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord, Metrics } from '../../records/record.js';
import type { TableRow } from '../number-text.js';
import { CAMUS_ORIGINS, type CamusOrigin, ORIGIN_WORDS } from './camus-metrics.js';

/** The patients to which `CAMUS_SITE` was fitted by hand (lib/phantom/camus-site.ts). */
const FITTED: ReadonlySet<string> = new Set(
  ['0001', '0027', '0047', '0166', '0273', '0296'].map((number) => `camus/patient${number}`),
);

/** What `AppearanceDistance` holds, in words. */
const DISTANCES = [
  { key: 'histogram', short: 'grey levels', text: 'grey histogram, total variation (%)', factor: 100 },
  {
    key: 'lateralSpeckle',
    short: 'speckle across',
    text: 'speckle across the beams, mean |ln ratio| (%)',
    factor: 100,
  },
  { key: 'axialSpeckle', short: 'speckle along', text: 'speckle along the beams, mean |ln ratio| (%)', factor: 100 },
  { key: 'spectrum', short: 'spectrum', text: 'radial power spectrum, total variation (%)', factor: 100 },
  { key: 'contrast', short: 'contrast', text: 'wall minus cavity, mean difference (grey levels)', factor: 1 },
] as const;

/** Distances of both phantoms to the real CAMUS frames; 0 is alike. No rows where there are no real frames. */
export function camusTable(record: LoadedRecord): TableRow[] {
  if (!hasCamus(record)) return [];
  return DISTANCES.map(({ key, text, factor }) => ({
    'distance to real CAMUS': text,
    'CAMUS-like phantom': rounded(distanceOf(record, 'camus', key), factor),
    'usual phantom': rounded(distanceOf(record, 'usual', key), factor),
  }));
}

/** Medians of what the contours look like. No rows where there are no real frames. */
export function camusShapeTable(record: LoadedRecord): TableRow[] {
  if (!hasCamus(record)) return [];
  return (['ED', 'ES'] as const).flatMap((phase) =>
    CAMUS_ORIGINS.map((origin) => {
      const { wall, lean, base, filling, n } = shapeOf(record, origin, phase);
      return {
        phase,
        frames: ORIGIN_WORDS[origin],
        n: Number(n),
        'wall over cavity, area': rounded(wall, 1, 2),
        'lean of the cavity (°)': rounded(lean, 1),
        'tilt of its base (°)': rounded(base, 1),
        'cavity in the square (%)': rounded(filling, 100),
      };
    }),
  );
}

/** What stood beside real CAMUS frames and how independent that is; or where to put such frames. */
export function camusSentence(record: LoadedRecord): string {
  if (!hasCamus(record)) {
    return (
      '**Beside real CAMUS frames.** None are present: put single patients as released (`patientNNNN_4CH_ED.nii.gz` with `_gt`) into ' +
      '`../shared/samples/camus` beside the clone or into a folder named by `ECHOLAB_CAMUS_SAMPLES`, or the whole data set into ' +
      '`data/real/camus`, and run again.'
    );
  }
  const pictures = metricsGroup(besideCamusOf(record), 'pictures') as Record<CamusOrigin, number>;
  const nearer = DISTANCES.filter(({ key }) => distanceOf(record, 'camus', key) < distanceOf(record, 'usual', key)).map(
    ({ short }) => short,
  );
  const wall = (origin: CamusOrigin): string => String(rounded(shapeOf(record, origin, 'ED').wall, 1, 2) ?? 'unknown');
  return (
    `**Beside real CAMUS frames.** ${pictures.real} real frames, ${pictures.camus} of each phantom. The CAMUS-like phantom is nearer to the ` +
    `real frames than the usual one in ${nearer.length} of ${DISTANCES.length} distances` +
    `${nearer.length === 0 ? '' : ` (${nearer.join(', ')})`}. At end-diastole the wall covers ${wall('real')} of the cavity's area in real ` +
    `frames, ${wall('camus')} in the CAMUS-like phantom and ${wall('usual')} in the usual one. ${independence(record)}`
  );
}

function independence(record: LoadedRecord): string {
  const rows = (record.tables.camusShape ?? []).filter(({ origin }) => origin === 'real');
  const patients = new Set(rows.map(({ patient }) => patient!));
  const fitted = [...patients].filter((patient) => FITTED.has(patient)).length;
  if (fitted === patients.size) {
    return (
      `**The CAMUS-like phantom was fitted by hand to ${fitted === FITTED.size ? 'these same six patients' : 'six patients, these among them'}, ` +
      'so this is no independent test.**'
    );
  }
  return `**The CAMUS-like phantom was fitted by hand to six patients of CAMUS; ${fitted} of the ${patients.size} patients here ${fitted === 1 ? 'is' : 'are'} among them.**`;
}

function besideCamusOf(record: LoadedRecord): Metrics {
  return metricsGroup(record.metrics, 'besideCamus');
}

function hasCamus(record: LoadedRecord): boolean {
  return Object.keys(besideCamusOf(record)).length > 0;
}

function distanceOf(record: LoadedRecord, phantom: 'camus' | 'usual', key: string): number {
  const value = metricsGroup(metricsGroup(besideCamusOf(record), 'distance'), phantom)[key];
  return typeof value === 'number' ? value : Number.NaN;
}

function shapeOf(record: LoadedRecord, origin: CamusOrigin, phase: 'ED' | 'ES'): Metrics {
  return metricsGroup(metricsGroup(metricsGroup(besideCamusOf(record), 'shape'), origin), phase);
}

function rounded(value: Metrics[string] | undefined, factor: number, digits = 1): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Number((factor * value).toFixed(digits));
}
