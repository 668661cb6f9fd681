import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, FormatError } from '../../lib/core/errors.js';
import { loadBatches } from '../../lib/datasets/shards/load-batches.js';
import { type PackedFrame, type ShardPosition, ShardStream } from '../../lib/datasets/shards/shard-stream.js';
import { parseTarHeader, tarEntry } from '../../lib/datasets/shards/tar.js';
import { type ShardFrame, writeShards } from '../../lib/datasets/shards/write-shards.js';
import { decodeJpeg } from '../../lib/imaging/jpeg.js';
import { temporaryFolder } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);

function* frames(count: number): Generator<ShardFrame> {
  for (let n = 0; n < count; n++) {
    const image = { width: 16, height: 16, data: new Uint8Array(256).fill(n % 200) };
    yield { patient: `p${n % 7}`, clip: `c${n % 7}`, frame: n, image };
  }
}

const root = join(folder.path, 'shards');
beforeAll(async () => {
  await writeShards(root, frames(100), { framesPerShard: 32 });
}, 60_000);

async function take(stream: ShardStream, count: number): Promise<number[]> {
  const taken: PackedFrame[] = [];
  for (let n = 0; n < count; n++) taken.push(await stream.next());
  await stream.close();
  return taken.map(({ frame }) => frame);
}

describe('writeShards', () => {
  it('writes tar files that tar reads, and an index', async () => {
    const index = JSON.parse(readFileSync(join(root, 'shards.json'), 'utf8')) as {
      frames: number;
      shards: { frames: number }[];
    };
    expect(index.frames).toBe(100);
    expect(index.shards.map((shard) => shard.frames)).toEqual([32, 32, 32, 4]);
    const { execFileSync } = await import('node:child_process');
    const list = execFileSync('tar', ['-tf', join(root, 'frames-000003.tar')], { encoding: 'utf8' });
    expect(list.trim().split('\n')[0]).toBe('p5/c5/000096.jpg'); // 96 mod 7 = 5
  });

  it('gives the same bytes again', async () => {
    const again = join(folder.path, 'again');
    await writeShards(again, frames(100), { framesPerShard: 32 });
    expect(readFileSync(join(again, 'frames-000001.tar')).equals(readFileSync(join(root, 'frames-000001.tar')))).toBe(
      true,
    );
  });

  it('goes on after the last whole shard of an interrupted run, to the same bytes', async () => {
    const target = join(folder.path, 'resumed');
    const read: number[] = [];
    function* interrupted(until: number): Generator<ShardFrame> {
      for (const frame of frames(100)) {
        if (frame.frame === until) throw new Error('killed');
        yield {
          ...frame,
          image: () => {
            read.push(frame.frame);
            return frame.image as Exclude<ShardFrame['image'], () => unknown>;
          },
        };
      }
    }
    await expect(writeShards(target, interrupted(70), { framesPerShard: 32 })).rejects.toThrow('killed');
    expect(existsSync(join(target, 'shards.json'))).toBe(false);
    read.length = 0;
    await writeShards(target, interrupted(100), { framesPerShard: 32 });
    expect(read[0]).toBe(64); // two shards of 32 stood whole
    for (const name of ['frames-000000.tar', 'frames-000001.tar', 'frames-000003.tar', 'shards.json']) {
      expect(readFileSync(join(target, name)).equals(readFileSync(join(root, name)))).toBe(true);
    }
    expect(existsSync(join(target, 'shards-unfinished.json'))).toBe(false);
  });

  it('writes a damaged shard again, and will not mix frames of two runs', async () => {
    const target = join(folder.path, 'mixed');
    const half = async function* (from: number): AsyncGenerator<ShardFrame> {
      for (const frame of frames(100)) {
        if (frame.frame === 70) throw new Error('killed');
        yield { ...frame, frame: frame.frame + from };
      }
    };
    const options = { framesPerShard: 32 };
    await expect(writeShards(target, half(0), options)).rejects.toThrow('killed');
    await expect(writeShards(target, half(1), options)).rejects.toThrow(/frames-000000.tar holds other frames/);
    truncateSync(join(target, 'frames-000000.tar'), 1000);
    const index = await writeShards(target, frames(100), options);
    expect(index).toEqual(JSON.parse(readFileSync(join(root, 'shards.json'), 'utf8')));
  });

  it('refuses nothing, mixed sizes and odd names', async () => {
    const target = join(folder.path, 'refused');
    await expect(writeShards(target, [])).rejects.toThrow(DataError);
    const [a, b] = [...frames(2)];
    const small = { ...b!, image: { width: 8, height: 8, data: new Uint8Array(64) } };
    await expect(writeShards(target, [a!, small])).rejects.toThrow('must all be 16 x 16');
    await expect(writeShards(target, [{ ...a!, clip: '../x' }])).rejects.toThrow('letters, digits');
    expect(existsSync(join(target, 'shards.json'))).toBe(false);
  });
});

