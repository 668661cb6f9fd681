import { DataError } from '../../core/errors.js';
import type { ProgressFactory } from '../../core/progress.js';
import type { CamusSample } from '../../datasets/camus.js';
import type { EchonetDynamicSample } from '../../datasets/echonet-dynamic.js';
import { type EchonetPediatricSample, foldSplit } from '../../datasets/echonet-pediatric.js';
import { hashOfManifest, type Manifest } from '../../datasets/manifest.js';
import { openDataset } from '../../datasets/open-dataset.js';
import { officialSplit, patientSplit, type Split, type SplitName } from '../../datasets/split.js';
import type { VolBiplane, VolBiplaneSample } from '../../datasets/vol-biplane.js';
import { frameOf, type GrayImage, type PixelSpacing } from '../../imaging/image.js';
import type { DataRoot } from '../locate-sets.js';
import { type SegmentationSet, STRUCTURE_NAMES, STRUCTURES, type Structure } from './structures.js';

/** A picture with the structures that were traced on it, as it lies in the data set. */
export interface TracedPicture {
  readonly image: GrayImage;
  /** `[height, width]`, values of {@link STRUCTURES}; a structure that the set does not trace is background. */
  readonly labels: Uint8Array;
  /** `null` where the set does not say. */
  readonly spacing: PixelSpacing | null;
}

/** One annotated frame, described; its picture is read when asked for. */
export interface AnnotatedFrame {
  /** Unique over all sets. */
  readonly id: string;
  /** Unique over all sets. */
  readonly patient: string;
  readonly set: SegmentationSet;
  readonly view: string;
  /** `null` for a frame between end-diastole and end-systole. */
  readonly phase: 'ED' | 'ES' | null;
  readonly structures: readonly Structure[];
  /** Frames with the same clip are read together. */
  readonly clip: AnnotatedClip;
  /** Within the clip. */
  readonly place: number;
}

/** A clip of which several frames are annotated. */
export interface AnnotatedClip {
  read(places: readonly number[]): Promise<TracedPicture[]>;
}

/** What a set holds, by side of its split. */
export interface AnnotatedSet {
  readonly set: SegmentationSet;
  readonly frames: Split<AnnotatedFrame>;
  readonly manifest: Manifest;
  readonly manifestHash: string;
  /** Patients, clips and annotated frames: what Table 8 counts. */
  readonly counts: readonly SetCount[];
}

/** A row of Table 8. */
export interface SetCount {
  readonly row: string;
  readonly patients: number;
  readonly clips: number;
  readonly annotated: number;
  readonly evaluated: number;
}

/** Places of end-diastole and end-systole in a CAMUS view, beside the numbers of its half sequence. */
const ED = -1;
const ES = -2;

/**
 * Describes the annotated frames of one set, with its official split: CAMUS trains on every frame of its half sequences and is tested at
 * end-diastole and end-systole; the others on the frames that were traced.
 *
 * @throws {DataError} if the data are not there
 */
export function annotatedSet(set: SegmentationSet, root: DataRoot): AnnotatedSet {
  const dataset = openDataset(root.manifest(set), root.folder(set));
  if (dataset.layout !== set) throw new DataError(`annotatedSet: ${root.manifest(set)} must have the layout ${set}`);
  const frames = framesOf(dataset);
  const { manifest } = dataset;
  return { set, frames, manifest, manifestHash: hashOfManifest(manifest), counts: countsOf(set, frames) };
}

type SegmentationDataset = ReturnType<typeof openDataset>;

function framesOf(dataset: SegmentationDataset): Split<AnnotatedFrame> {
  switch (dataset.layout) {
    case 'camus':
      return mapSplit(officialSplit(dataset.samples), camusFrames);
    case 'echonet-dynamic':
      return mapSplit(officialSplit(dataset.samples), (sample) => tracedFrames('echonet-dynamic', sample));
    case 'echonet-pediatric':
      return mapSplit(foldSplit(dataset.samples, 0), (sample) => tracedFrames('echonet-pediatric', sample));
    case 'vol-biplane':
      return mapSplit(biplaneSplit(dataset.samples), (sample) => biplaneFrames(dataset, sample));
    default:
      throw new DataError(`annotatedSet: ${dataset.manifest.name} has no chambers traced`);
  }
}

function mapSplit<S>(split: Split<S>, frames: (sample: S, side: SplitName) => AnnotatedFrame[]): Split<AnnotatedFrame> {
  return {
    train: split.train.flatMap((sample) => frames(sample, 'train')),
    validation: split.validation.flatMap((sample) => frames(sample, 'validation')),
    test: split.test.flatMap((sample) => frames(sample, 'test')),
  };
}

function biplaneSplit(samples: readonly VolBiplaneSample[]): Split<VolBiplaneSample> {
  return samples.every(({ split }) => split !== null)
    ? officialSplit(samples)
    : patientSplit(samples, 'vol-biplane', { train: 0.7, validation: 0.1, test: 0.2 });
}

