import { basename } from 'node:path';
import { DataError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import { distribution } from '../../figures/distribution.js';
import type { DataOrigin } from '../../figures/figure.js';
import { meanOf } from '../../statistics/bootstrap.js';
import { clustersOf } from '../../statistics/clusters.js';
import { compareSamples } from '../../statistics/compare-samples.js';
import { methodsParagraph } from '../../statistics/methods-paragraph.js';
import type { ComparisonOptions, TableComparison } from './comparison.js';
import type { JoinedTables } from './join-tables.js';
import { endOfParagraph, subjectOf } from './wording.js';

/** What a comparison needs beside the joined rows. */
export interface ComparedFiles {
  readonly paths: readonly [string, string];
  /** Names of the models, as shown. */
  readonly names: readonly [string, string];
  readonly origin: DataOrigin;
}

/**
 * Compares a metric that is a number per sample.
 *
 * @throws {DataError} if a cell of the metric is not a finite number
 */
export function compareMetric(joined: JoinedTables, files: ComparedFiles, options: ComparisonOptions): TableComparison {
  const { metric, alternative = 'two-sided', alpha = 0.01, seed = 1 } = options;
  const [a, b] = (['first', 'second'] as const).map((side, index) =>
    joined.samples.map((row) => numberOf(row[side][metric], metric, row.sample, files.paths[index]!)),
  ) as [number[], number[]];
  const clusters = options.unit === undefined ? undefined : joined.samples.map(({ unit }) => unit!);
  const found = compareSamples(a, b, {
    stream: stream(seed, 'compare'),
    alternative,
    ...(clusters !== undefined && { clusters }),
    ...(options.draws !== undefined && { draws: options.draws }),
    ...(options.permutations !== undefined && { permutations: options.permutations }),
  });
  const gaps = a.map((value, index) => value - b[index]!);
  const unitMeans = clustersOf(gaps.length, clusters).members.map((members) => meanOf(gaps, members));
  const [first, second] = files.names;
  const subject = subjectOf(metric, files.names, joined.samples.length, options.unit, found.units);
  const paragraph = methodsParagraph(subject, [found.valid, found.difference, found.ranks]);
  return {
    first,
    second,
    metric,
    alternative,
    alpha,
    samples: joined.samples.length,
    ...(options.unit !== undefined && { unit: options.unit }),
    units: found.units,
    onlyFirst: joined.onlyFirst,
    onlySecond: joined.onlySecond,
    rows: [
      {
        name: metric,
        cases: found.cases,
        first: found.meanFirst,
        second: found.meanSecond,
        difference: found.difference.estimate,
        low: found.difference.interval.low,
        high: found.difference.interval.high,
        publishedP: found.published.p,
        publishedLog10P: found.published.logP / Math.LN10,
        validP: found.valid.p,
      },
    ],
    publishedMethod: `${found.published.method}, every sample counted as independent`,
    validMethod: found.valid.method,
    further: [{ method: found.ranks.method, p: found.ranks.p }],
    methods: { ...paragraph, text: `${paragraph.text} ${endOfParagraph(seed)}` },
    figure: distribution({
      name: 'differences',
      title: `${metric} of ${first} minus ${metric} of ${second}, pair by pair`,
      dataOrigin: files.origin,
      quantity: `Difference of ${metric}`,
      series: [
        { name: 'samples', values: gaps },
        ...(options.unit === undefined ? [] : [{ name: `means by ${options.unit}`, values: unitMeans }]),
      ],
      caption: `Paired differences of ${metric}; mean ${found.difference.estimate.toPrecision(3)}, 95 % interval ${found.difference.interval.low.toPrecision(3)} to ${found.difference.interval.high.toPrecision(3)}.`,
    }),
  };
}

function numberOf(text: string | undefined, metric: string, sample: string, path: string): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new DataError(
      `compare: ${metric} must be a finite number in every row, got "${text ?? ''}" for ${sample} in ${basename(path)}; leave the sample out of both tables or repair it`,
    );
  }
  return value;
}
