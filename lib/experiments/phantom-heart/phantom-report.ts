import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord } from '../../records/record.js';
import type { TableRow } from '../number-text.js';
import type { Moments } from './phantom-metrics.js';

/** The three parts of the primary check, as fixed before the run. */
export function phantomCheckTable(record: LoadedRecord): TableRow[] {
  const measured: Record<string, string> = {
    'labels are exact': 'cavity, counted against labelled',
    'myocardium keeps its volume': 'wall, counted, against end-diastole',
    'speckle is fully developed': 'mean / SD of the envelope against 1.913',
  };
  return Object.entries(metricsGroup(record.metrics, 'checks')).map(([name, value]) => {
    const check = value as unknown as { largest: number; tolerance: number; n: number };
    return {
      check: name,
      measured: measured[name] ?? '',
      'off by (%)': 100 * check.largest,
      'allowed (%)': 100 * check.tolerance,
      n: check.n,
      held: check.largest <= check.tolerance ? 'yes' : 'NO',
    };
  });
}

/** The primary check in one sentence. */
export function phantomCheckSentence(record: LoadedRecord): string {
  const rows = phantomCheckTable(record);
  const held = rows.filter((row) => row.held === 'yes').length;
  return held === rows.length
    ? `**Primary check.** All ${rows.length} parts hold: what is labelled is what is imaged.`
    : `**Primary check.** ${held} of ${rows.length} parts hold; **failed: ${rows
        .filter((row) => row.held !== 'yes')
        .map(({ check }) => check)
        .join(', ')}**. Do not use labels of this phantom before this is mended.`;
}

/** The scanners as this run drew them: shares from EchoApex A.1, all else invented. Resolution is the full width at half maximum, lateral at 100 mm. */
export function phantomVendorTable(record: LoadedRecord): TableRow[] {
  return (record.tables.vendors ?? []).map((row) => ({
    transducer: row.transducer === 'volume' ? 'volume' : `${row.transducer}-like`,
    'share (%)': row.share === '' ? null : 100 * Number(row.share),
    'sector (°)': Math.round(Number(row.sector)),
    'axial (mm)': rounded(row.axial),
    'lateral (mm)': rounded(row.lateral),
    'range (dB)': Math.round(Number(row.dynamicRange)),
    'frames/s': `${row.framesPerSecondLow} to ${row.framesPerSecondHigh}`,
  }));
}

function rounded(text: string | undefined): number {
  return Math.round(100 * Number(text)) / 100;
}

/** Published mean and standard deviation of what `population` in the metrics holds. */
const PUBLISHED: Readonly<Record<string, { readonly factor: number; readonly unit: string; readonly text: string }>> = {
  'ejection fraction, adults': {
    factor: 100,
    unit: '%',
    text: '55.7 ± 12.5, EchoNet-Dynamic (Ouyang 2020)',
  },
  'ejection fraction, children': { factor: 100, unit: '%', text: '' },
  'internal dimension, healthy men': { factor: 1, unit: 'mm', text: '50.2 ± 4.1, normal men (Lang 2015)' },
  'internal dimension, healthy women': { factor: 1, unit: 'mm', text: '45.0 ± 3.6, normal women (Lang 2015)' },
  'septum, adults': { factor: 1, unit: 'mm', text: '6 to 10 men, 6 to 9 women, normal range (Lang 2015)' },
  'heart rate, adults': {
    factor: 1,
    unit: '1/min',
    text: '72 seated, normal adults (Ostchega 2011); 63.5 ± 8.9 lying, volunteers (Gonzales 2020)',
  },
};

/** The phantom's people beside published values. */
export function besidePublished(record: LoadedRecord): TableRow[] {
  return Object.entries(metricsGroup(record.metrics, 'population')).map(([name, value]) => {
    const { n, mean, deviation, median, low, high } = value as unknown as Moments;
    const { factor = 1, unit = '', text = '' } = PUBLISHED[name] ?? {};
    const shown = (number: number): string => (factor * number).toFixed(1);
    return {
      quantity: `${name} (${unit})`,
      'phantom, mean ± SD': `${shown(mean)} ± ${shown(deviation)}`,
      median: shown(median),
      'middle 95 %': `${shown(low)} to ${shown(high)}`,
      n,
      published: text === '' ? null : text,
    };
  });
}

/** How far the real clip's grey levels are from the phantom's. */
export function greySentence(record: LoadedRecord): string {
  const grey = metricsGroup(record.metrics, 'grey') as unknown as Record<string, number>;
  const percent = (name: string): string => (100 * (grey[name] ?? Number.NaN)).toFixed(0);
  const level = (name: string): string => (grey[name] ?? Number.NaN).toFixed(0);
  return (
    `**Grey levels.** Total variation between the real clip's histogram and the mean of ${grey['phantom clips']} phantom clips: ` +
    `${percent('real clip against the phantom mean')} %. A phantom clip is typically ` +
    `${percent('phantom clips against their mean, median')} % away from that mean. Median grey: real ` +
    `${level('median grey, real clip')}, phantom clips ${level('median grey, darkest phantom clip')} to ` +
    `${level('median grey, brightest phantom clip')}. One real clip of one scanner with its own grey map: a gap that ` +
    'augmentation has to bridge, and no proof about other scanners.'
  );
}
