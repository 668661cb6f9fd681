import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import { AUDIT_CONFIGS, type PaperAuditConfig } from '../../lib/experiments/paper-audit/audit-config.js';
import {
  averageDice,
  pairRates,
  tablesAveraged,
  unitRatesOf,
} from '../../lib/experiments/paper-audit/audit-metrics.js';
import {
  auditTakeaway,
  auditTopics,
  claimsLedgerFolded,
  powerTables,
  primaryCheckSentence,
} from '../../lib/experiments/paper-audit/audit-report.js';
import { DICE_MODELS, partOfPaper } from '../../lib/experiments/paper-audit/audit-tables.js';
import { AUDIT_TOPICS } from '../../lib/experiments/paper-audit/audit-topics.js';
import { drawsLessonRows } from '../../lib/experiments/paper-audit/draws-lesson-rows.js';
import { paperAudit } from '../../lib/experiments/paper-audit/paper-audit.js';
import { runBlocks } from '../../lib/experiments/paper-audit/run-blocks.js';
import { planBlocks, runBlock } from '../../lib/experiments/paper-audit/study-blocks.js';
import { runExperiment } from '../../lib/experiments/run-experiment.js';
import { verifyRecord } from '../../lib/experiments/verify-record.js';
import { claimsLedger, verdictCounts } from '../../lib/paper/claims.js';
import { weightedDice } from '../../lib/paper/claims-segmentation.js';
import type { LoadedRecord } from '../../lib/records/record.js';

let folder: string;
let record: LoadedRecord;
const before = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-audit-'));
  process.env.ECHOLAB_RESULTS = join(folder, 'results');
  process.env.ECHOLAB_WORK = join(folder, 'work');
  record = await runExperiment(paperAudit, {
    scale: 'smoke',
    data: 'phantom',
    progress: silentProgress,
    say: () => {},
  });
}, 180_000);

afterAll(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

describe('the record of the audit', () => {
  it('verifies to the last digit, and notices a changed row', async () => {
    expect(await verifyRecord(record.folder, [paperAudit])).toEqual([]);
    const path = join(record.folder, 'rates.csv');
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(/,20,(\d+)\n/, (_row, found: string) => `,20,${Number(found) === 0 ? 1 : 0}\n`),
    );
    const changed = await verifyRecord(record.folder, [paperAudit]);
    writeFileSync(path, text);
    expect(changed.map(({ what }) => what).join()).toMatch(/rates|primaryCheck/);
  });

  it('has a row for every claim, with the verdict of the ledger', () => {
    const samples = record.tables.samples!;
    const ledger = claimsLedger();
    expect(samples.map(({ sample, prediction }) => [sample, prediction])).toEqual(
      ledger.map(({ id, verdict }) => [id, verdict]),
    );
    expect(record.metrics.verdicts).toEqual(verdictCounts(ledger));
  });

  it('averages Dice as the ledger does', () => {
    const averages = averageDice(record.tables.dice!);
    for (const model of DICE_MODELS) {
      expect(averages.find((row) => row.model === model)!.weighted).toBeCloseTo(weightedDice(model).value, 12);
    }
  });

  it('averages Table 3 as the ledger does', () => {
    const samples = record.tables.samples!;
    const cells = tablesAveraged(record.tables.cells!);
    expect(cells).toHaveLength(15);
    for (const { model, metric, mean, verdict } of cells) {
      const row = samples.find(({ sample }) => sample === `table-3-${model}-${metric}`)!;
      expect(Number(row.score)).toBeCloseTo(mean, 5);
      expect(row.prediction).toBe(verdict);
    }
  });

  it('adds the blocks up', () => {
    const { rates, units } = AUDIT_CONFIGS.smoke;
    for (const row of pairRates(record.tables.rates!)) expect(row.studies).toBe(rates.studies);
    for (const row of unitRatesOf(record.tables.units!)) expect(row.studies).toBe(units.studies);
  });

  it('shows the two lessons', () => {
    const equal = pairRates(record.tables.rates!).filter(({ advantage }) => advantage === 0);
    const published = equal.filter(({ test }) => test === 'published').map(({ low }) => low);
    // law: the published rate grows with the draws and leaves the nominal level behind
    expect([...published].sort((a, b) => a - b)).toEqual(published);
    expect(published.at(-1)!).toBeGreaterThan(0.2);
    expect(equal.find(({ test }) => test === 'valid')!.low).toBeLessThanOrEqual(0.01);
    const frames = unitRatesOf(record.tables.units!).filter(({ framesPerPatient }) => framesPerPatient === 20);
    expect(frames.find(({ unit }) => unit === 'every frame')!.low).toBeGreaterThan(0.05);
    for (const { low } of frames.filter(({ unit }) => unit !== 'every frame')) expect(low).toBeLessThanOrEqual(0.01);
  });

  it('says in words what the rows say', () => {
    const counts = record.metrics.verdicts as Record<string, number>;
    expect(auditTakeaway(record)).toContain(`${counts['does not follow']} do not follow`);
    expect(primaryCheckSentence(record)).toContain('**not a valid test**');
    expect(claimsLedgerFolded(record).match(/<tr>/g)).toHaveLength(record.tables.samples!.length + 4);
    expect(powerTables(record).flatMap(({ rows }) => rows)).toHaveLength(record.tables.power!.length);
  });

  it('finds claims for every topic', () => {
    const ids = new Set(record.tables.samples!.map(({ sample }) => sample));
    for (const name of AUDIT_TOPICS.flatMap(({ claims }) => claims)) {
      const found = name.endsWith('*') ? [...ids].some((id) => id!.startsWith(name.slice(0, -1))) : ids.has(name);
      expect(found, name).toBe(true);
    }
    expect(auditTopics(record).every(({ rows }) => rows.length > 1)).toBe(true);
  });

  it('draws every figure that the notebook shows', () => {
    const notebook = readFileSync(new URL('../../notebooks/06-paper-audit.ipynb', import.meta.url), 'utf8');
    const shown = [...notebook.matchAll(/figures\['([a-z0-9-]+)'\]/g)].map(([, name]) => name!);
    expect(shown.length).toBeGreaterThan(5);
    for (const name of shown) {
      expect(readFileSync(join(record.folder, 'figures', `${name}.svg`), 'utf8')).toContain('<svg');
    }
  });
});

