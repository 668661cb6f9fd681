// Cell functions of the sweep tests, run by real worker processes on the compiled library.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `value` squared, in two steps with a checkpoint between them; there it waits until the file `gate` exists, so that a test can do
 * things to a cell that runs. Every start is a line in the file `starts`: value, and step that it goes on from.
 *
 * `mishap` happens on attempts up to `mishaps` (counted in the checkpoint folder, which survives them):
 * throw, reject (a promise that nobody awaits), exit, kill (SIGKILL, as the system's out-of-memory killer does), memory (fills its
 * heap), nan (a row that no result can hold).
 */
export const squareCell = {
  name: 'square',
  async run({ value, gate, starts, mishap, mishaps = 99 }, { seed, checkpointFolder, cores, progress }) {
    if (process.env.ECHOLAB_THREADS !== String(cores))
      throw new Error('engine sessions would take other threads than the cell');
    const path = (name) => join(checkpointFolder, name);
    const read = (name) => (existsSync(path(name)) ? Number(readFileSync(path(name), 'utf8')) : 0);
    const attempt = read('attempts') + 1;
    writeFileSync(path('attempts'), String(attempt));
    const resumedAt = read('step');
    if (starts) appendFileSync(starts, `${value} ${resumedAt}\n`);
    if (attempt <= mishaps) {
      if (mishap === 'throw') throw new RangeError(`no square of ${value}\nfor want of trying`);
      if (mishap === 'reject') Promise.reject(new TypeError('nobody waited'));
      if (mishap === 'memory') for (const hoard = []; ; ) hoard.push(new Array(1000).fill(hoard.length));
      if (mishap === 'exit') process.exit(9);
      if (mishap === 'kill') process.kill(process.pid, 'SIGKILL');
      if (mishap === 'nan') return [{ square: Number.NaN }];
    }
    await sleep(0);
    const bar = progress('squares', 2, 'steps');
    writeFileSync(path('step'), '1');
    bar.update(1);
    while (gate && !existsSync(gate)) await sleep(50);
    bar.finish();
    return [{ value, seed, square: value * value, resumedAt, cores, attempt }];
  },
};

const VALUES = { smoke: [1, 2], mini: [1, 2, 3], full: [1], paper: [1] };

/** The sweep that the tests' command knows; `$TEST_PARAMS` holds further parameters of its cells. */
export const sweeps = [
  {
    name: 'squares',
    cell: 'square',
    does: 'squares of small numbers',
    load: async () => ({
      cell: squareCell,
      plan: async ({ scale, data }) => ({
        name: `squares-${data}-${scale}`,
        cell: squareCell,
        cells: VALUES[scale].map((value) => ({
          params: { value, ...JSON.parse(process.env.TEST_PARAMS ?? '{}') },
          seed: 7,
        })),
        resources: { memoryMiB: 64, cores: 1 },
      }),
    }),
  },
];
