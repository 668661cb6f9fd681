import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stream } from '../core/random.js';
import { openAvi } from '../imaging/avi/open-avi.js';
import { writeAvi } from '../imaging/avi/write-avi.js';
import { curateClip } from '../imaging/curation/curate-clip.js';
import { isInSector } from '../imaging/curation/sector-fit.js';
import { frameOf, type GrayClip } from '../imaging/image.js';
import { loadBatches } from './shards/load-batches.js';
import { ShardStream } from './shards/shard-stream.js';
import { type ShardFrame, writeShards } from './shards/write-shards.js';

/** One measured figure. */
export interface DataBenchRow {
  readonly what: string;
  readonly unit: string;
  readonly value: number;
  /** The same work by another tool on the same file, where `python3` has it. */
  readonly reference: { readonly tool: string; readonly value: number } | null;
}

const FRAMES = 150;
const ROUNDS = 20;

const PYTHON = `
import sys, time
path, rounds = sys.argv[1], int(sys.argv[2])
try:
    import cv2
    cv2.setNumThreads(1)
    name = 'OpenCV ' + cv2.__version__
    def read():
        reader, frames = cv2.VideoCapture(path), 0
        while True:
            ok, frame = reader.read()
            if not ok: return frames
            cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
            frames += 1
except ImportError:
    import av
    name = 'PyAV ' + av.__version__
    def read():
        with av.open(path) as container:
            return sum(1 for frame in container.decode(video=0) if frame.to_ndarray(format='gray') is not None)
times = []
for _ in range(2 * rounds):
    start = time.process_time()
    frames = read()
    times.append(1000 * (time.process_time() - start) / frames)
print(name, sorted(times[rounds:])[rounds // 2], sep='|')
`;

/**
 * Measures the data path on this machine: decoding a 112 px Motion-JPEG clip (in processor time, beside OpenCV or PyAV where `python3` has one),
 * curating it, writing shards, streaming them packed and loading them decoded.
 *
 * @param python interpreter that is asked for the reference
 */
export async function benchData(python = 'python3'): Promise<DataBenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'echolab-bench-'));
  try {
    const path = join(folder, 'clip.avi');
    const clip = speckledClip();
    await writeAvi(path, clip);
    const decode = await decodeTime(path);
    const curate = await timePerFrame(async () => curateClip(clip, { size: 112 }).clip.frameCount, 3);
    const shards = join(folder, 'shards');
    const start = performance.now();
    await writeShards(shards, framesOf(clip), { framesPerShard: 512 });
    const write = (performance.now() - start) / FRAMES;
    const packed = new ShardStream(shards, { seed: 1, shuffleBuffer: 64 });
    const streamed = await timePerFrame(async () => {
      for (let n = 0; n < FRAMES; n++) await packed.next();
      return FRAMES;
    });
    await packed.close();
    const loader = loadBatches(shards, { seed: 1, shuffleBuffer: 64, batchSize: 50 });
    const loaded = await timePerFrame(async () => (await loader.next()).frames.length, 40);
    await loader.close();
    const row = (what: string, value: number): DataBenchRow => ({ what, unit: 'ms a frame', value, reference: null });
    return [
      {
        what: 'decode a 112 px Motion-JPEG clip',
        unit: 'ms of processor time a frame',
        value: decode,
        reference: await pythonDecode(python, path),
      },
      row('find the cone and curate to 112 px', curate),
      row('encode into shards', write),
      row('stream packed from shards', streamed),
      row('load decoded batches on a worker thread', loaded),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timePerFrame(work: () => Promise<number>, rounds = ROUNDS): Promise<number> {
  await work();
  const start = performance.now();
  let frames = 0;
  for (let round = 0; round < rounds; round++) frames += await work();
  return (performance.now() - start) / frames;
}

/**
 * Milliseconds of processor time a frame, of all threads: other programs on the machine hardly change it. The middle round of twice as many as are
 * counted, so that compiling is over.
 */
async function decodeTime(path: string): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const start = process.cpuUsage();
    const reader = await openAvi(path);
    const { frameCount } = await reader.readClip();
    await reader.close();
    const { user, system } = process.cpuUsage(start);
    rounds.push((user + system) / 1000 / frameCount);
  }
  return rounds.slice(ROUNDS).sort((a, b) => a - b)[ROUNDS / 2]!;
}

async function pythonDecode(python: string, path: string): Promise<DataBenchRow['reference']> {
  try {
    // One thread each: OpenCV's FFmpeg takes all cores otherwise.
    const env = { ...process.env, OPENCV_FFMPEG_THREADS: '1' };
    const { stdout } = await promisify(execFile)(python, ['-c', PYTHON, path, String(ROUNDS)], {
      timeout: 120_000,
      env,
    });
    const [tool, value] = stdout.trim().split('|');
    return { tool: tool ?? python, value: Number(value) };
  } catch {
    return null; // neither package, or no Python: the row stands alone
  }
}

/** A speckled sector that changes from frame to frame, as an ultrasound clip does. */
function speckledClip(): GrayClip {
  const side = 112;
  const random = stream(1, 'bench/clip');
  const sector = { apexX: 56, apexY: 4, leftAngle: -0.75, rightAngle: 0.75, nearRadius: 3, farRadius: 100 };
  const data = new Uint8Array(FRAMES * side * side);
  for (let k = 0, i = 0; k < FRAMES; k++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, i++) {
        if (isInSector(sector, x, y)) data[i] = 30 + 30 * Math.sin((x + k) / 9) + 60 * random.uniform() ** 2;
      }
    }
  }
  return { width: side, height: side, frameCount: FRAMES, framesPerSecond: 50, data };
}

function* framesOf(clip: GrayClip): Generator<ShardFrame> {
  for (let frame = 0; frame < clip.frameCount; frame++) {
    yield { patient: `p${frame % 10}`, clip: `c${frame % 20}`, frame, image: frameOf(clip, frame) };
  }
}