describe('simulated studies', () => {
  const config: PaperAuditConfig = {
    ...AUDIT_CONFIGS.smoke,
    study: { cases: 40, classes: 4, accuracy: 0.9 },
    rates: { studies: 7, draws: [10], permutations: 99, alpha: 0.01 },
    units: { ...AUDIT_CONFIGS.smoke.units, studies: 5, framesPerPatient: [1, 3] },
    blockSize: 3,
  };

  it('are cut into blocks that make the whole', () => {
    const blocks = planBlocks(config);
    const studies = (kind: string, pair: string): number[] =>
      blocks.filter((block) => block.kind === kind && block.pair === pair).map((block) => block.studies);
    expect(studies('rates', 'nothing')).toEqual([3, 3, 1]);
    expect(studies('units', '')).toEqual([3, 2]);
  });

  it('do not depend on threads or order, and go on from finished blocks', async () => {
    const blocks = planBlocks(config);
    const work = join(folder, 'blocks');
    let last = 0;
    const rows = await runBlocks(config, blocks, { folder: work, progress: (done) => (last = done) });
    expect(rows).toEqual(blocks.map((block) => runBlock(config, block)));
    expect(last).toBe(blocks.reduce((sum, { studies }) => sum + studies, 0));
    writeFileSync(join(work, 'block-1.json'), '[]');
    const again = await runBlocks(config, blocks, { folder: work, progress: () => {} });
    expect(again[1]).toEqual([]);
    expect(again[2]).toEqual(rows[2]);
  });

  it('name the error of a block', async () => {
    const broken = { ...config, rates: { ...config.rates, permutations: 5 } };
    const run = runBlocks(broken, planBlocks(broken), { folder: join(folder, 'broken'), progress: () => {} });
    await expect(run).rejects.toThrow(/runBlocks: .*permutations cannot reach alpha/);
  });

  it('of the lesson put the classifier that is ahead first', () => {
    for (const pair of config.pairs) {
      const rows = drawsLessonRows(config, pair);
      expect(rows.length).toBe(config.lesson.draws.length);
      expect(Number(rows[0]!.baccFirst)).toBeGreaterThanOrEqual(Number(rows[0]!.baccSecond));
    }
  });
});

describe('rows of claims', () => {
  it('have a number where the recomputation begins with one', () => {
    const score = (id: string): unknown => record.tables.samples!.find(({ sample }) => sample === id)!.score;
    expect(score('annotated-74k')).toBe('73958');
    expect(score('adapters-lvid')).toBe('5.6');
    expect(score('one-model')).toBe('');
  });

  it.each([
    ['Abstract', 'Abstract'],
    ['1', 'Introduction, discussion'],
    ['2.4.1', 'Results'],
    ['A.3', 'Methods, supplement'],
    ['Table 8', 'Tables'],
    ['Fig. 2', 'Figures'],
  ])('%s stands in %s', (place, part) => {
    expect(partOfPaper(place)).toBe(part);
  });
});