/** The annotated frames of a CAMUS view: every frame of the half sequence to train on, end-diastole and end-systole to test on. */
export function camusFrames(sample: CamusSample, side: SplitName): AnnotatedFrame[] {
  const { id, patient, view, frameCount } = sample;
  const clip: AnnotatedClip = { read: (places) => readCamusFrames(sample, places) };
  const common = { patient: `camus/${patient}`, set: 'camus' as const, view, clip };
  const structures: readonly Structure[] = ['leftVentricle', 'leftAtrium', 'myocardium'];
  if (side === 'train' && frameCount !== null) {
    const between = Array.from({ length: frameCount }, (_, place) => place);
    return between.map((place) => ({ ...common, id: `camus/${id}#${place}`, phase: null, structures, place }));
  }
  return [
    { ...common, id: `camus/${id}#ED`, phase: 'ED', structures, place: ED },
    { ...common, id: `camus/${id}#ES`, phase: 'ES', structures, place: ES },
  ];
}

async function readCamusFrames(sample: CamusSample, places: readonly number[]): Promise<TracedPicture[]> {
  const clip = places.some((place) => place >= 0) ? await sample.readClip() : null;
  const labels = clip === null ? null : await sample.readClipLabels();
  const pictures: TracedPicture[] = [];
  for (const place of places) {
    if (place < 0) {
      pictures.push(await sample.readPhase(place === ED ? 'ED' : 'ES'));
    } else {
      const image = frameOf(clip!, place);
      const size = image.data.length;
      pictures.push({ image, labels: labels!.subarray(place * size, (place + 1) * size), spacing: null });
    }
  }
  return pictures;
}

function tracedFrames(
  set: 'echonet-dynamic' | 'echonet-pediatric',
  sample: EchonetDynamicSample | EchonetPediatricSample,
): AnnotatedFrame[] {
  const { id, patient, view, tracings } = sample;
  const clip: AnnotatedClip = {
    async read(places) {
      const opened = await sample.open();
      try {
        const pictures: TracedPicture[] = [];
        for (const place of places) {
          const image = await opened.readFrame(tracings[place]!.frame);
          pictures.push({ image, labels: tracings[place]!.mask(), spacing: opened.spacing });
        }
        return pictures;
      } finally {
        await opened.close();
      }
    },
  };
  return tracings.map(({ phase }, place) => ({
    id: `${set}/${id}#${phase}`,
    patient: `${set}/${patient}`,
    set,
    view,
    phase,
    structures: ['leftVentricle'],
    clip,
    place,
  }));
}

function biplaneFrames({ labels }: VolBiplane, sample: VolBiplaneSample): AnnotatedFrame[] {
  const structures = STRUCTURE_NAMES.filter((name) => name in labels);
  const ownValues = new Map(structures.map((name) => [labels[name]!, STRUCTURES[name].value]));
  const { id, patient, view, phase } = sample;
  const clip: AnnotatedClip = {
    async read(places) {
      const picture = await sample.readPicture();
      const named = { ...picture, labels: picture.labels.map((value) => ownValues.get(value) ?? 0) };
      return places.map(() => named);
    },
  };
  return [
    {
      id: `vol-biplane/${id.replace(/^.*\//, '').replace(/\.png$/, '')}`,
      patient: `vol-biplane/${patient}`,
      set: 'vol-biplane',
      view,
      phase,
      structures,
      clip,
      place: 0,
    },
  ];
}

/** Reads frames; those of one clip together. In the order given. */
export async function readFrames(
  frames: readonly AnnotatedFrame[],
  progress?: ReturnType<ProgressFactory>,
): Promise<TracedPicture[]> {
  const byClip = new Map<AnnotatedClip, number[]>();
  frames.forEach(({ clip }, index) => {
    const known = byClip.get(clip);
    if (known) known.push(index);
    else byClip.set(clip, [index]);
  });
  const pictures = new Array<TracedPicture>(frames.length);
  let done = 0;
  for (const [clip, indices] of byClip) {
    const read = await clip.read(indices.map((index) => frames[index]!.place));
    indices.forEach((index, n) => {
      pictures[index] = read[n]!;
    });
    done += indices.length;
    progress?.update(done);
  }
  progress?.finish();
  return pictures;
}

function countsOf(set: SegmentationSet, split: Split<AnnotatedFrame>): SetCount[] {
  const all = [...split.train, ...split.validation, ...split.test];
  const count = (row: string, keep: (frame: AnnotatedFrame) => boolean, perStructure = 1): SetCount => {
    const own = all.filter(keep);
    return {
      row,
      patients: new Set(own.map(({ patient }) => patient)).size,
      clips: new Set(own.map(({ clip }) => clip)).size,
      annotated: own.length * perStructure,
      evaluated: split.test.filter(keep).length * perStructure,
    };
  };
  const view = (name: string) => (frame: AnnotatedFrame) => frame.view === name;
  switch (set) {
    case 'camus':
      return (['LV', 'LA'] as const).flatMap((short) =>
        ['A4C', 'A2C'].map((name) => count(`CAMUS ${short} ${name}`, view(name))),
      );
    case 'echonet-dynamic':
      return [count('EchoNet-Dynamic LV A4C', () => true)];
    case 'echonet-pediatric':
      return ['A4C', 'PSAX'].map((name) => count(`EchoNet-Pediatric LV ${name}`, view(name)));
    case 'vol-biplane':
      return [count('Vol-biplane', () => true)];
  }
}
