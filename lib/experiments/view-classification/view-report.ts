import { cellOf } from '../../paper/paper-table.js';
import { viewCell } from '../../paper/tables.js';
import { PAPER_VIEWS, TABLE_3, TABLE_4, VIEW_MODELS, type ViewModel } from '../../paper/tables-views.js';
import { significanceCounts } from '../../paper/view-comparison.js';
import { metricsGroup } from '../../records/metrics-group.js';
import type { LoadedRecord, Metrics } from '../../records/record.js';
import { fixed, observation, signed } from '../number-text.js';
import { PRIMARY_TEST, pairComparisons, publishedBetter, validBetter } from './view-comparisons.js';
import { efficiencyCurves } from './view-metrics.js';

/** A row of a table in the notebook. */
type Shown = Record<string, string | number>;

/** What is trained of each model, how much of it, and from where. */
export function viewModelRows(record: LoadedRecord): Shown[] {
  return (record.tables.models ?? []).map((row) => ({
    model: row.model!,
    'starts from': `${row.start}: ${row.source}`,
    trained: row.trained!,
    parameters: Number(row.parameters),
    'trained (%)': (100 * Number(row.trainedShare)).toFixed(1),
    'best epoch': row.bestEpoch === '' ? '' : `${row.bestEpoch} of ${row.epochs}`,
  }));
}

/** Table 3: means over the views, the paper's value beside ours. */
export function viewAgainstPaper(record: LoadedRecord): Shown[] {
  return Object.entries(metricsGroup(record.metrics, 'models')).map(([model, scores]) => {
    const { meanRecall, f1, balancedAccuracy, low, high, accuracy } = scores as unknown as Record<string, number>;
    const paper = (column: string): string => (isPaperModel(model) ? cellOf(TABLE_3, model, column).text : '');
    return {
      model,
      'Accuracy, paper': paper('Accuracy'),
      Accuracy: fixed(meanRecall, 3),
      'F1-score, paper': paper('F1-score'),
      'F1-score': fixed(f1, 3),
      'BACC, paper': paper('BACC'),
      BACC: fixed(balancedAccuracy, 3),
      '95 % interval, by patient': `${fixed(low, 3)} to ${fixed(high, 3)}`,
      'right sequences': fixed(accuracy, 3),
    };
  });
}

/** Tables 5, 6 and 7: each view of one model, the paper's value beside ours. */
export function viewByView(record: LoadedRecord, model: string): Shown[] {
  const views = metricsGroup(metricsGroup(record.metrics, 'views'), model);
  return PAPER_VIEWS.flatMap((printed): Shown[] => {
    const view = printed === 'PLAX:Valves' ? 'PLAX:VAL' : printed;
    const scores = views[view] as unknown as Record<string, number> | undefined;
    if (scores === undefined) return [];
    const paper = (metric: 'Accuracy' | 'F1-Score' | 'BACC'): string =>
      isPaperModel(model) ? viewCell(model, printed, metric).text : '';
    return [
      {
        view: printed,
        'Accuracy, paper': paper('Accuracy'),
        Accuracy: fixed(scores.recall, 3),
        'F1, paper': paper('F1-Score'),
        F1: fixed(scores.f1, 3),
        'BACC, paper': paper('BACC'),
        BACC: fixed(scores.balancedAccuracy, 3),
        'bootstrap SD': fixed(scores.deviation, 3),
        sequences: scores.support!,
      },
    ];
  });
}

/** Table 4: unseen data sets, phantom twins and real ones apart, the paper's value beside ours. */
export function viewUnseenRows(record: LoadedRecord): Shown[] {
  return Object.entries(metricsGroup(record.metrics, 'unseen')).flatMap(([set, models]) =>
    Object.entries(models as Metrics).map(([model, scores]): Shown => {
      const { accuracy, f1, balancedAccuracy, sequences } = scores as unknown as Record<string, number>;
      const camus = set.startsWith('camus');
      const paper = (column: string): string => (isPaperModel(model) ? cellOf(TABLE_4, model, column).text : '');
      return {
        set,
        model,
        'Accuracy, paper': paper(camus ? 'Accuracy [CAMUS]' : 'Accuracy [EchoNet]'),
        Accuracy: fixed(accuracy, 3),
        'F1, paper': camus ? paper('F1-score [CAMUS]') : '',
        F1: fixed(f1, 3),
        'BACC, paper': camus ? paper('BACC [CAMUS]') : '',
        BACC: fixed(balancedAccuracy, 3),
        sequences: sequences!,
      };
    }),
  );
}

