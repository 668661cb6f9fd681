import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentProgress } from '../../lib/core/progress.js';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { shardViewStudy } from '../../lib/datasets/shards/shard-view-study.js';
import type { ViewStudy } from '../../lib/datasets/view-study.js';
import { SUBSETS } from '../../lib/experiments/scaling-study/scaling-config.js';
import { readScalingData } from '../../lib/experiments/scaling-study/scaling-data.js';
import { SCALING_CONFIGS } from '../../lib/experiments/scaling-study/scaling-scales.js';
import { readerOf } from '../../lib/training/frame-source.js';
import { temporaryFolder, writeMiniatureViews } from '../datasets/miniature.js';

const folder = temporaryFolder();
const real = join(folder.path, 'real');
afterAll(() => {
  vi.unstubAllEnvs();
  folder.remove();
});

beforeAll(async () => {
  vi.stubEnv('ECHOLAB_DATA', folder.path);
  await writeMiniatureViews(join(real, 'views'));
  await writeMiniatureViews(join(real, 'pretrain'), (rows) => {
    for (const [n, row] of rows.entries()) {
      Object.assign(row, { patient: `T${n}`, echo3m: Number(n < 2), echo12m: Number(n % 2), echo20m: 1 });
    }
  });
  const study = openDataset('view-study', join(real, 'pretrain')) as ViewStudy;
  await shardViewStudy(study, join(real, 'pretrain-shards'), { size: 112, quality: 'lossless', framesPerShard: 16 });
}, 60_000);

describe('readScalingData', () => {
  it('finds the same frames and members in shards as in memory', async () => {
    const paper = SCALING_CONFIGS.paper;
    expect(paper.frames).toBe('shards');
    const [shards, memory] = [
      await readScalingData(paper, 'real', silentProgress),
      await readScalingData({ ...paper, frames: 'memory' }, 'real', silentProgress),
    ];
    expect([shards.pool.kind, memory.pool.kind]).toEqual(['shards', 'memory']);
    for (const subset of SUBSETS) expect([...(shards.members[subset] as Uint32Array)]).toEqual(memory.members[subset]);
    expect(shards.members.echo3m).toHaveLength(10); // two clips of five frames
    const numbers = [0, 4, 5, 15, 16, 33, 59];
    expect(await (await readerOf(shards.pool))(numbers)).toEqual(await (await readerOf(memory.pool))(numbers));
  }, 60_000);

  it('refuses shards of another size, and a choice of frames that they cannot follow', async () => {
    const paper = SCALING_CONFIGS.paper;
    await expect(readScalingData({ ...paper, frameSize: 64 }, 'real', silentProgress)).rejects.toThrow(
      /must be 64 px, got 112/,
    );
    await expect(readScalingData({ ...paper, framesPerClip: 2 }, 'real', silentProgress)).rejects.toThrow(
      /framesPerClip must be null with frames in shards, got 2/,
    );
  });
});
