import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benchLoader } from '../../lib/training/bench-loader.js';
import { PAPER_DINO2 } from '../../lib/training/dino2/dino2-config.js';

const compiled = existsSync(new URL('../../lib/dist/training/frame-source.js', import.meta.url));

describe.runIf(compiled)('benchLoader', () => {
  it('measures shards beside memory', async () => {
    const crops = {
      ...PAPER_DINO2.crops,
      localCount: 0,
      globalSize: 16,
      channels: 1,
      mean: [0.4],
      deviation: [0.2],
    } as const;
    const [read, cut] = await benchLoader(crops, 32);
    expect(read!.value).toBeGreaterThan(0);
    expect(cut!.what).toBe('cut 2 views on one thread, from shards');
    expect(cut!.reference!.value).toBeGreaterThan(0);
  }, 60_000);
});
