import { type ProgressFactory, silentProgress, terminalProgress } from '../core/progress.js';

/** Where a command prints. With `--json` the only thing on standard output is one JSON value. */
export interface Output {
  readonly json: boolean;
  /** A line for people; silent with `--json`. */
  line(text?: string): void;
  /** The command's result; printed only with `--json`. */
  result(value: unknown): void;
  readonly progress: ProgressFactory;
}

/** Output of a command. */
export function makeOutput(json: boolean): Output {
  return {
    json,
    line(text = '') {
      if (!json) process.stdout.write(`${text}\n`);
    },
    result(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    progress: json ? silentProgress : terminalProgress(),
  };
}

/** Columns padded to their widest cell, two spaces apart. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
