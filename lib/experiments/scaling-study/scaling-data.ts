import { ArgumentError, DataError } from '../../core/errors.js';
import { hashOf } from '../../core/hash.js';
import type { ProgressFactory } from '../../core/progress.js';
import { stream } from '../../core/random.js';
import { spreadPlace } from '../../core/spread.js';
import { hashOfManifest } from '../../datasets/manifest.js';
import { openDataset } from '../../datasets/open-dataset.js';
import type { PictureSample } from '../../datasets/picture-set.js';
import { readShardIndex } from '../../datasets/shards/shard-index.js';
import { framesWhere, readShardClips, squareFrame } from '../../datasets/shards/shard-view-study.js';
import { openShardedFrames } from '../../datasets/shards/sharded-frames.js';
import { officialSplit, requireDisjointPatients } from '../../datasets/split.js';
import type { ViewSample, ViewStudy } from '../../datasets/view-study.js';
import { frameOf, type GrayImage } from '../../imaging/image.js';
import type { DataKind } from '../../records/record.js';
import { type FrameSet, makeFrameSet, setFrame } from '../../training/frame-set.js';
import type { FrameSource } from '../../training/frame-source.js';
import { locateSets } from '../locate-sets.js';
import { type ScalingStudyConfig, SUBSETS, type Subset } from './scaling-config.js';

/** One labelled frame, in the order of its frame set. */
export interface ProbeFrame {
  /** `<clip>#<frame>`. */
  readonly sample: string;
  readonly patient: string;
  readonly vendor: string;
  readonly view: string;
}

/** Labelled frames in memory. */
export interface ProbeSet {
  readonly frames: FrameSet;
  readonly items: readonly ProbeFrame[];
}

/** Everything that notebook 01 reads from disk. */
export interface ScalingData {
  /** Every frame of the pretraining study. */
  readonly pool: FrameSource;
  /** Frames of the pool that belong to each of the paper's sets. */
  readonly members: Readonly<Record<Subset, ArrayLike<number>>>;
  /** Pictures that are no echocardiograms; empty where no arm asks for them. */
  readonly generic: FrameSet;
  readonly probeTrain: ProbeSet;
  readonly probeTest: ProbeSet;
  readonly manifests: Readonly<Record<string, string>>;
}

/**
 * Reads frames of the pretraining sets and of the labelled views.
 *
 * @throws {LeakError} if a patient of the probe stands in the pretraining set, or on both sides of the probe
 */
export async function readScalingData(
  config: ScalingStudyConfig,
  data: DataKind,
  progress: ProgressFactory,
): Promise<ScalingData> {
  const needsGeneric = config.arms.some(({ images }) => images === 'generic');
  const inShards = config.frames === 'shards';
  const sets = [
    ...(inShards ? [] : (['pretrain'] as const)),
    'views',
    ...(needsGeneric ? (['generic'] as const) : []),
  ] as const;
  const root = await locateSets(config.phantom, sets, data, progress);
  const phantom = data === 'phantom';
  const views = openViews(phantom ? 'phantom-views' : 'view-study', root.folder('views'));
  const labelled = views.samples.filter(({ view }) => view !== null);
  const split = officialSplit(labelled);
  const size = config.frameSize;
  const { pool, members, clips, hash } = inShards
    ? shardedPool(root.folder('pretrain-shards'), config)
    : await memoryPool(openViews(phantom ? 'phantom-pretrain' : 'view-study', root.folder('pretrain')), config);
  requireDisjointPatients('scaling study', clips, views.samples);
  return {
    pool,
    members,
    generic: needsGeneric
      ? await allPictures(root.manifest('generic'), root.folder('generic'), size)
      : makeFrameSet(0, size, size),
    probeTrain: await probeFrames(split.train, config.probe.framesPerClip, size),
    probeTest: await probeFrames(split.test, config.probe.framesPerClip, size),
    manifests: { pretraining: hash, views: hashOfManifest(views.manifest) },
  };
}

function openViews(manifest: string, root: string): ViewStudy {
  const dataset = openDataset(manifest, root);
  if (dataset.layout !== 'view-study') {
    throw new DataError(`readScalingData: ${manifest} must have the view-study layout, got ${dataset.layout}`);
  }
  if (dataset.samples.length === 0) throw new DataError(`readScalingData: ${root} holds no clip that can be read`);
  return dataset;
}

/** Frames to pretrain on, and whose they are. */
interface Pool extends Pick<ScalingData, 'pool' | 'members'> {
  readonly clips: readonly { readonly patient: string }[];
  readonly hash: string;
}

