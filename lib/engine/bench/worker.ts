import { createInterface } from 'node:readline';
import type { Device } from '../devices.js';
import { BENCH_CASES } from './cases.js';

/**
 * Child process that runs one case: `worker.js CASE DEVICE THREADS zero-copy|plain`.
 *
 * Speaks lines of JSON: `ready`, then a time for every line read, and the peak memory when its input ends. `pytorch.py`
 * speaks the same.
 */
const [name, device, threads, copies] = process.argv.slice(2) as [string, Device, string, string];

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

async function work(): Promise<void> {
  const found = BENCH_CASES.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no case '${name}'; the cases are ${BENCH_CASES.map((known) => known.name).join(', ')}`);
  const place = { device, threads: Number(threads), zeroCopy: copies === 'zero-copy' };
  const { flops, compileMs, run } = await found.prepare(place);
  await run();
  say({ ready: true, flops, compileMs });
  for await (const _line of createInterface({ input: process.stdin })) {
    const started = performance.now();
    const cpu = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(cpu);
    say({ ms: performance.now() - started, cpuMs: (user + system) / 1000 });
  }
  say({ peakMiB: process.resourceUsage().maxRSS / 1024 });
}

work().catch((error: unknown) => {
  say({ error: String(error) });
  process.exitCode = 1;
});
