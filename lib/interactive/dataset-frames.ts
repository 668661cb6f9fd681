import { DataError } from '../core/errors.js';
import { CAMUS_LABELS, type CamusSample } from '../datasets/camus.js';
import type { ClipFile } from '../datasets/clip-file.js';
import type { AnyDataset } from '../datasets/open-dataset.js';
import type { LeftVentricleTracing } from '../datasets/tracing.js';
import type { VolBiplane, VolBiplaneSample } from '../datasets/vol-biplane.js';
import type { VolumeSample } from '../datasets/volume-set.js';
import { frameOf } from '../imaging/image.js';
import { attributesOf } from './attributes.js';
import { type FrameGroup, type OpenFrames, truthOfLabels } from './frame-source.js';
import { niftiFrames } from './nifti-frames.js';

/** A data set as a list of clips; those that carry outlines or masks show them as truth. */
export function datasetFrames(dataset: AnyDataset): FrameGroup {
  const openers = openersOf(dataset);
  return {
    id: dataset.manifest.name,
    title: dataset.manifest.title,
    origin: dataset.manifest.origin,
    clips: dataset.samples.map((sample) => ({
      id: sample.id,
      title: openers.get(sample.id)?.title ?? sample.id,
      patient: sample.patient,
      attributes: attributesOf(sample),
    })),
    async open(id) {
      const opener = openers.get(id);
      if (opener === undefined) throw new DataError(`datasetFrames: ${dataset.manifest.title} has no clip ${id}`);
      return opener.open();
    },
  };
}

interface Opener {
  readonly title: string;
  open(): Promise<OpenFrames>;
}

function openersOf(dataset: AnyDataset): Map<string, Opener> {
  switch (dataset.layout) {
    case 'camus':
      return byId(dataset.samples, ({ id, view }) => `${id}, ${view}`, openCamus);
    case 'vol-biplane':
      return byId(
        dataset.samples,
        ({ patient, view, plane, phase }) => `${patient}, ${view} at ${plane}°, ${phase}`,
        (sample) => openBiplane(sample, dataset),
      );
    case 'volume-set':
      return byId(dataset.samples, ({ id }) => id, openVolume);
    case 'echonet-dynamic':
    case 'echonet-pediatric':
      return byId<TracedSample>(
        dataset.samples,
        ({ id, view }) => `${id}, ${view}`,
        (sample) => openClip(sample, sample.tracings),
      );
    case 'picture-set':
      return byId(
        dataset.samples,
        ({ id, kind }) => `${id}, ${kind}`,
        (sample) => openClip(sample),
      );
    case 'unity':
      return byId(
        dataset.samples,
        ({ id }) => id,
        (sample) => openClip(sample),
      );
    default:
      return byId<ViewedSample>(
        dataset.samples,
        ({ id, view }) => `${id}${view === null ? '' : `, ${view}`}`,
        (sample) => openClip(sample),
      );
  }
}

interface TracedSample extends ClipFile {
  readonly id: string;
  readonly view: string;
  readonly tracings: readonly LeftVentricleTracing[];
}

interface ViewedSample extends ClipFile {
  readonly id: string;
  readonly view: string | null;
}

function byId<S extends { readonly id: string }>(
  samples: readonly S[],
  title: (sample: S) => string,
  open: (sample: S) => Promise<OpenFrames>,
): Map<string, Opener> {
  return new Map(samples.map((sample) => [sample.id, { title: title(sample), open: () => open(sample) }]));
}

/** A clip of a file; its tracings are the truth of the frames that have one. */
export async function openClip(file: ClipFile, tracings: readonly LeftVentricleTracing[] = []): Promise<OpenFrames> {
  const clip = await file.open();
  return {
    frameCount: clip.frameCount,
    spacing: clip.spacing,
    marks: tracings.map(({ frame, phase }) => ({ frame, label: phase })),
    readFrame: (index) => clip.readFrame(index),
    readTruth: async (index) => {
      const traced = tracings.find(({ frame }) => frame === index);
      return traced === undefined ? [] : [{ structure: 'left ventricle', mask: traced.mask() }];
    },
    close: () => clip.close(),
  };
}

/** The half cycle with its labels; where a release lacks it, end-diastole and end-systole. */
async function openCamus(sample: CamusSample): Promise<OpenFrames> {
  const diastole = await sample.readPhase('ED');
  const sequence = await Promise.all([sample.readClip(), sample.readClipLabels()]).catch(() => null);
  const close = async (): Promise<void> => {};
  if (sequence === null) {
    const phases = [diastole, await sample.readPhase('ES')] as const;
    return {
      frameCount: 2,
      spacing: diastole.spacing,
      marks: ['ED', 'ES'].map((label, frame) => ({ frame, label })),
      readFrame: async (index) => phases[index]!.image,
      readTruth: async (index) => truthOfLabels(phases[index]!.labels, CAMUS_LABELS),
      close,
    };
  }
  const [clip, labels] = sequence;
  const area = clip.width * clip.height;
  const marks = [
    { frame: sample.diastolicFrame, label: 'ED' },
    { frame: sample.systolicFrame, label: 'ES' },
  ].flatMap(({ frame, label }) => (frame === null || frame >= clip.frameCount ? [] : [{ frame, label }]));
  return {
    frameCount: clip.frameCount,
    spacing: diastole.spacing,
    marks,
    readFrame: async (index) => frameOf(clip, index),
    readTruth: async (index) => truthOfLabels(labels.subarray(index * area, (index + 1) * area), CAMUS_LABELS),
    close,
  };
}

async function openBiplane(sample: VolBiplaneSample, { labels: names }: VolBiplane): Promise<OpenFrames> {
  const { image, labels, spacing } = await sample.readPicture();
  return {
    frameCount: 1,
    spacing,
    marks: [{ frame: 0, label: sample.phase }],
    readFrame: async () => image,
    readTruth: async () => truthOfLabels(labels, names),
    close: async () => {},
  };
}

/** Slices of the volume across its second axis: the planes that hold the beam's direction. */
async function openVolume(sample: VolumeSample): Promise<OpenFrames> {
  const volume = await sample.readVolume();
  const [width, depth, height] = volume.shape;
  const turned = new Float32Array(width * height * depth);
  for (let y = 0; y < depth; y++) {
    for (let z = 0; z < height; z++) {
      const from = (z * depth + y) * width;
      turned.set(volume.data.subarray(from, from + width), (y * height + z) * width);
    }
  }
  const [dx, dy, dz] = volume.spacing;
  return niftiFrames({ shape: [width, height, depth, 1], spacing: [dx, dz, dy, 0], data: turned }, null);
}
