import { WEIGHTED_TARGETS } from '../../paper/claims-segmentation.js';
import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord } from '../../records/record.js';
import { pText, signed, type TableRow } from '../number-text.js';
import type { DiceSummary, DiceTest, TargetSummary } from './dice-summary.js';
import {
  columnBeside,
  PUBLISHED_FEW_SHOT,
  PUBLISHED_GENERALISATION,
  publishedAverage,
  publishedCounts,
  publishedDice,
  runBeside,
  TABLE_9_ROWS,
  titleOf,
} from './published-dice.js';
import { one, plusMinus, three, withInterval, withUnit } from './report-text.js';
import { TABLE_9_MODELS } from './segmentation-metrics.js';
import { SEGMENTATION_SETS, SET_TITLES, STRUCTURES, type Structure } from './structures.js';

/** Table 8: the paper's counts beside those of the data that this run read. */
export function segmentationCounts(record: LoadedRecord): TableRow[] {
  return (record.tables.counts ?? []).map((row) => {
    const paper = publishedCounts(row.row!);
    return {
      'set, structure, view': row.row!,
      'patients, paper': paper.patients,
      'patients, here': Number(row.patients),
      'clips, paper': paper.clips,
      'clips, here': Number(row.clips),
      'annotated, paper': paper.annotated,
      'annotated, here': Number(row.annotated),
      'evaluated, paper': paper.evaluated,
      'evaluated, here': Number(row.evaluated),
    };
  });
}

/** Everything measured, by model and target. */
function table9Of(record: LoadedRecord): Record<string, Record<string, TargetSummary>> {
  return metricsGroup(record.metrics, 'table9') as unknown as Record<string, Record<string, TargetSummary>>;
}

/** The rows of Table 9 in its order, and the targets that it lacks after them. */
function targetsOf(table9: ReturnType<typeof table9Of>): string[] {
  const beyond = [...new Set(Object.values(table9).flatMap((targets) => Object.keys(targets)))].filter(
    (target) => !TABLE_9_ROWS.includes(target),
  );
  return [...TABLE_9_ROWS, ...beyond.sort()];
}

/**
 * Table 9 in the paper's layout, each cell `paper / here`. The paper's MedSAM saw 112 pixels, and so does the run beside it; models that the paper's
 * table lacks have columns of their own.
 */
export function segmentationTable9(record: LoadedRecord): TableRow[] {
  const table9 = table9Of(record);
  const extra = Object.keys(table9).filter((model) => model !== 'EchoApex-SAM-S' && columnBeside(model) === undefined);
  return targetsOf(table9).map((target) => ({
    target,
    ...Object.fromEntries(
      TABLE_9_MODELS.map((model) => [
        model,
        `${three(publishedDice(target, model))} / ${three(table9[runBeside(model)]?.[target]?.dice ?? null)}`,
      ]),
    ),
    ...Object.fromEntries(extra.map((model) => [titleOf(model), three(table9[model]?.[target]?.dice ?? null)])),
    'EchoApex-SAM-S': three(table9['EchoApex-SAM-S']?.[target]?.dice ?? null),
  }));
}

/**
 * The averages: weighted by evaluated images as the paper's, and plain. Both the paper's and ours are over the targets that the model has here, so
 * that they are averages of the same things.
 */
export function segmentationAverages(record: LoadedRecord): TableRow[] {
  const table9 = table9Of(record);
  const all = Object.keys(WEIGHTED_TARGETS);
  const weighted = metricsGroup(record.metrics, 'weighted') as unknown as Record<
    string,
    { dice: number; plain: number; images: number }
  >;
  return Object.entries(weighted).map(([model, { dice, plain, images }]) => {
    const targets = all.filter((target) => table9[model]?.[target] !== undefined);
    const published = columnBeside(model);
    return {
      model: titleOf(model),
      'paper, weighted': published ? three(publishedAverage(published, targets)) : '',
      'here, weighted': three(dice),
      'here, plain mean of targets': three(plain),
      images,
      targets: `${targets.length} of ${all.length}`,
    };
  });
}

/** Everything measured, target by target, the models under each other: exact boxes, and specialists without a prompt. */
export function segmentationMeasures(record: LoadedRecord): TableRow[] {
  const table9 = table9Of(record);
  return targetsOf(table9).flatMap((target) =>
    Object.entries(table9).flatMap(([model, targets]) => {
      const own = targets[target];
      if (own === undefined) return [];
      return [
        {
          target,
          model: titleOf(model),
          'Dice, mean of images': three(own.dice),
          '95 % interval, patients': `${three(own.low)} to ${three(own.high)}`,
          'Dice, pooled': three(own.pooledDice),
          Hausdorff: withUnit(own.hausdorff, own.unit),
          'average surface distance': withUnit(own.averageSurfaceDistance, own.unit),
          'area error (%)': one(own.areaError),
          'area bias (%)': one(own.areaBias),
          'volume error (%)': one(own.volumeError),
          'volume bias (%)': one(own.volumeBias),
          images: own.images,
          'without a mask': own.empty,
        },
      ];
    }),
  );
}