/** Significant views by the published test and by a valid one, beside what the paper counts. */
export function viewComparisonRows(record: LoadedRecord): Shown[] {
  const paper = significanceCounts();
  return pairComparisons(record.tables).map(({ first, second, counts, mean }) => {
    const claimed = paper.find((each) => each.first === first && each.second === second)?.claimedBetter;
    return {
      'first better than second': `${first} > ${second}`,
      'paper, views': claimed === undefined ? '' : `${claimed} of 18`,
      'ahead by anything': `${counts.ahead} of ${counts.views}`,
      'published test': `${counts.publishedBetter}`,
      'paired, by sequence, Holm': `${counts.pairedBetter}`,
      'paired, by patient, Holm': `${counts.validBetter}`,
      'published test only': `${counts.publishedOnly}`,
      'mean BACC': `${signed(mean.difference, 3)} (${signed(mean.interval.low, 3)} to ${signed(mean.interval.high, 3)})`,
      'p of the mean, by patient': mean.p.toPrecision(2),
    };
  });
}

/** Where the two tests disagree on the primary comparison, view by view. */
export function viewDisagreement(record: LoadedRecord): string {
  const pair = pairComparisons(record.tables).find(
    ({ first, second }) => first === PRIMARY_TEST.better && second === PRIMARY_TEST.worse,
  );
  if (!pair) return '';
  const split = pair.views.filter((view) => publishedBetter(view) !== validBetter(view));
  if (split.length === 0) return `The two tests agree on all ${pair.views.length} views.`;
  const list = split.map(
    ({ name, difference, publishedP, pHolm, support }) =>
      `- ${name}: ${signed(difference, 3)} BACC on ${support} sequences; published p ${publishedP.toPrecision(1)}, valid p ${pHolm.toPrecision(2)}`,
  );
  return `The tests disagree on ${split.length} of ${pair.views.length} views. The published one takes its 1,000 bootstrap draws for observations, so a difference of any size becomes significant:\n\n${list.join('\n')}`;
}

/** The primary test in one sentence, as fixed before the run. */
export function viewPrimarySentence(record: LoadedRecord): string {
  const { better, worse, alpha } = PRIMARY_TEST;
  const test = metricsGroup(metricsGroup(record.metrics, 'comparisons'), `${better} > ${worse}`) as unknown as Record<
    string,
    number
  >;
  const { sequences, patients } = metricsGroup(metricsGroup(record.metrics, 'models'), better) as unknown as Record<
    string,
    number
  >;
  const holds = test.p! < alpha && test.difference! > 0;
  return (
    `**Primary test.** ${better} against ${worse}: difference of mean BACC ${signed(test.difference!, 3)} (95 % interval ${signed(test.low!, 3)} to ` +
    `${signed(test.high!, 3)}), one-sided paired permutation test with the patient as the unit, p = ${test.p!.toPrecision(2)} ` +
    `(${sequences} sequences of ${patients} patients, threshold ${alpha}). ` +
    (holds
      ? 'The pretrained transformer is better, as in the paper.'
      : 'At this size the difference the paper found is not shown.')
  );
}

/** Label efficiency as numbers. */
export function viewEfficiencyRows(record: LoadedRecord): Shown[] {
  return efficiencyCurves(record.tables).map(({ start, points }) => ({
    'encoder start': start,
    ...Object.fromEntries(
      points.map(({ percent, mean, deviation, patients }) => [
        `${percent} % (${patients} patients)`,
        `${fixed(mean, 3)} ± ${fixed(deviation, 3)}`,
      ]),
    ),
  }));
}

