import { statedFigure } from '../../paper/statements.js';
import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord, Metrics } from '../../records/record.js';
import { fixed, percent, pText, signed, type TableRow } from '../number-text.js';
import { EF_SETS, type EfSetName } from './ef-data.js';
import { PRIMARY_TEST, THRESHOLD_PERCENT } from './ef-metrics.js';

/** The paper's words of an arm: figures of a sentence. */
const PAPER: Readonly<Record<string, Readonly<Record<EfSetName, { mae: [string, string]; auc: [string, string] }>>>> = {
  'EchoApex-ST': {
    'EchoNet-Dynamic': { mae: ['ef-dynamic', 'mae'], auc: ['ef-dynamic-auc', 'auc'] },
    CAMUS: { mae: ['ef-camus', 'mae'], auc: ['ef-camus-auc', 'auc'] },
  },
  'Generic-ST': {
    'EchoNet-Dynamic': { mae: ['ef-dynamic', 'baseline'], auc: ['ef-dynamic-auc', 'baseline'] },
    CAMUS: { mae: ['ef-camus', 'baseline'], auc: ['ef-camus-auc', 'baseline'] },
  },
};

/** The paper's errors and areas beside ours: an arm and set a row. */
export function efBesideThePaper(record: LoadedRecord): TableRow[] {
  return EF_SETS.flatMap((set) =>
    Object.entries(metricsGroup(record.metrics, set)).map(([arm, value]) => {
      const m = value as unknown as Record<string, number | null>;
      const paper = PAPER[arm]?.[set];
      return {
        set,
        model: arm,
        'paper, MAE': paper ? statedFigure(...paper.mae).text : null,
        'MAE (95 %)': `${fixed(m.mae, 1)} (${fixed(m.maeLow, 1)} to ${fixed(m.maeHigh, 1)})`,
        RMSE: fixed(m.rmse, 1),
        R2: fixed(m.r2, 2),
        'paper, AUC': paper ? statedFigure(...paper.auc).text : null,
        'AUC (DeLong 95 %)':
          m.aucLow === null ? fixed(m.auc, 2) : `${fixed(m.auc, 2)} (${fixed(m.aucLow, 2)} to ${fixed(m.aucHigh, 2)})`,
        n: m.n!,
      };
    }),
  );
}

/** Sensitivity, specificity and agreement at the threshold. */
export function efThresholdTable(record: LoadedRecord): TableRow[] {
  return EF_SETS.flatMap((set) =>
    Object.entries(metricsGroup(record.metrics, set)).map(([arm, value]) => {
      const m = value as unknown as Record<string, number | null>;
      const share = (name: string): string | null =>
        m[name] === null
          ? null
          : `${percent(m[name], 0)} (${percent(m[`${name}Low`], 0)} to ${percent(m[`${name}High`], 0)})`;
      return {
        set,
        model: arm,
        'below the threshold': m.impaired!,
        'sensitivity, % (95 %)': share('sensitivity'),
        'specificity, % (95 %)': share('specificity'),
        'bias (points)': m.bias ?? null,
        'limits of agreement': m.lowerLimit === null ? null : `${fixed(m.lowerLimit, 1)} to ${fixed(m.upperLimit, 1)}`,
      };
    }),
  );
}

