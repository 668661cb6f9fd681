import { readFileSync } from 'node:fs';

/** Figures of scipy 1.17.1; see test/fixtures/evaluation/README.md. */
export const signals = JSON.parse(
  readFileSync(new URL('../fixtures/evaluation/signals.json', import.meta.url), 'utf8'),
) as {
  signals: Readonly<Record<string, number[]>>;
  peaks: {
    signal: string;
    sign: 1 | -1;
    options: { distance?: number; prominence?: number };
    peaks: number[];
    prominences: number[];
  }[];
  released: { range: number; systoles: number[] };
  corrected: { range: number; systoles: number[] };
  mask: { width: number; height: number; data: number[]; largest8: number[]; filled: number[] };
};
