import { VIEW_NAMES, type ViewName } from '../core/views.js';
import type { LabelConvention } from './label-convention.js';

/** How many people go into each part, patients 0.. in order: a patient is in one part only. */
export interface SplitCounts {
  readonly train: number;
  readonly val: number;
  readonly test: number;
}

/** What every set of clips says. */
export interface ClipShape {
  /** Pixels a side. */
  readonly size: number;
  readonly frames: number;
}

/** Unlabelled clips for pretraining. */
export interface PretrainSetConfig extends ClipShape {
  readonly patients: number;
  /** Clips of two-dimensional probes, any view, by the square roots of {@link VIEW_SHARES}. */
  readonly clipsPerPatient: number;
  /** Biplanes of the volume transducer: pairs of slices at right angles. They are the Echo3M analogue. */
  readonly biplanesPerPatient: number;
  /** C-planes cut from the volume of the first biplane, 0 to 3 (EchoApex A.1: 3). Default: 0. Each costs as much as a volume a frame. */
  readonly cPlanesPerPatient?: number;
}

/** Clips with a view label. */
export interface ViewSetConfig extends ClipShape {
  readonly patients: SplitCounts;
  readonly clipsPerPatient: number;
  readonly views: readonly ViewName[];
  /** Power to which {@link VIEW_SHARES} are raised: 1 keeps the paper's class imbalance, 0 makes classes equal. */
  readonly imbalance: number;
}

/** One A4C clip a patient with EF, volumes and tracings. */
export interface EchonetDynamicConfig extends ClipShape {
  readonly patients: SplitCounts;
}

/** Apical two- and four-chamber half sequences with masks, fitted to real ones: `camus-site.ts`. */
export interface CamusConfig extends ClipShape {
  readonly patients: SplitCounts;
}

/** One A4C and one parasternal short-axis clip a child; the split is by ten folds. */
export interface EchonetPediatricConfig extends ClipShape {
  readonly patients: number;
}

/** One parasternal long-axis clip a patient with calipers at end-diastole and end-systole. */
export interface EchonetLvhConfig extends ClipShape {
  readonly patients: SplitCounts;
}

/** Single parasternal long-axis frames with four points each, of two makers that the other sets seldom show. */
export interface UnityConfig {
  /** Test patients stand in `labels-val.json`, as Unity has no third file; `test` must be 0. */
  readonly patients: SplitCounts;
  readonly size: number;
}

/** Pairs of slices of the volume transducer with four chambers, at end-diastole and end-systole. */
export interface VolBiplaneConfig {
  readonly patients: SplitCounts;
  readonly size: number;
}

/** Three-dimensional pictures at end-diastole and end-systole. */
export interface VolumeSetConfig {
  readonly patients: SplitCounts;
  /** Voxels a side. */
  readonly side: number;
}

/** Five stills a patient, one for each label of TMED-2. */
export interface Tmed2Config {
  readonly patients: SplitCounts;
  readonly size: number;
}

/** Clips on scanners' screens, to be curated. */
export interface DicomStudyConfig extends ClipShape {
  readonly patients: SplitCounts;
  readonly clipsPerPatient: number;
}

/** Dead leaves, fractals and 1/f textures. */
export interface GenericSetConfig {
  readonly images: number;
  readonly size: number;
}

/** What {@link makePhantomData} writes. A set that is `null` is left out. */
export interface PhantomDataConfig {
  readonly scale: string;
  readonly seed: number;
  /** JPEG quality of the videos. */
  readonly quality: number;
  /** What annotators call wall, in every set with labels. Default: the trabeculae are wall, and in CAMUS what its readers draw. */
  readonly labels?: LabelConvention;
  readonly pretrain: PretrainSetConfig | null;
  readonly views: ViewSetConfig | null;
  readonly echonetDynamic: EchonetDynamicConfig | null;
  readonly camus: CamusConfig | null;
  readonly echonetPediatric: EchonetPediatricConfig | null;
  readonly echonetLvh: EchonetLvhConfig | null;
  readonly unity: UnityConfig | null;
  readonly volBiplane: VolBiplaneConfig | null;
  readonly volumes: VolumeSetConfig | null;
  readonly tmed2: Tmed2Config | null;
  readonly dicom: DicomStudyConfig | null;
  readonly generic: GenericSetConfig | null;
}

/**
 * Shares of the 18 classes, in the order of `VIEW_NAMES`. EchoApex Fig. 7 is a picture without numbers; this follows what it shows: apical
 * classes (A2C, A3C, A4C) one to two orders of magnitude more frequent than contrast and rare parasternal ones.
 */
export const VIEW_SHARES: Readonly<Record<ViewName, number>> = {
  A2C: 0.19,
  A3C: 0.152,
  A4C: 0.26,
  A5C: 0.05,
  'Cont:A2C': 0.008,
  'Cont:A3C': 0.006,
  'Cont:A4C': 0.01,
  'Cont:SAX': 0.004,
  'PLAX:ID': 0.011,
  'PLAX:LV': 0.08,
  'PLAX:RVN': 0.01,
  'PLAX:RVT': 0.008,
  'PLAX:VAL': 0.011,
  'PSAX:AV': 0.05,
  'PSAX:MV': 0.03,
  'PSAX:PAP': 0.06,
  'SC:4C': 0.032,
  'SC:IVC': 0.028,
};

