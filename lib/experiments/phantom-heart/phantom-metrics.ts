import type { CsvRow } from '../../core/csv.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { quantile } from '../../statistics/quantile.js';
import { besideCamusMetrics } from './camus-metrics.js';

/**
 * The primary check, fixed before the run: all three must hold.
 *
 * 1. Labels are exact: the left ventricle's cavity, counted in the geometry that is imaged, is the labelled volume within 1 %, at every instant.
 * 2. The myocardium keeps its volume: counted, it stays within 1 % of that at end-diastole over the beat.
 * 3. Speckle is fully developed: the envelope of homogeneous tissue has mean / standard deviation sqrt(pi / (4 - pi)) = 1.913 within
 *    3 %, for every transducer (Rayleigh distribution; Wagner et al. 1983, IEEE Trans Son Ultrason 30:156).
 */
export const PRIMARY_CHECK = {
  volumeTolerance: 0.01,
  wallTolerance: 0.01,
  rayleigh: Math.sqrt(Math.PI / (4 - Math.PI)),
  speckleTolerance: 0.03,
} as const;

/** Mean and standard deviation (n - 1) of a quantity in a group. */
export interface Moments {
  readonly [name: string]: number;
  readonly n: number;
  readonly mean: number;
  readonly deviation: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Every number of notebook 00, from the record's tables alone. */
export function phantomHeartMetrics(tables: TextTables): Metrics {
  const samples = tables.samples ?? [];
  const volumes = tables.volumes ?? [];
  const speckle = tables.speckle ?? [];
  const cavity = volumes.map((row) => ratio(row, 'cavityCounted', 'cavityClosed'));
  const wall = wallChanges(volumes);
  const ratios = speckle.map((row) => ratio(row, 'mean', 'deviation') + 1);
  const speckleOff = ratios.map((value) => value / PRIMARY_CHECK.rayleigh - 1);
  const cavityError = largest(cavity);
  const wallChange = largest(wall);
  const speckleError = largest(speckleOff);
  const checks = {
    'labels are exact': { largest: cavityError, tolerance: PRIMARY_CHECK.volumeTolerance, n: cavity.length },
    'myocardium keeps its volume': { largest: wallChange, tolerance: PRIMARY_CHECK.wallTolerance, n: wall.length },
    'speckle is fully developed': {
      largest: speckleError,
      tolerance: PRIMARY_CHECK.speckleTolerance,
      n: ratios.length,
    },
  };
  const held = Object.values(checks).filter((check) => check.largest <= check.tolerance).length;
  const adults = samples.filter(({ label }) => label === 'adult');
  const healthy = adults.filter(({ pathology }) => pathology === 'healthy');
  const ejection = momentsOf(adults, 'score');
  const grey = greyDistance(tables.grey ?? []);
  return {
    headline: {
      'checks held, of 3': held,
      'largest error of a volume (%)': 100 * cavityError,
      'largest change of the myocardium (%)': 100 * wallChange,
      'speckle, farthest from Rayleigh (%)': 100 * speckleError,
      'EF of adults, mean (%)': 100 * ejection.mean,
    },
    checks,
    speckle: Object.fromEntries(speckle.map((row, n) => [row.transducer!, ratios[n]!])),
    population: {
      'ejection fraction, adults': ejection,
      'ejection fraction, children': momentsOf(
        samples.filter(({ label }) => label === 'paediatric'),
        'score',
      ),
      'internal dimension, healthy men': momentsOf(
        healthy.filter(({ sex }) => sex === 'M'),
        'cavityDiameter',
      ),
      'internal dimension, healthy women': momentsOf(
        healthy.filter(({ sex }) => sex === 'F'),
        'cavityDiameter',
      ),
      'septum, adults': momentsOf(adults, 'septum'),
      'heart rate, adults': momentsOf(adults, 'heartRate'),
    },
    grey,
    ...besideCamusMetrics(tables),
  };
}

/** Relative change of each later instant's counted wall against the first one's, heart by heart. */
function wallChanges(volumes: readonly CsvRow[]): number[] {
  const first = new Map<string, number>();
  return volumes.flatMap(({ patient, wallCounted }) => {
    const start = first.get(patient!);
    if (start !== undefined) return [Number(wallCounted) / start - 1];
    first.set(patient!, Number(wallCounted));
    return [];
  });
}

/** Grey levels of the real clip against those of the phantom's: total variation of the mean histogram, and of single clips against each other. */
function greyDistance(rows: readonly CsvRow[]): Metrics {
  const clips = histograms(rows);
  const real = clips.filter(({ origin }) => origin === 'real').map(({ shares }) => shares)[0];
  const phantom = clips.filter(({ origin }) => origin === 'phantom').map(({ shares }) => shares);
  if (real === undefined || phantom.length === 0) return {};
  const mean = real.map((_, bin) => phantom.reduce((sum, shares) => sum + shares[bin]!, 0) / phantom.length);
  return {
    'real clip against the phantom mean': variation(real, mean),
    'phantom clips against their mean, median': quantile(
      phantom.map((shares) => variation(shares, mean)),
      0.5,
    ),
    'phantom clips': phantom.length,
    'median grey, real clip': medianGrey(real),
    'median grey, darkest phantom clip': Math.min(...phantom.map(medianGrey)),
    'median grey, brightest phantom clip': Math.max(...phantom.map(medianGrey)),
  };
}

/** Grey histograms by clip, in the order in which they stand. */
export function histograms(rows: readonly CsvRow[]): { origin: string; shares: number[] }[] {
  const clips = new Map<string, { origin: string; shares: number[] }>();
  for (const { origin, clip, share } of rows) {
    const own = clips.get(clip!) ?? { origin: origin!, shares: [] };
    own.shares.push(Number(share));
    clips.set(clip!, own);
  }
  return [...clips.values()];
}

/** Grey level that half of the pixels do not exceed, linear within a bin. */
function medianGrey(shares: readonly number[]): number {
  const width = 256 / shares.length;
  let below = 0;
  for (const [bin, share] of shares.entries()) {
    if (below + share >= 0.5) return width * (bin + (0.5 - below) / share);
    below += share;
  }
  return 255;
}

function variation(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, value, n) => sum + Math.abs(value - q[n]!), 0) / 2;
}

function momentsOf(rows: readonly CsvRow[], column: string): Moments {
  const values = rows.map((row) => Number(row[column]));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n: values.length,
    mean,
    deviation: Math.sqrt(squares / (values.length - 1)),
    median: quantile(values, 0.5),
    low: quantile(values, 0.025),
    high: quantile(values, 0.975),
  };
}

/** One column over another, minus 1. */
function ratio(row: CsvRow, above: string, below: string): number {
  return Number(row[above]) / Number(row[below]) - 1;
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
