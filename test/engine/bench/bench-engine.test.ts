import { describe, expect, it } from 'vitest';
import { ArgumentError, EnvironmentError } from '../../../lib/core/errors.js';
import { benchEngine, formatBench } from '../../../lib/engine/bench/bench-engine.js';

describe('benchEngine', () => {
  it('times a product and counts its operations', async () => {
    const report = await benchEngine({ cases: ['sgemm'], runs: 1, threads: 1, eager: false });
    const [row] = report.rows;
    expect(row!.gigaflop).toBeCloseTo((8 * 2 * 1024 ** 3) / 1e9, 9);
    expect(row!.shareOfPeak).toBe(1);
    expect(row!.clockRatio).toBeUndefined();
    expect(row!.times.map(({ contender }) => contender)).toEqual(['engine']);
    expect(row!.times[0]!.ms).toBeGreaterThan(0);
    expect(row!.times[0]!.peakMiB).toBeGreaterThan(12); // three 4 MiB matrices
    expect(formatBench(report).join('\n')).toMatch(
      /8 products of two 1024 x 1024 matrices\n {2}1.00 of the sgemm peak/,
    );
  });

  it('runs tfjs op by op too, or says why not', { timeout: 200_000 }, async () => {
    const [row] = (await benchEngine({ cases: ['sgemm'], runs: 1, threads: 1 })).rows;
    const contenders = [...row!.times, ...row!.failures].map(({ contender }) => contender);
    expect(contenders).toEqual(['engine', 'tfjs wasm']);
    for (const { reason } of row!.failures) expect(reason).toMatch(/no answer in 60 s/);
  });

  it('refuses an unknown case', async () => {
    await expect(benchEngine({ cases: ['nope'] })).rejects.toThrow(ArgumentError);
  });

  it('passes on what a broken contender said', async () => {
    const broken = benchEngine({ cases: ['sgemm'], runs: 1, threads: 1, python: '/nonexistent/python3' });
    await expect(broken).rejects.toThrow(EnvironmentError);
    await expect(broken).rejects.toThrow(/pytorch failed: .*ENOENT/);
  });
});
