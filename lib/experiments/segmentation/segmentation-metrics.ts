import type { CsvRow } from '../../core/csv.js';
import { WEIGHTED_TARGETS } from '../../paper/claims-segmentation.js';
import type { Metrics, TextTables } from '../../records/record.js';
import { holm } from '../../statistics/multiple-comparisons.js';
import {
  averageOf,
  compareDice,
  type DiceTest,
  deviationOf,
  summariseDice,
  summariseTarget,
  type TargetSummary,
} from './dice-summary.js';

/** The comparison that notebook 03 fixes before the run. */
export const PRIMARY_TEST = { better: 'EchoApex-SAM-B', worse: 'Specialist', alpha: 0.01 } as const;

/** Models of Table 9 in its order; a specialist is the one trained on the target's own set. */
export const TABLE_9_MODELS = ['Specialist', 'MedSAM', 'EchoApex-SAM-AdaB', 'EchoApex-SAM-B'] as const;

/** Targets that Table 9 averages, end-systole before end-diastole as there. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  'CAMUS LV mean': ['CAMUS LV-ES', 'CAMUS LV-ED'],
  'CAMUS LA mean': ['CAMUS LA-ES', 'CAMUS LA-ED'],
  'ENDym LV mean': ['ENDym LV-ES', 'ENDym LV-ED'],
};

/** Rows of the benchmark: exact boxes, and specialists without a prompt. */
export function benchmarkRows(samples: readonly CsvRow[], model: string): CsvRow[] {
  return samples.filter(
    (row) =>
      (row.prompt === 'exact box' || row.prompt === 'none') &&
      (row.model === model || (model === 'Specialist' && (row.model === 'UNet' || row.model === 'DeepLabV3'))),
  );
}

/** Every number of notebook 03, from its tables alone. The patient is the unit of intervals and tests. */
export function segmentationMetrics(tables: TextTables): Metrics {
  const samples = tables.samples ?? [];
  const models = [...TABLE_9_MODELS, 'EchoApex-SAM-S', ...extraModels(samples)].filter(
    (model) => benchmarkRows(samples, model).length > 0,
  );
  const table9 = Object.fromEntries(models.map((model) => [model, targetsOf(benchmarkRows(samples, model), model)]));
  const weighted = Object.fromEntries(models.map((model) => [model, weightedAverage(table9[model]!)]));
  const primary = compareDice(
    benchmarkRows(samples, PRIMARY_TEST.better),
    benchmarkRows(samples, PRIMARY_TEST.worse),
    'primary',
  );
  const fewShot = fewShotMetrics(tables.fewShot ?? []);
  const real = realMetrics(tables.realCamus ?? []);
  return {
    headline: {
      ...Object.fromEntries(models.map((model) => [`weighted Dice, ${model}`, weighted[model]!.dice])),
      [`p, ${PRIMARY_TEST.better} > ${PRIMARY_TEST.worse}`]: primary.p,
      ...realHeadline(real),
    },
    table9,
    weighted,
    prompts: promptMetrics(samples),
    primaryTest: primary,
    generalisation: generalisationMetrics(tables.generalisation ?? []),
    fewShot,
    realCamus: real,
  };
}

function extraModels(samples: readonly CsvRow[]): string[] {
  return [...new Set(samples.map(({ model }) => model!))].filter((model) => /^MedSAM at/.test(model));
}

function targetsOf(rows: readonly CsvRow[], model: string): Record<string, TargetSummary> {
  const result: Record<string, TargetSummary> = {};
  for (const [target, own] of groupBy(rows, 'target')) result[target] = summariseTarget(own, `${model}/${target}`);
  for (const [mean, parts] of Object.entries(MEANS)) {
    const own = rows.filter(({ target }) => parts.includes(target!));
    if (own.length > 0) result[mean] = summariseTarget(own, `${model}/${mean}`);
  }
  return result;
}

/** The average as the paper states it: targets weighted by their evaluated images. And the plain one. */
function weightedAverage(targets: Readonly<Record<string, TargetSummary>>): {
  dice: number;
  plain: number;
  images: number;
} {
  const present = Object.keys(WEIGHTED_TARGETS).flatMap((target) => targets[target] ?? []);
  const images = present.reduce((sum, { images: own }) => sum + own, 0);
  return {
    dice: present.reduce((sum, { dice, images: own }) => sum + dice * own, 0) / images,
    plain: averageOf(present.map(({ dice }) => dice)),
    images,
  };
}

/** EchoApex-SAM-S by kind of prompt, over all test cases. */
function promptMetrics(samples: readonly CsvRow[]): Metrics {
  const own = samples.filter(({ model }) => model === 'EchoApex-SAM-S');
  return Object.fromEntries(
    [...groupBy(own, 'prompt')].map(([prompt, rows]) => [
      prompt,
      {
        ...summariseDice(rows, `prompt/${prompt}`),
        bySet: Object.fromEntries(
          [...groupBy(rows, 'set')].map(([set, some]) => [set, averageOf(some.map(({ score }) => Number(score)))]),
        ),
      },
    ]),
  );
}