async function memoryPool({ samples, manifest }: ViewStudy, config: ScalingStudyConfig): Promise<Pool> {
  const { pool, clipOf } = await poolFrames(samples, config.framesPerClip, config.frameSize);
  const of = (subset: Subset): number[] =>
    [...clipOf.keys()].filter((frame) => samples[clipOf[frame]!]!.extra[subset] === '1');
  return { pool, members: membersOf(of), clips: samples, hash: hashOfManifest(manifest) };
}

function shardedPool(folder: string, { framesPerClip, frameSize }: ScalingStudyConfig): Pool {
  if (framesPerClip !== null) {
    throw new ArgumentError(
      `readScalingData: framesPerClip must be null with frames in shards, got ${framesPerClip}; choose when the shards are written`,
    );
  }
  const pool = openShardedFrames(folder);
  if (pool.width !== frameSize) {
    throw new DataError(
      `readScalingData: frames in ${folder} must be ${frameSize} px, got ${pool.width}; write them anew`,
    );
  }
  const clips = readShardClips(folder);
  const members = membersOf((subset) => framesWhere(clips, subset));
  return { pool, members, clips, hash: hashOf(readShardIndex(folder)) };
}

function membersOf(of: (subset: Subset) => ArrayLike<number>): ScalingData['members'] {
  return Object.fromEntries(SUBSETS.map((subset) => [subset, of(subset)])) as unknown as ScalingData['members'];
}

/** Frames of every clip, spread evenly over it, as squares of `size` pixels, and the clip each belongs to. */
async function poolFrames(
  samples: readonly ViewSample[],
  framesPerClip: number | null,
  size: number,
): Promise<{ pool: FrameSet; clipOf: readonly number[] }> {
  const wanted = (frameCount: number): number => Math.min(frameCount, framesPerClip ?? frameCount);
  const clipOf: number[] = [];
  for (const [index, sample] of samples.entries()) {
    const clip = await sample.open();
    for (let n = 0; n < wanted(clip.frameCount); n++) clipOf.push(index);
    await clip.close();
  }
  const pool = makeFrameSet(clipOf.length, size, size);
  let next = 0;
  for (const sample of samples) {
    const clip = await sample.readClip();
    const count = wanted(clip.frameCount);
    for (let n = 0; n < count; n++) {
      setFrame(pool, next++, squareFrame(frameOf(clip, spreadPlace(n, count, clip.frameCount)), size));
    }
  }
  return { pool, clipOf };
}

/** Every picture of a picture set. */
async function allPictures(manifest: string, root: string, size: number): Promise<FrameSet> {
  const dataset = openDataset(manifest, root);
  if (dataset.layout !== 'picture-set') {
    throw new DataError(`readScalingData: ${manifest} must have the picture-set layout, got ${dataset.layout}`);
  }
  const set = makeFrameSet(dataset.samples.length, size, size);
  for (const [index, sample] of dataset.samples.entries())
    setFrame(set, index, squareFrame(await readPicture(sample), size));
  return set;
}

async function readPicture(sample: PictureSample): Promise<GrayImage> {
  const picture = await sample.open();
  try {
    return await picture.readFrame(0);
  } finally {
    await picture.close();
  }
}

/** Some frames of each clip, spread evenly over it, in the order of the samples' names. */
async function probeFrames(samples: readonly ViewSample[], framesPerClip: number, size: number): Promise<ProbeSet> {
  const sorted = [...samples].sort((a, b) => (a.id < b.id ? -1 : 1));
  const set = makeFrameSet(sorted.length * framesPerClip, size, size);
  const items: ProbeFrame[] = [];
  for (const sample of sorted) {
    const clip = await sample.open();
    try {
      for (let n = 0; n < framesPerClip; n++) {
        const frame = spreadPlace(n, framesPerClip, clip.frameCount);
        setFrame(set, items.length, squareFrame(await clip.readFrame(frame), size));
        items.push({
          sample: `${sample.id}#${frame}`,
          patient: sample.patient,
          vendor: sample.vendor,
          view: sample.view!,
        });
      }
    } finally {
      await clip.close();
    }
  }
  return { frames: set, items };
}

/** A random subset of a probe set for the map, the same for the same seed. */
export function sampleIndices(count: number, wanted: number, seed: number): number[] {
  const order = stream(seed, 'map').shuffled(Array.from({ length: count }, (_, i) => i));
  return order.slice(0, wanted).sort((a, b) => a - b);
}