/** Every code path (about 40 s of processor time), and enough for a nearest-neighbour probe on eight views. */
export const PHANTOM_SMOKE: PhantomDataConfig = Object.freeze<PhantomDataConfig>({
  scale: 'smoke',
  seed: 20240,
  quality: 90, // a few MB in all
  pretrain: { patients: 20, clipsPerPatient: 3, biplanesPerPatient: 1, size: 64, frames: 8 },
  views: {
    patients: { train: 36, val: 8, test: 16 },
    clipsPerPatient: 4,
    views: ['A2C', 'A4C', 'Cont:A4C', 'PLAX:LV', 'PSAX:AV', 'PSAX:PAP', 'SC:4C', 'SC:IVC'],
    imbalance: 0.25, // flattened on purpose: few clips
    size: 64,
    frames: 8,
  },
  echonetDynamic: { patients: { train: 10, val: 3, test: 5 }, size: 112, frames: 12 },
  camus: { patients: { train: 3, val: 1, test: 2 }, size: 112, frames: 3 },
  echonetPediatric: { patients: 10, size: 112, frames: 8 },
  echonetLvh: { patients: { train: 6, val: 2, test: 2 }, size: 112, frames: 8 },
  unity: { patients: { train: 4, val: 6, test: 0 }, size: 112 },
  volBiplane: { patients: { train: 4, val: 1, test: 2 }, size: 112 },
  volumes: { patients: { train: 1, val: 0, test: 1 }, side: 32 },
  tmed2: { patients: { train: 4, val: 2, test: 4 }, size: 64 },
  dicom: { patients: { train: 2, val: 0, test: 1 }, clipsPerPatient: 2, size: 160, frames: 6 },
  generic: { images: 36, size: 64 },
});

/** The default of `reproduce`; 43 s on two idle cores (README). */
export const PHANTOM_MINI: PhantomDataConfig = Object.freeze<PhantomDataConfig>({
  scale: 'mini',
  seed: 20240,
  quality: 90,
  pretrain: { patients: 120, clipsPerPatient: 4, biplanesPerPatient: 1, size: 64, frames: 8 },
  views: {
    patients: { train: 120, val: 24, test: 48 },
    clipsPerPatient: 5,
    views: VIEW_NAMES,
    imbalance: 0.35, // flattened on purpose, too
    size: 64,
    frames: 8,
  },
  echonetDynamic: { patients: { train: 96, val: 24, test: 60 }, size: 112, frames: 16 },
  camus: { patients: { train: 64, val: 6, test: 12 }, size: 144, frames: 5 },
  echonetPediatric: { patients: 40, size: 112, frames: 12 },
  echonetLvh: { patients: { train: 32, val: 8, test: 16 }, size: 144, frames: 12 },
  unity: { patients: { train: 24, val: 24, test: 0 }, size: 144 },
  volBiplane: { patients: { train: 24, val: 4, test: 12 }, size: 112 },
  volumes: { patients: { train: 6, val: 0, test: 2 }, side: 48 },
  tmed2: { patients: { train: 24, val: 6, test: 18 }, size: 64 },
  dicom: { patients: { train: 6, val: 0, test: 2 }, clipsPerPatient: 3, size: 240, frames: 8 },
  generic: { images: 600, size: 64 },
});

/**
 * For a long run: about ten times the patients of mini for pretraining and views, four to six times elsewhere. See `estimatePhantomData` for
 * its size on disk.
 */
export const PHANTOM_FULL: PhantomDataConfig = Object.freeze<PhantomDataConfig>({
  scale: 'full',
  seed: 20240,
  quality: 90,
  // many patients with few frames each: frames of one clip are near copies
  pretrain: { patients: 1500, clipsPerPatient: 5, biplanesPerPatient: 1, size: 64, frames: 4 },
  views: {
    patients: { train: 1000, val: 60, test: 240 },
    clipsPerPatient: 6,
    views: VIEW_NAMES,
    imbalance: 1,
    size: 64,
    frames: 8,
  },
  echonetDynamic: { patients: { train: 300, val: 60, test: 120 }, size: 112, frames: 32 },
  camus: { patients: { train: 320, val: 20, test: 40 }, size: 192, frames: 8 },
  echonetPediatric: { patients: 200, size: 112, frames: 24 },
  echonetLvh: { patients: { train: 240, val: 40, test: 80 }, size: 160, frames: 16 },
  unity: { patients: { train: 80, val: 120, test: 0 }, size: 160 },
  volBiplane: { patients: { train: 160, val: 20, test: 60 }, size: 112 },
  volumes: { patients: { train: 20, val: 0, test: 8 }, side: 64 },
  tmed2: { patients: { train: 120, val: 30, test: 80 }, size: 64 },
  dicom: { patients: { train: 12, val: 0, test: 4 }, clipsPerPatient: 4, size: 320, frames: 12 },
  generic: { images: 12_000, size: 64 },
});

/** The named scales. */
export const PHANTOM_SCALES: Readonly<Record<'smoke' | 'mini' | 'full', PhantomDataConfig>> = Object.freeze({
  smoke: PHANTOM_SMOKE,
  mini: PHANTOM_MINI,
  full: PHANTOM_FULL,
});

/** The part that patient number `index` belongs to. */
export function splitOf(counts: SplitCounts, index: number): keyof SplitCounts {
  return index < counts.train ? 'train' : index < counts.train + counts.val ? 'val' : 'test';
}

/** People in all parts. */
export function patientsIn(counts: SplitCounts): number {
  return counts.train + counts.val + counts.test;
}

/** The part of every clip's plan that comes from the config: nothing where the config says nothing. */
export function conventionOf({ labels }: PhantomDataConfig): { readonly labels?: LabelConvention } {
  return labels === undefined ? {} : { labels };
}
