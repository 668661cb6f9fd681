import { basename } from 'node:path';
import { DataError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import type { CitationKey } from '../../statistics/citations.js';
import { compareClassifiers } from '../../statistics/compare-classifiers.js';
import { methodsParagraph } from '../../statistics/methods-paragraph.js';
import { DEFAULT_PERMUTATIONS } from '../../statistics/paired-permutation.js';
import { DEFAULT_DRAWS } from '../../statistics/resampling.js';
import type { ComparedFiles } from './compare-metric.js';
import type { ComparedRow, ComparisonOptions, TableComparison } from './comparison.js';
import { differencesFigure } from './differences-figure.js';
import type { JoinedTables } from './join-tables.js';
import { endOfParagraph, subjectOf } from './wording.js';

/**
 * Compares two classifiers by balanced accuracy, class by class and over all classes.
 *
 * @throws {DataError} if the tables give a sample different labels, or a class is called that no sample has
 */
export function compareClasses(
  joined: JoinedTables,
  files: ComparedFiles,
  options: ComparisonOptions,
): TableComparison {
  const { alternative = 'two-sided', alpha = 0.01, seed = 1, unit } = options;
  const draws = options.draws ?? DEFAULT_DRAWS;
  const permutations = options.permutations ?? DEFAULT_PERMUTATIONS;
  const labels = joined.samples.map(({ sample, first, second }) => {
    if (first.label !== second.label) {
      throw new DataError(
        `compare: sample ${sample} has the label ${first.label} in ${basename(files.paths[0])} and ${second.label} in ${basename(files.paths[1])}; both tables must hold the same truth`,
      );
    }
    return first.label!;
  });
  const classes = [...new Set(labels)].sort();
  const codes = (side: 'first' | 'second', path: string): number[] =>
    joined.samples.map((row) => {
      const called = row[side].prediction!;
      const code = classes.indexOf(called);
      if (code < 0) {
        throw new DataError(
          `compare: ${basename(path)} calls sample ${row.sample} "${called}", which no sample has as label; the balanced accuracy of such a class does not exist. Labels: ${classes.join(', ')}`,
        );
      }
      return code;
    });
  const clusters = unit === undefined ? undefined : joined.samples.map((row) => row.unit!);
  const rows = compareClassifiers(
    labels.map((label) => classes.indexOf(label)),
    codes('first', files.paths[0]),
    codes('second', files.paths[1]),
    classes,
    {
      stream: stream(seed, 'compare'),
      alternative,
      draws,
      permutations,
      ...(clusters !== undefined && { clusters }),
    },
  ).map(
    (row): ComparedRow => ({
      name: row.name,
      cases: row.support,
      first: row.first,
      second: row.second,
      difference: row.difference,
      low: row.interval.low,
      high: row.interval.high,
      publishedP: row.publishedP,
      publishedLog10P: Math.log10(row.publishedP),
      validP: row.p,
      validPHolm: row.pHolm,
    }),
  );
  const units = clusters === undefined ? labels.length : new Set(clusters).size;
  const [first, second] = files.names;
  const sides = alternative === 'two-sided' ? 'two-sided' : 'one-sided';
  const whole = unit === undefined ? 'samples' : 'clusters';
  const validMethod = `${sides} paired permutation test, ${permutations} swaps of the two models' predictions on whole ${whole} (all of them where there are no more)`;
  const permutationCitation: CitationKey = unit === undefined ? 'good-2005' : 'winkler-2015';
  const paragraph = methodsParagraph(
    subjectOf('Balanced accuracy (one class against the rest)', files.names, labels.length, unit, units),
    [
      { method: 'mean of sensitivity and specificity', citation: 'brodersen-2010' },
      { method: validMethod, citation: permutationCitation },
      { method: `p-values of the ${classes.length} classes adjusted by Holm`, citation: 'holm-1979' },
      {
        method: `percentile bootstrap interval of the difference, both models on the same ${draws} resamples of ${whole}`,
        citation: unit === undefined ? 'davison-1997' : 'field-2007',
      },
    ],
  );
  return {
    first,
    second,
    metric: 'bacc',
    alternative,
    alpha,
    rows,
    samples: labels.length,
    ...(unit !== undefined && { unit }),
    units,
    onlyFirst: joined.onlyFirst,
    onlySecond: joined.onlySecond,
    publishedMethod: `one-sided permutation test on ${draws} bootstrap values of each model; counts draws, not samples`,
    validMethod,
    further: [],
    methods: { ...paragraph, text: `${paragraph.text} ${endOfParagraph(seed)}` },
    figure: differencesFigure(rows, {
      name: 'differences',
      title: `Balanced accuracy of ${first} minus that of ${second}`,
      dataOrigin: files.origin,
    }),
  };
}
