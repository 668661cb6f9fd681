import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import {
  framesWhere,
  readShardClips,
  shardViewStudy,
  squareFrame,
} from '../../lib/datasets/shards/shard-view-study.js';
import { openShardedFrames, ShardedFrameReader } from '../../lib/datasets/shards/sharded-frames.js';
import type { ViewStudy } from '../../lib/datasets/view-study.js';
import { temporaryFolder, writeMiniatureViews } from './miniature.js';

const folder = temporaryFolder();
const root = join(folder.path, 'views');
const out = join(folder.path, 'shards');
let study: ViewStudy;
afterAll(folder.remove);

beforeAll(async () => {
  await writeMiniatureViews(root, (rows) => {
    for (const [n, row] of rows.entries()) row.echo3m = n % 3 === 0 ? 1 : 0;
    rows[0]!.patient = 'V 0/é';
  });
  study = openDataset('view-study', root) as ViewStudy;
  await shardViewStudy(study, out, { size: 32, framesPerShard: 25, quality: 'lossless' });
}, 60_000);

describe('shardViewStudy', () => {
  it('writes every frame once, resized, in the order of the clips', async () => {
    const frames = openShardedFrames(out);
    expect([frames.count, frames.width, frames.shards.length]).toEqual([60, 32, 3]); // 12 clips of 5 frames
    const reader = new ShardedFrameReader(frames);
    for (const n of [0, 7, 25, 59]) {
      const original = await study.samples[Math.floor(n / 5)]!.readFrame(n % 5);
      expect((await reader.read(n)).data).toEqual(squareFrame(original, 32).data);
    }
    reader.close();
  });

  it('keeps the columns of the study, and finds the members of a set by them', () => {
    const clips = readShardClips(out);
    expect(clips).toHaveLength(12);
    expect(clips[4]).toMatchObject({ patient: 'V2', first: 20, frames: 5, extra: { vendor: 'Acme', view: 'A4C' } });
    expect(clips[0]!.patient).toBe('V 0/é');
    expect([...framesWhere(clips, 'echo3m')].filter((n) => n % 5 === 0)).toEqual([0, 15, 30, 45]);
    expect(framesWhere(clips, 'echo3m')).toHaveLength(20);
    expect(framesWhere(clips, 'no-such')).toHaveLength(0);
  });

  it('goes on where an interrupted run stopped, to the same bytes', async () => {
    const target = join(folder.path, 'resumed');
    const options = { size: 32, framesPerShard: 25, quality: 'lossless' } as const;
    const decoded: number[] = [];
    const watched = (stop: number): ViewStudy => ({
      ...study,
      samples: study.samples.map((sample, n) => ({
        ...sample,
        readClip: () => {
          if (n === stop) throw new Error('killed');
          decoded.push(n);
          return sample.readClip();
        },
      })),
    });
    await expect(shardViewStudy(watched(6), target, options)).rejects.toThrow('killed');
    decoded.length = 0;
    await shardViewStudy(watched(-1), target, options);
    expect(decoded).toEqual([5, 6, 7, 8, 9, 10, 11]); // the first 25 frames, five clips, stood whole
    for (const name of ['shards.json', 'clips.csv', 'frames-000002.tar', 'frames-000000.offsets']) {
      expect(readFileSync(join(target, name)).equals(readFileSync(join(out, name)))).toBe(true);
    }
  });

  it('takes some frames of each clip', async () => {
    const target = join(folder.path, 'few');
    await shardViewStudy(study, target, { size: 48, framesPerClip: 2 });
    expect(readShardClips(target).map(({ frames }) => frames)).toEqual(Array(12).fill(2));
  });

  it('refuses a table that does not belong to the shards', () => {
    const table = join(folder.path, 'few', 'clips.csv');
    writeFileSync(table, readFileSync(table, 'utf8').trim().split('\n').slice(0, -1).join('\n'));
    expect(() => readShardClips(join(folder.path, 'few'))).toThrow(/counts 22 frames, the index 24/);
    rmSync(table);
    expect(() => readShardClips(join(folder.path, 'few'))).toThrow(/clips\.csv is not in .*echolab data shard/);
  });
});