/** Fig. 4e: in-domain and the other sets, each model; the average over images and over sets. */
function generalisationMetrics(rows: readonly CsvRow[]): Metrics {
  if (rows.length === 0) return {};
  const byModel = groupBy(rows, 'model');
  const perModel = [...byModel].map(([model, own]) => {
    const sets = Object.fromEntries(
      [...groupBy(own, 'set')].map(([set, some]) => [set, summariseDice(some, `generalisation/${model}/${set}`)]),
    );
    const outside = own.filter(({ set }) => set !== 'echonet-dynamic');
    const outsideSets = Object.entries(sets).filter(([set]) => set !== 'echonet-dynamic');
    return [
      model,
      {
        sets,
        ...(outside.length > 0 && {
          outside: summariseDice(outside, `generalisation/${model}/outside`),
          outsidePlain: averageOf(outsideSets.map(([, { dice }]) => dice)),
        }),
      },
    ] as const;
  });
  const [ours, theirs] = [byModel.get('EchoApex-SAM-S'), byModel.get('DeepLabV3')];
  const outside = (some: readonly CsvRow[]): CsvRow[] => some.filter(({ set }) => set !== 'echonet-dynamic');
  const testable = ours && theirs && outside(ours).length > 0;
  return {
    ...Object.fromEntries(perModel),
    ...(testable && { test: compareDice(outside(ours), outside(theirs), 'generalisation') }),
  };
}

/** Fig. 4d: mean and deviation of each size, and a test of the in-domain start, Holm over the sizes. */
export function fewShotMetrics(rows: readonly CsvRow[]): Metrics {
  return Object.fromEntries(
    [...groupBy(rows, 'prompt')].map(([prompt, own]) => {
      const sizes = [...new Set(own.map(({ frames }) => Number(frames)))].sort((a, b) => a - b);
      const points = sizes.map((size) => {
        const at = own.filter(({ frames }) => Number(frames) === size);
        const [echo, generic] = (['echo', 'generic'] as const).map((start) => at.filter((row) => row.start === start));
        return {
          size,
          echo: startSummary(echo!),
          generic: startSummary(generic!),
          test: startTest(echo!, generic!, `${prompt}/${size}`),
        };
      });
      const tests = points.flatMap(({ test }) => test ?? []);
      const adjusted = tests.length > 0 ? holm(tests.map(({ p }) => p)) : [];
      let next = 0;
      return [
        prompt,
        Object.fromEntries(
          points.map(({ size, echo, generic, test }) => [
            `${size} frames`,
            {
              ...(echo && { echo }),
              ...(generic && { generic }),
              ...(test && { test: { ...test, pHolm: adjusted[next++]! } }),
            },
          ]),
        ),
      ];
    }),
  );
}

function startSummary(rows: readonly CsvRow[]): Metrics | null {
  if (rows.length === 0) return null;
  const means = [...groupBy(rows, 'repeat')].map(([, own]) => averageOf(own.map(({ dice }) => Number(dice))));
  return {
    dice: averageOf(means),
    deviationOverRepeats: deviationOf(means),
    deviationOverImages: deviationOf(rows.map(({ dice }) => Number(dice))),
    repeats: means.length,
  };
}

/** Repeats are averaged a case, so that a test image counts once; then as everywhere. */
function startTest(echo: readonly CsvRow[], generic: readonly CsvRow[], label: string): DiceTest | null {
  if (echo.length === 0 || generic.length === 0) return null;
  return compareDice(averagedCases(echo), averagedCases(generic), `few-shot/${label}`, 'dice');
}

function averagedCases(rows: readonly CsvRow[]): CsvRow[] {
  return [...groupBy(rows, 'sample')].map(([, own]) => ({
    ...own[0]!,
    dice: String(averageOf(own.map(({ dice }) => Number(dice)))),
  }));
}

/** Real frames: model or control, prompt, structure. */
function realMetrics(rows: readonly CsvRow[]): Metrics {
  return Object.fromEntries(
    [...groupBy(rows, 'model')].map(([model, own]) => [
      model,
      Object.fromEntries(
        [...groupBy(own, 'prompt')].map(([prompt, some]) => [
          prompt,
          Object.fromEntries(
            [...groupBy(some, 'structure')].map(([structure, cases]) => [
              structure,
              summariseDice(cases, `real/${model}/${prompt}/${structure}`),
            ]),
          ),
        ]),
      ),
    ]),
  );
}

function realHeadline(real: Metrics): Metrics {
  const ours = (real['EchoApex-SAM-S'] ?? {}) as Record<string, Record<string, { dice: number }>>;
  return Object.fromEntries(
    Object.entries(ours).flatMap(([prompt, structures]) =>
      structures.leftVentricle ? [[`real CAMUS, LV Dice, ${prompt}`, structures.leftVentricle.dice]] : [],
    ),
  );
}

/** Rows by the text of a column, in the order in which they stand. */
export function groupBy(rows: readonly CsvRow[], column: string): Map<string, CsvRow[]> {
  const groups = new Map<string, CsvRow[]>();
  for (const row of rows) {
    const key = row[column] ?? '';
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