/** What the kept classifier makes of real clips, honestly. */
export function viewRealSentence(record: LoadedRecord): string {
  const trained = record.run.data === 'phantom' ? 'that has seen only phantoms ' : '';
  const [clip] = record.tables.realClip ?? [];
  const patients = record.tables.realCamus ?? [];
  const lines: string[] = [];
  if (clip) {
    const verdict = clip.prediction === clip.label ? 'which is right' : `which is wrong: it is ${clip.label}`;
    const doubt =
      clip.reasons === '' ? 'It finds no reason to doubt itself.' : `Reasons not to trust it: ${clip.reasons}.`;
    lines.push(
      `**Real clip.** A classifier ${trained}calls the real cine ${clip.prediction} (mean probability ${Number(clip.score).toFixed(2)}; frames: ${clip.votes}), ${verdict}. ${doubt} One clip proves nothing either way.`,
    );
  }
  if (patients.length > 0) {
    const right = patients.filter(({ label, prediction }) => label === prediction).length;
    lines.push(`**CAMUS.** ${right} of ${patients.length} real patients' clips are named rightly.`);
  } else {
    lines.push(
      '**CAMUS.** No real patient here: put CAMUS at `data/real/camus`, or name a folder of single files with `$ECHOLAB_CAMUS_SAMPLES`, and run again.',
    );
  }
  return lines.join('\n\n');
}

/** Which of the paper's observations this run shows and which it does not, in plain words from the numbers. */
export function viewTakeaway(record: LoadedRecord): string {
  const bacc = (model: string): number =>
    Number(metricsGroup(metricsGroup(record.metrics, 'models'), model).balancedAccuracy);
  const pairs = pairComparisons(record.tables);
  const p = (first: string, second: string): number =>
    pairs.find((pair) => pair.first === first && pair.second === second)?.mean.p ?? Number.NaN;
  const at = (start: string, percent: number): number =>
    efficiencyCurves(record.tables)
      .find((curve) => curve.start === start)
      ?.points.find((point) => point.percent === percent)?.mean ?? Number.NaN;
  const unseen = Object.entries(metricsGroup(record.metrics, 'unseen'));
  const bestUnseen = unseen.every(([, models]) => {
    const accuracy = (model: string): number => Number(metricsGroup(models as Metrics, model).accuracy);
    return Math.max(accuracy('EchoApex-AdaS'), accuracy('EchoApex-B')) > accuracy('ResNet50-IN');
  });
  const lines = [
    observation(
      'EchoApex-S beats the convolutional baseline',
      p('EchoApex-S', 'ResNet50-IN') < PRIMARY_TEST.alpha,
      difference(bacc('EchoApex-S'), bacc('ResNet50-IN')),
    ),
    observation(
      'the larger encoder is the better one (EchoApex-B over EchoApex-S)',
      bacc('EchoApex-B') > bacc('EchoApex-S'),
      difference(bacc('EchoApex-B'), bacc('EchoApex-S')),
    ),
    observation(
      'adapters come close to fine-tuning (within 0.02 BACC, both sizes)',
      bacc('EchoApex-S') - bacc('EchoApex-AdaS') < 0.02 && bacc('EchoApex-B') - bacc('EchoApex-AdaB') < 0.02,
      `S ${difference(bacc('EchoApex-AdaS'), bacc('EchoApex-S'))}, B ${difference(bacc('EchoApex-AdaB'), bacc('EchoApex-B'))}`,
    ),
    observation('EchoApex generalises better than the baseline to every unseen set', unseen.length > 0 && bestUnseen),
    observation(
      'pretraining on echo beats the same network pretrained on generic pictures (not in the paper)',
      p('EchoApex-S', 'Generic-S') < PRIMARY_TEST.alpha,
      difference(bacc('EchoApex-S'), bacc('Generic-S')),
    ),
    ...(Number.isFinite(at('echo', 10))
      ? [
          observation(
            'with 10 % of the labels, features from echo are better than generic and random ones (not in the paper)',
            at('echo', 10) > Math.max(at('generic', 10), at('random', 10)),
            `${fixed(at('echo', 10), 3)} against ${fixed(at('generic', 10), 3)} and ${fixed(at('random', 10), 3)}`,
          ),
        ]
      : []),
  ];
  const where =
    record.run.data === 'phantom'
      ? 'On **phantom** data, each model trained once: this shows that the method runs as written, and says nothing about patients.'
      : 'On real data, each model trained once.';
  return `${where}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function difference(first: number, second: number): string {
  return signed(first - second, 3);
}

function isPaperModel(model: string): model is ViewModel {
  return VIEW_MODELS.some((each) => each === model);
}
