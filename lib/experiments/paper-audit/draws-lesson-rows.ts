import { stream } from '../../core/random.js';
import {
  meanBalancedAccuracy,
  pAgainstDraws,
  simulateTwoClassifiers,
  type TwoClassifiers,
} from '../../paper/lesson-draws.js';
import type { ClassifierPair, PaperAuditConfig } from './audit-config.js';
import type { Row } from './audit-tables.js';

/**
 * One study of one pair, tested on more and more bootstrap draws.
 *
 * The classifier that happens to be ahead on the cases is called the first, as a study calls the one it reports "ours":
 * both tests are one-sided and ask whether the first is better.
 */
export function drawsLessonRows(config: PaperAuditConfig, { name, advantage }: ClassifierPair): Row[] {
  const random = stream(config.seeds[0] ?? 0, `paper-audit/lesson/${name}`);
  const study = aheadFirst(simulateTwoClassifiers({ ...config.study, advantage, stream: random.child('cases') }));
  const { truth, first, second, classes } = study;
  const bacc = {
    first: meanBalancedAccuracy(truth, first, classes),
    second: meanBalancedAccuracy(truth, second, classes),
  };
  const { draws, permutations } = config.lesson;
  return pAgainstDraws(study, draws, { stream: random.child('tests'), permutations }).map((row) => ({
    pair: name,
    advantage,
    cases: truth.length,
    baccFirst: bacc.first,
    baccSecond: bacc.second,
    ...row,
  }));
}

function aheadFirst(study: TwoClassifiers): TwoClassifiers {
  const { truth, first, second, classes } = study;
  const ahead = meanBalancedAccuracy(truth, first, classes) >= meanBalancedAccuracy(truth, second, classes);
  return ahead ? study : { ...study, first: second, second: first };
}