/** The primary test in one paragraph, as fixed before the run; then the further ones. */
export function efPrimaryTestSentence(record: LoadedRecord): string {
  const tests = metricsGroup(record.metrics, 'tests');
  const test = tests.primary as unknown as Record<string, number | null>;
  const seeds = record.run.seeds.length;
  if (test.p === null || test.difference == null) {
    return '**Primary test.** Too few test patients: the test is undefined at this scale.';
  }
  const holds = test.p! < PRIMARY_TEST.alpha && test.difference > 0;
  const further = Object.entries(tests.further as unknown as Record<string, { p: number | null; holm: number | null }>);
  return (
    `**Primary test.** ${PRIMARY_TEST.worse} errs by ${signed(test.difference, 2)} points more than ${PRIMARY_TEST.better} on ${PRIMARY_TEST.set} ` +
    `(${test.patients} patients, one clip each${seeds > 1 ? `, errors averaged over ${seeds} seeds` : ''}): one-sided paired t-test as published, ` +
    `p = ${pText(test.p!)}; swapping patients, p = ${pText(test.permutationP!)} (threshold ${PRIMARY_TEST.alpha}). ` +
    (holds
      ? 'The echo encoder is better, as in the paper.'
      : 'At this size the difference the paper found is not shown.') +
    `\n\nFurther, one-sided, Holm over the three: ${further
      .map(
        ([name, { p, holm }]) =>
          `${name} ${p === null ? 'undefined (too few of a kind)' : `p = ${pText(p)}, corrected ${pText(holm!)}`}`,
      )
      .join('; ')}.`
  );
}

/** How far the same arm moves from seed to seed. */
export function efSeedTable(record: LoadedRecord): TableRow[] {
  return Object.entries(metricsGroup(record.metrics, 'seeds')).map(([arm, sets]) => ({
    model: arm,
    ...Object.fromEntries(
      Object.entries(sets as unknown as Record<string, number[]>).map(([set, values]) => [
        `MAE by seed, ${set}`,
        values.map((value) => fixed(value, 1)).join(', '),
      ]),
    ),
  }));
}

/** Stage 1: outlines, frames found, and each way of reading the masks. */
export function efStageOneTable(record: LoadedRecord): TableRow[] {
  const stageOne = metricsGroup(record.metrics, 'stageOne');
  const biplane = metricsGroup(record.metrics, 'biplane').mae;
  const lines: readonly (readonly [string, string])[] = [
    ['Dice at end-diastole', 'diceED'],
    ['Dice at end-systole', 'diceES'],
    ['end-diastole, frames off (as corrected)', 'framesOffED'],
    ['end-systole, frames off (as corrected)', 'framesOffES'],
    ['end-diastole, frames off (as released)', 'releasedFramesOffED'],
    ['end-systole, frames off (as released)', 'releasedFramesOffES'],
    ['clips with a systole inside (as corrected)', 'innerSystoles'],
    ['clips with a systole inside (as released)', 'releasedInnerSystoles'],
    ['clips without a contraction', 'noContraction'],
    ['MAE, single-plane Simpson', 'maeSimpson'],
    ['MAE, area-length', 'maeAreaLength'],
    ['MAE, pixels and beats as released', 'maeReleasedPixels'],
    ['MAE, Simpson in the labelled frames', 'maeAtTrueFrames'],
    ['MAE, Simpson on the labels’ own outlines', 'maeTrueOutlines'],
  ];
  const rows: TableRow[] = lines.map(([what, key]) => ({
    what,
    ...Object.fromEntries(EF_SETS.map((set) => [set, numberIn(stageOne[set], key)])),
  }));
  if (typeof biplane === 'number') rows.push({ what: 'MAE, biplane Simpson', 'EchoNet-Dynamic': null, CAMUS: biplane });
  return rows;
}

/** What readers' noise leaves a perfect model. */
export function efReaderTable(record: LoadedRecord): TableRow[] {
  return Object.entries(metricsGroup(record.metrics, 'readers')).map(([set, values]) => ({
    set,
    ...(values as unknown as Record<string, number>),
  }));
}

/** The interval's coverage in words. */
export function efIntervalSentence(record: LoadedRecord): string {
  const m = metricsGroup(record.metrics, 'intervals') as unknown as Record<string, number>;
  if (m.halfWidth === undefined) return '';
  return (
    `**Interval.** Split-conformal from ${m.validationPatients} validation patients, aimed at ${percent(m.level, 0)} %: ±${fixed(m.halfWidth, 1)} points. ` +
    `It covers ${percent(m['coverage, EchoNet-Dynamic'], 0)} % of EchoNet-Dynamic's test patients and ${percent(m['coverage, CAMUS'], 0)} % of CAMUS's, which it was not set for.`
  );
}