/** EchoApex-SAM-S by kind of prompt. */
export function promptTable(record: LoadedRecord): TableRow[] {
  const prompts = metricsGroup(record.metrics, 'prompts') as unknown as Record<
    string,
    DiceSummary & { bySet: Record<string, number> }
  >;
  return Object.entries(prompts).map(([prompt, { dice, low, high, images, bySet }]) => ({
    prompt,
    'Dice, all cases': three(dice),
    '95 % interval, patients': `${three(low)} to ${three(high)}`,
    ...Object.fromEntries(
      SEGMENTATION_SETS.filter((set) => bySet[set] !== undefined).map((set) => [SET_TITLES[set], three(bySet[set]!)]),
    ),
    cases: images,
  }));
}

/** Fig. 4d, a row a size and prompt. */
export function fewShotTable(record: LoadedRecord): TableRow[] {
  const fewShot = metricsGroup(record.metrics, 'fewShot');
  type Start = { dice: number; deviationOverRepeats: number; deviationOverImages: number; repeats: number };
  return Object.entries(fewShot).flatMap(([prompt, sizes]) =>
    Object.entries(
      sizes as unknown as Record<string, { echo?: Start; generic?: Start; test?: DiceTest & { pHolm: number } }>,
    ).map(([size, { echo, generic, test }]) => ({
      'tested with': prompt === 'box' ? 'exact box' : 'text alone',
      'trained on': size,
      'echo start': plusMinus(echo),
      'generic start': plusMinus(generic),
      difference: test ? signed(test.difference, 3) : '',
      'p, patients, Holm': test ? test.pHolm.toPrecision(2) : '',
      'p, published test': test ? pText(test.publishedP) : '',
      'SD over images, echo / generic': `${three(echo?.deviationOverImages ?? null)} / ${three(generic?.deviationOverImages ?? null)}`,
      repeats: echo?.repeats ?? null,
    })),
  );
}

/** What the paper states of Fig. 4d. */
export function publishedFewShotTable(): TableRow[] {
  return PUBLISHED_FEW_SHOT.map(({ frames, echo, generic, echoDeviation, genericDeviation }) => ({
    'trained on': `${frames} frames`,
    'EchoApex start': `${three(echo)} ± ${three(echoDeviation)}`,
    'ImageNet start': `${three(generic)} ± ${three(genericDeviation)}`,
    difference: signed(echo - generic, 3),
  }));
}

/** Fig. 4e: the paper's averages beside ours. */
export function generalisationTable(record: LoadedRecord): TableRow[] {
  const metrics = metricsGroup(record.metrics, 'generalisation') as unknown as Record<
    string,
    { sets: Record<string, DiceSummary>; outside?: DiceSummary; outsidePlain?: number }
  >;
  return (['EchoApex-SAM-S', 'DeepLabV3'] as const).flatMap((model) => {
    const own = metrics[model];
    if (!own) return [];
    const paper = PUBLISHED_GENERALISATION[model];
    const cell = (set: string, value: DiceSummary | undefined): string =>
      `${three(paper[set] ?? null)} / ${value ? three(value.dice) : ''}`;
    return [
      {
        model,
        ...Object.fromEntries(
          ['echonet-dynamic', 'vol-biplane', 'camus', 'echonet-pediatric'].map((set) => [
            `${SET_TITLES[set as 'camus']}${set === 'echonet-dynamic' ? ', in-domain' : ''}`,
            cell(set, own.sets[set]),
          ]),
        ),
        'elsewhere, mean of images': cell('outside', own.outside),
        'elsewhere, mean of sets': own.outsidePlain === undefined ? '' : three(own.outsidePlain),
      },
    ];
  });
}

/** The models on real frames: a row a prompt and structure, controls beside. Empty where there were no real frames. */
export function realCamusTable(record: LoadedRecord): TableRow[] {
  const metrics = metricsGroup(record.metrics, 'realCamus') as unknown as Record<
    string,
    Record<string, Record<string, DiceSummary>>
  >;
  const models = Object.keys(metrics);
  const prompts = [...new Set(Object.values(metrics).flatMap((own) => Object.keys(own)))];
  return prompts.flatMap((prompt) => {
    const structures = [...new Set(models.flatMap((model) => Object.keys(metrics[model]?.[prompt] ?? {})))];
    return structures.map((structure) => {
      const found = models.flatMap((model) => metrics[model]?.[prompt]?.[structure] ?? []);
      return {
        structure: STRUCTURES[structure as Structure].text,
        prompt,
        ...Object.fromEntries(models.map((model) => [model, withInterval(metrics[model]?.[prompt]?.[structure])])),
        images: found[0]!.images,
        patients: found[0]!.patients,
      };
    });
  });
}
