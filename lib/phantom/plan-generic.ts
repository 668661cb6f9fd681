import { stream } from '../core/random.js';
import type { GenericSetConfig, PhantomDataConfig } from './data-config.js';
import type { SetPlan, TextureJob } from './set-plan.js';
import { TEXTURE_KINDS } from './texture.js';

/** The generic set: `generic/images/<nnnnnn>.png` and `generic/images.csv` (`path,kind`); the three kinds in turn. */
export function planGeneric(config: PhantomDataConfig, set: GenericSetConfig): SetPlan {
  const jobs = Array.from(
    { length: set.images },
    (_, index): TextureJob => ({
      kind: 'texture',
      file: `generic/images/${String(index).padStart(6, '0')}.png`,
      texture: TEXTURE_KINDS[index % TEXTURE_KINDS.length]!,
      seed: stream(config.seed, `generic/${index}`).integer(2 ** 32),
      size: set.size,
    }),
  );
  return {
    name: 'generic',
    jobs,
    tableFiles: ['generic/images.csv'],
    tables: () => [
      {
        file: 'generic/images.csv',
        columns: ['path', 'kind'],
        rows: jobs.map((job) => ({ path: job.file.replace('generic/', ''), kind: job.texture })),
      },
    ],
  };
}
