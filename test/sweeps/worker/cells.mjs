// Cell functions of the sweep tests, run by real worker processes on the compiled library.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `value` squared, after `steps` of `milliseconds` each with a checkpoint a step. Every start is a line in the file `starts`.
 * `mishap` happens on attempts up to `mishaps` (counted in the checkpoint folder, which survives them):
 * throw, exit, kill (SIGKILL, as the out-of-memory killer does), nan (a row that no result can hold).
 */
export const squareCell = {
  name: 'square',
  async run(
    { value, steps = 1, milliseconds = 0, starts, mishap, mishaps = 99 },
    { seed, checkpointFolder, cores, progress },
  ) {
    const read = (name) =>
      existsSync(join(checkpointFolder, name)) ? Number(readFileSync(join(checkpointFolder, name))) : 0;
    const attempt = read('attempts') + 1;
    writeFileSync(join(checkpointFolder, 'attempts'), String(attempt));
    const resumedAt = read('step');
    if (starts) appendFileSync(starts, `${value} ${resumedAt}\n`);
    if (attempt <= mishaps) {
      if (mishap === 'throw') throw new RangeError(`no square of ${value}\nfor want of trying`);
      if (mishap === 'exit') process.exit(9);
      if (mishap === 'kill') process.kill(process.pid, 'SIGKILL');
      if (mishap === 'nan') return [{ square: Number.NaN }];
    }
    const bar = progress('squares', steps, 'steps');
    for (let step = resumedAt; step < steps; step++) {
      await sleep(milliseconds);
      writeFileSync(join(checkpointFolder, 'step'), String(step + 1));
      bar.update(step + 1);
    }
    bar.finish();
    return [{ value, seed, square: value * value, resumedAt, cores, attempt }];
  },
};

const values = { smoke: [1, 2], mini: [1, 2, 3], full: [1], paper: [1] };

/** The sweeps that the test command knows. */
export const sweeps = ['squares', 'stumbling'].map((name) => ({
  name,
  cell: 'square',
  does: `${name} of the tests`,
  load: async () => ({
    cell: squareCell,
    plan: async ({ scale, data }) => ({
      name: `${name}-${data}-${scale}`,
      cell: squareCell,
      cells: values[scale].map((value) => ({
        params: {
          value,
          ...JSON.parse(process.env.TEST_PARAMS ?? '{}'),
          ...(name === 'stumbling' && value === 2 ? { mishap: 'throw', mishaps: 1 } : {}),
        },
        seed: 7,
      })),
      resources: { memoryMiB: 64, cores: 1 },
    }),
  }),
}));
