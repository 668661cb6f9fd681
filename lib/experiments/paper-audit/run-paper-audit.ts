import { join } from 'node:path';
import { SAMPLE_COLUMNS } from '../../records/record.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import type { PaperAuditConfig } from './audit-config.js';
import { cellRows, claimRows, diceRows, powerTable, reachRows, tableOf } from './audit-tables.js';
import { drawsLessonRows } from './draws-lesson-rows.js';
import { runBlocks } from './run-blocks.js';
import { planBlocks } from './study-blocks.js';

/** Pairs of the lesson: those that differ by less than anyone would report. */
const LESSON_PAIRS = 2;

/** Runs notebook 06: recompute the claims, plan the studies again, simulate the two lessons. Needs no data. */
export async function runPaperAudit(config: PaperAuditConfig, context: RunContext): Promise<ExperimentOutput> {
  const seed = config.seeds[0] ?? 0;
  context.note('Reads no data set: the tables of the paper are typed in, the studies are simulated.');
  const claims = await context.stage('claims', () => claimRows(seed));
  const { dice, power, reach } = await context.stage('averages, power, reach', () => ({
    dice: diceRows(),
    power: powerTable(config.power),
    reach: reachRows(),
  }));
  const lesson = await context.stage('draws in one study', () =>
    config.pairs.slice(0, LESSON_PAIRS).flatMap((pair) => drawsLessonRows(config, pair)),
  );
  const blocks = planBlocks(config);
  const rows = await context.stage('simulated studies', async () => {
    const studies = blocks.reduce((sum, block) => sum + block.studies, 0);
    const progress = context.progress('simulate studies', studies, 'studies');
    const result = await runBlocks(config, blocks, {
      folder: join(context.workFolder, 'blocks'),
      progress: (done) => progress.update(done),
    });
    progress.finish();
    return result;
  });
  const ofKind = (kind: 'rates' | 'units') => tableOf(rows.filter((_, index) => blocks[index]?.kind === kind).flat());
  const { columns } = tableOf(claims);
  return {
    tables: {
      samples: { columns: [...new Set([...SAMPLE_COLUMNS, ...columns])], rows: claims },
      cells: tableOf(cellRows()),
      dice: tableOf(dice),
      power: tableOf(power),
      reach: tableOf(reach),
      draws: tableOf(lesson),
      rates: ofKind('rates'),
      units: ofKind('units'),
    },
    assets: {},
    manifests: {},
    engine: { device: 'cpu', compiled: false },
  };
}
