import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StepLog } from '../../lib/training/step-log.js';

it('keeps the rows up to the checkpoint, whatever a kill left behind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'echolab-log-'));
  try {
    const path = join(folder, 'steps.jsonl');
    const first = new StepLog<{ step: number; loss: number }>(path, 0);
    first.rows.push({ step: 1, loss: 3 }, { step: 2, loss: 2.5 });
    first.flush();
    first.rows.push({ step: 3, loss: 2 });
    first.flush();
    appendFileSync(path, '{"step":4,"lo');
    const resumed = new StepLog<{ step: number; loss: number }>(path, 2);
    expect(resumed.rows).toEqual([
      { step: 1, loss: 3 },
      { step: 2, loss: 2.5 },
    ]);
    resumed.rows.push({ step: 3, loss: 1.9 });
    resumed.flush();
    expect(new StepLog(path, 9).rows.at(-1)).toEqual({ step: 3, loss: 1.9 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
