import { DataError } from '../../core/errors.js';
import type { ProgressFactory } from '../../core/progress.js';
import { CAMUS_LABELS, type Camus, type CamusSample } from '../../datasets/camus.js';
import type { EchonetDynamic, EchonetDynamicSample } from '../../datasets/echonet-dynamic.js';
import { hashOfManifest } from '../../datasets/manifest.js';
import { openDataset } from '../../datasets/open-dataset.js';
import { requireDisjointPatients, type SplitName } from '../../datasets/split.js';
import { frameOf, type GrayClip, type GrayImage, type PixelSpacing } from '../../imaging/image.js';
import type { DataKind } from '../../records/record.js';
import { locateSets } from '../locate-sets.js';
import type { EfConfig } from './ef-config.js';
import { squareFrame, squareMask } from './square-frame.js';

/** The two data sets of the study: trained and tested on the first, the second is never trained on. */
export const EF_SETS = ['EchoNet-Dynamic', 'CAMUS'] as const;
export type EfSetName = (typeof EF_SETS)[number];

/** A frame whose left ventricle was outlined. */
export interface OutlinedFrame {
  readonly phase: 'ED' | 'ES';
  readonly frame: number;
  /** `[size, size]` of the square frame, 1 inside. */
  readMask(size: number): Promise<Uint8Array>;
}

/** A clip with the size of its pixels. */
export interface ScaledClip {
  readonly clip: GrayClip;
  readonly spacing: PixelSpacing;
}

/** One clip with its labels; pictures are read when asked for. */
export interface EfClip {
  readonly id: string;
  readonly patient: string;
  readonly set: EfSetName;
  readonly view: 'A4C' | 'A2C';
  readonly split: SplitName;
  /** Per cent. */
  readonly ejectionFraction: number;
  /** CAMUS only; empty elsewhere. */
  readonly quality: string;
  readonly framesPerSecond: number | null;
  /** End-diastole, then end-systole; empty where the clip was not outlined. */
  readonly outlined: readonly OutlinedFrame[];
  /** All frames, and the size of a pixel: 1 and 1 where the scale is not known. */
  readClip(): Promise<ScaledClip>;
  /** One of them. */
  readFrame(index: number, size: number): Promise<GrayImage>;
}

/** Everything that notebook 05 reads from disk. */
export interface EfData {
  readonly clips: readonly EfClip[];
  readonly manifests: Readonly<Record<string, string>>;
}

/** Where the scale is not known volumes come in cubic pixels, from which an ejection fraction follows all the same. */
export const UNKNOWN_SCALE: PixelSpacing = { xMillimetres: 1, yMillimetres: 1 };

/**
 * Reads EchoNet-Dynamic (all splits) and CAMUS (all patients, both views: nothing is trained on it, so all of it is test).
 *
 * @throws {LeakError} if a patient stands in both
 * @throws {DataError} if a set has no clip that can be read
 */
export async function readEfData(config: EfConfig, data: DataKind, progress: ProgressFactory): Promise<EfData> {
  const root = await locateSets(config.phantom, ['echonet-dynamic', 'camus'], data, progress);
  const dynamic = openDataset(root.manifest('echonet-dynamic'), root.folder('echonet-dynamic'));
  const camus = openDataset(root.manifest('camus'), root.folder('camus'));
  if (dynamic.layout !== 'echonet-dynamic' || camus.layout !== 'camus') {
    throw new DataError(`readEfData: expected EchoNet-Dynamic and CAMUS, got ${dynamic.layout} and ${camus.layout}`);
  }
  return {
    clips: efClips(dynamic, camus),
    manifests: { 'EchoNet-Dynamic': hashOfManifest(dynamic.manifest), CAMUS: hashOfManifest(camus.manifest) },
  };
}

/** The clips of both sets that have an ejection fraction. Throws as {@link readEfData}. */
export function efClips(dynamic: EchonetDynamic, camus: Camus): EfClip[] {
  for (const { samples, root: folder } of [dynamic, camus]) {
    if (samples.length === 0) throw new DataError(`readEfData: ${folder} holds no clip that can be read`);
  }
  requireDisjointPatients('ejection fraction', dynamic.samples, camus.samples);
  const labelled = camus.samples.filter(({ ejectionFraction }) => ejectionFraction !== null);
  return [...dynamic.samples.map(dynamicClip), ...labelled.map(camusClip)];
}

function dynamicClip(sample: EchonetDynamicSample): EfClip {
  const { id, patient, ejectionFraction, framesPerSecond, width, height } = sample;
  return {
    id,
    patient,
    set: 'EchoNet-Dynamic',
    view: 'A4C',
    split: sample.split ?? 'train',
    ejectionFraction,
    quality: '',
    framesPerSecond,
    outlined: sample.tracings.map(({ phase, frame, mask }) => ({
      phase,
      frame,
      readMask: async (size) => squareMask({ width, height, data: mask() }, UNKNOWN_SCALE, size),
    })),
    readClip: async () => ({ clip: await sample.readClip(), spacing: UNKNOWN_SCALE }),
    readFrame: async (index, size) => squareFrame(await sample.readFrame(index), UNKNOWN_SCALE, size).image,
  };
}

function camusClip(sample: CamusSample): EfClip {
  const { id, patient, view, framesPerSecond } = sample;
  const last = (sample.frameCount ?? 1) - 1;
  const spacingOf = async (): Promise<PixelSpacing> => (await sample.readPhase('ED')).spacing;
  const outline = (phase: 'ED' | 'ES', frame: number): OutlinedFrame => ({
    phase,
    frame,
    async readMask(size) {
      const { image, labels, spacing } = await sample.readPhase(phase);
      const data = labels.map((label) => (label === CAMUS_LABELS.leftVentricle ? 1 : 0));
      return squareMask({ width: image.width, height: image.height, data }, spacing, size);
    },
  });
  return {
    id,
    patient,
    set: 'CAMUS',
    view,
    split: 'test',
    ejectionFraction: sample.ejectionFraction!,
    quality: sample.imageQuality ?? '',
    framesPerSecond,
    outlined: [outline('ED', sample.diastolicFrame ?? 0), outline('ES', sample.systolicFrame ?? last)],
    readClip: async () => ({ clip: await sample.readClip(), spacing: await spacingOf() }),
    readFrame: async (index, size) => squareFrame(await sample.readFrame(index), await spacingOf(), size).image,
  };
}

/** All frames as squares of `size` pixels, and the size of such a pixel. */
export function squareFrames(
  { clip, spacing }: ScaledClip,
  size: number,
): { readonly frames: readonly GrayImage[]; readonly spacing: PixelSpacing } {
  const square = Array.from({ length: clip.frameCount }, (_, i) => squareFrame(frameOf(clip, i), spacing, size));
  return { frames: square.map(({ image }) => image), spacing: square[0]?.spacing ?? spacing };
}
