import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benchData } from '../../lib/datasets/bench-data.js';

const compiled = existsSync(new URL('../../lib/dist/datasets/shards/batch-worker.js', import.meta.url));

describe.runIf(compiled)('benchData', () => {
  it('measures every step and does without a reference', async () => {
    const rows = await benchData('no-such-python');
    expect(rows).toHaveLength(5);
    for (const { value, reference } of rows) {
      expect(value).toBeGreaterThan(0);
      expect(reference).toBeNull();
    }
  });
});