/** What the model makes of the real clip, honestly. */
export function efRealClipSentence(record: LoadedRecord): string {
  const [real] = record.tables.realClip ?? [];
  if (!real) return '';
  const reasons = (record.tables.realReasons ?? []).map(({ text }) => `- ${text}`).join('\n');
  const geometric = real.geometric ? `${fixed(Number(real.geometric), 0)} %` : 'no contraction';
  return (
    `**Real clip.** The decoder says ${fixed(Number(real.learned), 0)} % (${fixed(Number(real.low), 0)} to ${fixed(Number(real.high), 0)}), geometry ${geometric}. ` +
    `Nobody has told the true value, and one clip proves nothing either way. Reasons not to trust it:\n\n${reasons || '- none was found'}`
  );
}

/** Which of the paper's observations this run shows and which not, in plain words from the numbers. */
export function efTakeaway(record: LoadedRecord): string {
  const mae = (set: EfSetName, arm: string): number =>
    numberIn(metricsGroup(record.metrics, set)[arm], 'mae') ?? Number.NaN;
  const auc = (set: EfSetName, arm: string): number =>
    numberIn(metricsGroup(record.metrics, set)[arm], 'auc') ?? Number.NaN;
  const { better, worse } = PRIMARY_TEST;
  const lines = [
    seen(
      'the echo encoder errs less than the generic one on unseen patients of the training set (paper 5.6 against 6.1)',
      mae('EchoNet-Dynamic', better) < mae('EchoNet-Dynamic', worse),
    ),
    seen('it errs less on CAMUS too, zero-shot (paper 10.7 against 18.4)', mae('CAMUS', better) < mae('CAMUS', worse)),
    seen('errors grow on CAMUS', mae('CAMUS', better) > mae('EchoNet-Dynamic', better)),
    seen(
      `it ranks patients below ${THRESHOLD_PERCENT} % better on both sets`,
      auc('EchoNet-Dynamic', better) > auc('EchoNet-Dynamic', worse) && auc('CAMUS', better) > auc('CAMUS', worse),
    ),
  ];
  const baselines = [
    [`geometry from the outlines alone (MAE ${fixed(mae('EchoNet-Dynamic', 'Geometric'), 1)})`, 'Geometric'],
    [
      `an answer that is the training mean for everyone (MAE ${fixed(mae('EchoNet-Dynamic', 'Training mean'), 1)})`,
      'Training mean',
    ],
    [`the same decoder on a random encoder (MAE ${fixed(mae('EchoNet-Dynamic', 'Random-ST'), 1)})`, 'Random-ST'],
  ] as const;
  const honest = baselines.map(([text, arm]) => {
    const ahead = mae('EchoNet-Dynamic', better) < mae('EchoNet-Dynamic', arm);
    return `${better} (MAE ${fixed(mae('EchoNet-Dynamic', better), 1)}) ${ahead ? 'beats' : 'does not beat'} ${text}.`;
  });
  const where =
    record.run.data === 'phantom'
      ? 'On **phantom** data: this shows that the method runs as written, and says nothing about patients. The paper reports none of the baselines below.'
      : `On real data, ${record.run.seeds.length} seed(s). The paper reports none of the baselines below.`;
  return `${where}\n\n${[...lines, ...honest].map((line) => `- ${line}`).join('\n')}`;
}

function seen(text: string, shown: boolean): string {
  return `${shown ? 'Seen' : 'Not seen'} here: ${text}.`;
}

function numberIn(of: Metrics[string] | undefined, key: string): number | null {
  const value = typeof of === 'object' && of !== null && !Array.isArray(of) ? (of as Metrics)[key] : null;
  return typeof value === 'number' ? value : null;
}
