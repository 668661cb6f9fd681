import { DataError } from '../../core/errors.js';
import type { ProgressFactory } from '../../core/progress.js';
import type { CaliperMeasurement, EchonetLvhSample } from '../../datasets/echonet-lvh.js';
import { hashOfManifest } from '../../datasets/manifest.js';
import { openDataset } from '../../datasets/open-dataset.js';
import { officialSplit } from '../../datasets/split.js';
import { PLAX_POINTS, type UnitySample } from '../../datasets/unity.js';
import type { WallMeasurement } from '../../evaluation/wall-measurements.js';
import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';
import type { DataKind } from '../../records/record.js';
import { locateSets } from '../locate-sets.js';
import type { HypertrophyConfig } from './hypertrophy-config.js';

/** The two data sets of the study, as the rows name them. */
export const LVH_SETS = ['EchoNet-LVH', 'Unity'] as const;
export type LvhSet = (typeof LVH_SETS)[number];

/** A measured distance in a frame. */
export interface Caliper {
  /** The end nearer to the right ventricle first. Pixels of the frame. */
  readonly ends: readonly [Point, Point];
  /** In millimetres where the frame has a scale, else in pixels. */
  readonly length: number;
}

/** A frame with the calipers that an expert (or the phantom's geometry) put on it. */
export interface LandmarkFrame {
  /** `<clip>#<frame>`. */
  readonly sample: string;
  readonly patient: string;
  readonly set: LvhSet;
  /** `''` where the data set does not say. */
  readonly phase: 'diastole' | 'systole' | '';
  readonly calipers: Readonly<Record<WallMeasurement, Caliper | null>>;
  /** `null` where the data set gives no scale (Unity): lengths are then pixels. */
  readonly millimetresPerPixel: number | null;
  read(): Promise<GrayImage>;
}

/** Everything that notebook 04 reads from disk. */
export interface HypertrophyData {
  readonly train: readonly LandmarkFrame[];
  readonly validation: readonly LandmarkFrame[];
  /** Test split of EchoNet-LVH. */
  readonly internal: readonly LandmarkFrame[];
  /** Validation split of Unity, never trained on. */
  readonly external: readonly LandmarkFrame[];
  readonly manifests: Readonly<Record<string, string>>;
}

/**
 * Reads the annotated frames of EchoNet-LVH (official splits) and of Unity's validation split (paper A.4).
 *
 * @throws {LeakError} if a patient of EchoNet-LVH stands in two splits
 */
export async function readHypertrophyData(
  config: HypertrophyConfig,
  data: DataKind,
  progress: ProgressFactory,
): Promise<HypertrophyData> {
  const root = await locateSets(config.phantom, ['echonet-lvh', 'unity'], data, progress);
  const lvh = openDataset(root.manifest('echonet-lvh'), root.folder('echonet-lvh'));
  const unity = openDataset(root.manifest('unity'), root.folder('unity'));
  if (lvh.layout !== 'echonet-lvh' || unity.layout !== 'unity') {
    throw new DataError(
      `readHypertrophyData: needs the layouts echonet-lvh and unity, got ${lvh.layout} and ${unity.layout}`,
    );
  }
  const split = officialSplit(lvh.samples);
  const frames = (samples: readonly EchonetLvhSample[]): LandmarkFrame[] => samples.flatMap(framesOfClip);
  return {
    train: frames(split.train),
    validation: frames(split.validation),
    internal: frames(split.test),
    external: unity.samples.filter((sample) => sample.split !== 'train').flatMap(frameOfUnity),
    manifests: { 'EchoNet-LVH': hashOfManifest(lvh.manifest), Unity: hashOfManifest(unity.manifest) },
  };
}

/** The annotated frames of a clip; of several calipers of one name in a frame the first counts. */
export function framesOfClip(clip: EchonetLvhSample): LandmarkFrame[] {
  const groups = new Map<string, CaliperMeasurement[]>();
  for (const measurement of clip.measurements) {
    const key = `${measurement.frame}${measurement.name.at(-1)}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups].map(([key, measurements]): LandmarkFrame => {
    const { frame } = measurements[0]!;
    const caliper = (name: string): Caliper | null => {
      const found = measurements.find((one) => one.name.startsWith(name));
      return found === undefined ? null : { ends: downwards(found.from, found.to), length: 10 * found.centimetres };
    };
    return {
      sample: `${clip.id}#${frame}`,
      patient: clip.patient,
      set: 'EchoNet-LVH',
      phase: key.endsWith('d') ? 'diastole' : 'systole',
      calipers: { ivs: caliper('IVS'), lvid: caliper('LVID'), lvpw: caliper('LVPW') },
      millimetresPerPixel: clip.millimetresPerPixel,
      read: () => clip.readFrame(frame),
    };
  });
}

/** The frame of a Unity sample, if any of the four points is marked. */
export function frameOfUnity(sample: UnitySample): LandmarkFrame[] {
  const [ivsTop, ivsBottom, pwTop, pwBottom] = PLAX_POINTS.map((name) => {
    const label = sample.labels.get(name);
    return label?.kind === 'point' ? label.point : null;
  });
  const caliper = (from: Point | null | undefined, to: Point | null | undefined): Caliper | null =>
    from && to ? { ends: [from, to], length: Math.hypot(to.x - from.x, to.y - from.y) } : null;
  const calipers = { ivs: caliper(ivsTop, ivsBottom), lvid: caliper(ivsBottom, pwTop), lvpw: caliper(pwTop, pwBottom) };
  if (Object.values(calipers).every((one) => one === null)) return [];
  return [
    {
      sample: sample.id,
      patient: sample.patient,
      set: 'Unity',
      phase: '',
      calipers,
      millimetresPerPixel: null,
      read: () => sample.readFrame(0),
    },
  ];
}

/**
 * The four landmarks of a frame, `null` where not annotated: the ends of septum and posterior wall. The ends of LVID are not used, as
 * in the paper (A.4).
 */
export function landmarksOfFrame({ calipers }: LandmarkFrame): readonly (Point | null)[] {
  const { ivs, lvpw } = calipers;
  return [ivs?.ends[0] ?? null, ivs?.ends[1] ?? null, lvpw?.ends[0] ?? null, lvpw?.ends[1] ?? null];
}

/** The ends with the upper one first: in this view the septum lies above the cavity, the posterior wall below. */
function downwards(a: Point, b: Point): readonly [Point, Point] {
  return a.y <= b.y ? [a, b] : [b, a];
}
