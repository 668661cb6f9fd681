import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileWhole } from '../core/files.js';

/** A row of a training log. */
export interface StepRow {
  readonly step: number;
}

/**
 * The rows of a run, one a step, on disk as JSON lines. Rows become safe with {@link StepLog.flush}, called before each checkpoint; a resumed
 * run keeps the rows up to its checkpoint and writes the later ones again.
 */
export class StepLog<Row extends StepRow> {
  readonly rows: Row[];
  readonly #path: string;
  #flushed: number;

  /** @param upTo rows of later steps are dropped */
  constructor(path: string, upTo: number) {
    this.#path = path;
    this.rows = readRows<Row>(path).filter(({ step }) => step <= upTo);
    this.#flushed = this.rows.length;
    mkdirSync(dirname(path), { recursive: true });
    writeFileWhole(path, this.rows.map(lineOf).join(''));
  }

  /** Appends the rows since the last call to the file. */
  flush(): void {
    const fresh = this.rows.slice(this.#flushed);
    if (fresh.length > 0) appendFileSync(this.#path, fresh.map(lineOf).join(''));
    this.#flushed = this.rows.length;
  }
}

function lineOf(row: StepRow): string {
  return `${JSON.stringify(row)}\n`;
}

/** Whole lines only: a kill while appending may have left a part of one at the end. */
function readRows<Row extends StepRow>(path: string): Row[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Row);
}
