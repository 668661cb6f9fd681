import { VIEW_NAMES } from '../../core/views.js';
import { heartOf } from '../../phantom/clip-plan.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { besideCamus } from './beside-camus.js';
import { volumeRows } from './count-volumes.js';
import { anatomyClip, drawAnatomy } from './draw-anatomy.js';
import { drawBesideReal, drawVendors, drawViews } from './draw-frames.js';
import { speckleTables } from './homogeneous-speckle.js';
import type { PhantomHeartConfig } from './phantom-config.js';
import { patientName, populationRows, type Row } from './population.js';

/** Runs notebook 00: draw the people, count their volumes, measure speckle, draw the anatomy, the views, the vendors, phantoms beside a real frame and, where there are any, beside real CAMUS frames. */
export async function runPhantomHeart(config: PhantomHeartConfig, context: RunContext): Promise<ExperimentOutput> {
  const seed = config.seeds[0] ?? 0;
  if (context.data === 'real')
    context.note('This notebook is about the phantom: real data were asked for, phantoms are shown.');
  const people = config.patients.adult + config.patients.paediatric;
  const samples = await context.stage('people', () => {
    const progress = context.progress('people', people, 'people');
    const rows = populationRows(config, seed, (done) => progress.update(done));
    progress.finish();
    return rows;
  });
  const volumes = await context.stage('counted volumes', () => {
    const progress = context.progress('counted volumes', config.counting.hearts, 'hearts');
    const rows: Row[] = [];
    for (let n = 0; n < config.counting.hearts; n++) {
      // every third heart is a child's
      const population = n % 3 === 2 ? 'paediatric' : 'adult';
      const name = patientName(population, n);
      const heart = heartOf(seed, name, population);
      rows.push(...volumeRows(name, heart, config.counting.instants, config.counting.lattice));
      progress.update(n + 1);
    }
    progress.finish();
    return rows;
  });
  const speckle = await context.stage('speckle', () => speckleTables(config, seed));
  const planned = anatomyClip(config, seed);
  const anatomy = await context.stage('anatomy', async () => {
    const progress = context.progress('anatomy', config.anatomy.angles + config.anatomy.instants, 'pictures');
    const part = await drawAnatomy(planned, config, (done) => progress.update(done));
    progress.finish();
    return part;
  });
  const views = await context.stage(`${VIEW_NAMES.length} views`, () => drawViews(config, seed));
  const vendors = await context.stage('vendors', () => drawVendors(config, seed, context.workFolder));
  const beside = await context.stage('beside a real frame', () => drawBesideReal(config, seed));
  const camus = await context.stage('beside real CAMUS frames', () => besideCamus(config, context));
  const rows: Record<string, readonly Row[]> = {
    samples,
    volumes,
    ...speckle,
    ...anatomy.tables,
    ...views.tables,
    ...vendors.tables,
    ...beside.tables,
  };
  return {
    tables: {
      ...Object.fromEntries(
        Object.entries(rows).map(([name, table]) => [name, { columns: Object.keys(table[0] ?? {}), rows: table }]),
      ),
      ...camus.tables,
    },
    assets: { ...anatomy.assets, ...views.assets, ...vendors.assets, ...beside.assets },
    manifests: camus.manifests,
    engine: { device: 'cpu', compiled: false },
  };
}