describe('ShardStream', () => {
  it('gives every frame once an epoch, in another order each time', async () => {
    const stream = new ShardStream(root, { seed: 1, shuffleBuffer: 20 });
    const order = await take(stream, 200);
    const [first, second] = [order.slice(0, 100), order.slice(100)];
    const all = Array.from({ length: 100 }, (_, n) => n);
    expect([...first].sort((a, b) => a - b)).toEqual(all);
    expect([...second].sort((a, b) => a - b)).toEqual(all);
    expect(second).not.toEqual(first);
    expect(stream.epoch).toBe(1);
  });

  it('depends on the seed alone', async () => {
    const run = (seed: number) => take(new ShardStream(root, { seed, shuffleBuffer: 20 }), 60);
    expect(await run(4)).toEqual(await run(4));
    expect(await run(4)).not.toEqual(await run(5));
  });

  it.each([0, 1, 37, 80, 99, 100, 101, 150])('goes on exactly after %i frames', async (stop) => {
    const whole = await take(new ShardStream(root, { seed: 2, shuffleBuffer: 25 }), 170);
    const before = new ShardStream(root, { seed: 2, shuffleBuffer: 25 });
    const head = await take(before, stop);
    const position = JSON.parse(JSON.stringify(before.position())) as ShardPosition;
    const tail = await take(new ShardStream(root, { seed: 2, shuffleBuffer: 25, position }), 170 - stop);
    expect([...head, ...tail]).toEqual(whole);
  });

  it('unpacks to the frame that went in', async () => {
    const stream = new ShardStream(root, { seed: 1, shuffleBuffer: 1 });
    const packed = await stream.next();
    await stream.close();
    const { data } = await decodeJpeg(packed.packed, 'x');
    expect(Math.abs(data[0]! - packed.frame)).toBeLessThanOrEqual(2);
    expect(packed.patient).toBe(`p${packed.frame % 7}`);
  });

  it('refuses a damaged shard and a missing index', async () => {
    const damaged = join(folder.path, 'damaged');
    await writeShards(damaged, frames(10));
    truncateSync(join(damaged, 'frames-000000.tar'), 3000);
    await expect(take(new ShardStream(damaged, { seed: 1 }), 10)).rejects.toThrow(FormatError);
    mkdirSync(join(folder.path, 'empty'), { recursive: true });
    expect(() => new ShardStream(join(folder.path, 'empty'), { seed: 1 })).toThrow('shards.json is not in');
    writeFileSync(join(folder.path, 'empty', 'shards.json'), '{"layout":"zip"}');
    expect(() => new ShardStream(join(folder.path, 'empty'), { seed: 1 })).toThrow(DataError);
  });
});

const compiled = existsSync(new URL('../../lib/dist/datasets/shards/batch-worker.js', import.meta.url));

describe.runIf(compiled)('loadBatches', () => {
  it('prepares on a worker what the stream gives, and resumes from a batch', async () => {
    const loader = loadBatches(root, { seed: 3, batchSize: 8, shuffleBuffer: 16 });
    const batches = [await loader.next(), await loader.next(), await loader.next()];
    await loader.close();
    const expected = await take(new ShardStream(root, { seed: 3, shuffleBuffer: 16 }), 24);
    expect(batches.flatMap((batch) => batch.frames)).toEqual(expected);
    expect(batches[0]!.images).toHaveLength(8 * 256);
    expect(loader.waitSeconds()).toBeGreaterThan(0);
    const again = loadBatches(root, { seed: 3, batchSize: 8, shuffleBuffer: 16, position: batches[1]!.position });
    expect((await again.next()).frames).toEqual(batches[2]!.frames);
    await again.close();
  });

  it('names what is wrong', async () => {
    const loader = loadBatches('/nowhere', { seed: 1, batchSize: 2 });
    await expect(loader.next()).rejects.toThrow('shards.json is not in /nowhere');
    await loader.close();
  });
});

describe('tar', () => {
  it('headers come back; a damaged one is refused', () => {
    const entry = tarEntry('a/b/000001.jpg', Uint8Array.of(1, 2, 3));
    expect(entry).toHaveLength(1024);
    expect(parseTarHeader(entry.subarray(0, 512), 'x')).toEqual({ name: 'a/b/000001.jpg', size: 3 });
    entry[3] = 255;
    expect(() => parseTarHeader(entry.subarray(0, 512), 'x')).toThrow(FormatError);
    expect(() => tarEntry('x'.repeat(101), new Uint8Array())).toThrow('100 bytes');
  });
});
