import { SingleBar } from 'cli-progress';

/** Where progress goes. A terminal gets a bar, a notebook one updating line, anything else plain lines. */
export interface Progress {
  /** Reports that `done` of the task's total are finished; `note` is shown beside it, e.g. `loss 4.21`. */
  update(done: number, note?: string): void;
  /** Ends the task; prints its duration. */
  finish(note?: string): void;
}

/** Starts a task; the returned object reports on it. */
export type ProgressFactory = (task: string, total: number, unit: string) => Progress;

/** `3 s`, `4 min 10 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** One line of progress: `pretrain 120/600 steps, 2.1 steps/s, 3 min 48 s left, loss 4.21`. */
export function progressLine(
  task: string,
  done: number,
  total: number,
  unit: string,
  seconds: number,
  note?: string,
): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [`${task} ${done}/${total} ${unit}`];
  if (rate > 0) parts.push(`${formatRate(rate)} ${unit}/s`);
  if (rate > 0 && done < total) parts.push(`${formatDuration((total - done) / rate)} left`);
  if (note) parts.push(note);
  return parts.join(', ');
}

function formatRate(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2);
}

/** Plain lines, at most one each `everySeconds`, plus the last. For logs and pipes. */
export function lineProgress(write: (line: string) => void, everySeconds = 10): ProgressFactory {
  return (task, total, unit) => {
    const start = performance.now();
    let last = start;
    const seconds = (): number => (performance.now() - start) / 1000;
    return {
      update(done, note) {
        if (performance.now() - last < everySeconds * 1000) return;
        last = performance.now();
        write(progressLine(task, done, total, unit, seconds(), note));
      },
      finish(note) {
        write(`${task} done in ${formatDuration(seconds())}${note ? `, ${note}` : ''}`);
      },
    };
  };
}

/** A bar on a terminal, with rate and time left. */
export function barProgress(output: NodeJS.WriteStream): ProgressFactory {
  return (task, total, unit) => {
    const start = performance.now();
    const bar = new SingleBar({
      stream: output,
      format: '{bar} {line}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      fps: 8,
    });
    const seconds = (): number => (performance.now() - start) / 1000;
    bar.start(total, 0, { line: task });
    return {
      update(done, note) {
        bar.update(done, {
          line: progressLine(task, done, total, unit, seconds(), note),
        });
      },
      finish(note) {
        bar.stop();
        output.write(`${task} done in ${formatDuration(seconds())}${note ? `, ${note}` : ''}\n`);
      },
    };
  };
}

/** Nothing at all. For tests and `--json`. */
export const silentProgress: ProgressFactory = () => ({
  update() {},
  finish() {},
});

/** Bars when standard error is a terminal, lines otherwise. Standard output stays free for results. */
export function terminalProgress(): ProgressFactory {
  return process.stderr.isTTY ? barProgress(process.stderr) : lineProgress((line) => process.stderr.write(`${line}\n`));
}
