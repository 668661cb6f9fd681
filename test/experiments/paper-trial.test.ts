import { expect, test } from 'vitest';
import type { CsvRow } from '../../lib/core/csv.js';
import { paperTrialSweep } from '../../lib/experiments/scaling-study/paper-trial.js';
import { scalingMetrics } from '../../lib/experiments/scaling-study/scaling-metrics.js';
import { paperTrialSentence } from '../../lib/experiments/scaling-study/scaling-report.js';
import { SWEEPS } from '../../lib/experiments/sweeps.js';
import type { LoadedRecord } from '../../lib/records/record.js';
import { planCells } from '../../lib/sweeps/sweep.js';

const vote = (arm: string, probe: 'knn' | 'linear'): CsvRow => ({
  sample: 'clip-1',
  patient: 'p1',
  split: 'test',
  label: 'A4C',
  prediction: 'A4C',
  score: '1',
  seed: '1',
  arm,
  step: '10',
  probe,
  k: probe === 'knn' ? '20' : '',
});
const samples = ['Echo3M', 'Echo20M'].flatMap((arm) => [vote(arm, 'knn'), vote(arm, 'linear')]);
const update = (number: number, seconds: number, loss: number, peak: number): CsvRow => ({
  update: String(number),
  images: '4',
  parameters: '106900000',
  seconds: String(seconds),
  processorSeconds: String(2 * seconds),
  loss: String(loss),
  flopsPerRun: '267e9',
  peakMebibytes: String(peak),
  estimatedMebibytes: '4946',
});
const recordOf = (paperTrial?: readonly CsvRow[]): LoadedRecord =>
  ({ metrics: scalingMetrics({ samples, ...(paperTrial && { paperTrial }) }) }) as unknown as LoadedRecord;

test('time is the mean over updates, memory the largest; hand-computed', () => {
  const { metrics } = recordOf([update(1, 10, 19.1, 5000), update(2, 14, 19, 5200)]);
  expect(metrics.paperTrial).toMatchObject({
    updates: 2,
    secondsPerUpdate: 12,
    processorSecondsPerUpdate: 24,
    peakMebibytes: 5200,
    gigaflopsPerRun: 267,
    firstLoss: 19.1,
    lastLoss: 19,
  });
});

test('the sentence names the run, or says that there was none', () => {
  const text = paperTrialSentence(recordOf([update(1, 10, 19.1, 5000), update(2, 14, 19, 5200)]));
  expect(text).toContain('2 real updates');
  expect(text).toContain('12.0 s an update (24.0 s of processor time), peak 5.1 GiB (estimated 4.8)');
  expect(paperTrialSentence(recordOf())).toContain('Not tried at this scale');
});

test('worker processes find the cell by the name that the sweep gives it', async () => {
  const sweep = await paperTrialSweep({ scale: 'full', data: 'phantom' });
  expect(planCells(sweep)).toHaveLength(1);
  const registered = SWEEPS.find(({ cell }) => cell === sweep.cell.name);
  expect((await registered!.load()).cell).toBe(sweep.cell);
});
