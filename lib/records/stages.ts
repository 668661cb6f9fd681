import type { StageUse } from './record.js';

/** Measures the parts of a run. */
export class StageClock {
  readonly stages: StageUse[] = [];

  /** Runs one stage and notes its seconds and peak memory, also when it throws. */
  async measure<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    let peak = process.memoryUsage.rss();
    const sample = (): void => {
      peak = Math.max(peak, process.memoryUsage.rss());
    };
    const timer = setInterval(sample, 100);
    timer.unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
      sample();
      this.stages.push({
        stage,
        seconds: Math.round(performance.now() - start) / 1000,
        peakMemoryMiB: Math.round(peak / 2 ** 20),
      });
    }
  }
}
