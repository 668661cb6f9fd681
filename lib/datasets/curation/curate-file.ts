import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DataError, FormatError, messageOf } from '../../core/errors.js';
import { openAvi } from '../../imaging/avi/open-avi.js';
import { writeAvi } from '../../imaging/avi/write-avi.js';
import { curateClip } from '../../imaging/curation/curate-clip.js';
import type { Cone } from '../../imaging/curation/find-cone.js';
import { motionMap } from '../../imaging/curation/motion-map.js';
import type { Mask } from '../../imaging/curation/regions.js';
import { stillGraphics } from '../../imaging/curation/remove-overlays.js';
import { type DicomCine, readDicomBytes } from '../../imaging/dicom/read-dicom.js';
import type { GrayClip, PixelSpacing } from '../../imaging/image.js';
import { toGray } from '../../imaging/jpeg.js';
import { ColouredPixels } from './coloured-pixels.js';
import { slicesOfDicom, slicesOfNifti, type VolumeSlices, type WrittenSlice, writeSlices } from './curate-volume.js';
import { keyedHash } from './keyed-hash.js';

/** Why a file was not written. `skipped`: not what is looked for. `quarantined`: it may still carry text, or cannot be trusted. */
export type CurationOutcome =
  | { readonly status: 'written'; readonly clip: CuratedFile }
  | { readonly status: 'skipped' | 'quarantined'; readonly reason: CurationReason; readonly detail: string };

/** Reasons, for the counts in the report. */
export type CurationReason =
  | 'not-a-clip'
  | 'not-ultrasound'
  | 'not-two-dimensional'
  | 'colour-flow'
  | 'damaged'
  | 'several-pictures'
  | 'still-picture'
  | 'cone-not-found'
  | 'cone-uncertain'
  | 'graphics-in-cone'
  | 'text-may-remain'
  | 'too-slow';

/** What is known of a written clip. Nothing in it identifies a person. */
export interface CuratedFile {
  /** Keyed hash of Patient ID, else of the study, else of the fallback. */
  readonly patient: string;
  readonly frames: number;
  /** Null for a single moment of a volume. */
  readonly framesPerSecond: number | null;
  /** The slices of a volume; left out for clips, which are one file. */
  readonly slices?: readonly WrittenSlice[];
  /** Of the written picture; null where it was refused, or for a volume, whose slices have their own. */
  readonly millimetresPerPixel: number | null;
  /** Why there is no spacing. */
  readonly spacingRefusal: string | null;
  readonly vendor: string;
  readonly coneShape: Cone['shape'] | 'volume';
  /** Null for volumes. */
  readonly coneAgreement: number | null;
  readonly graphicsPixels: number;
  /** Identifying attributes that the source carried; their values stay there. */
  readonly identifyingAttributes: readonly string[];
  readonly privateElements: number;
  readonly burnedInAnnotation: 'yes' | 'no' | 'unsaid';
}

/** Options of {@link curateFile}. Plain data: they travel to worker threads. */
export interface CurateFileOptions {
  /** Folder of the result; the clip goes to `<output>/clips/<patient>/<name>.avi`. */
  readonly output: string;
  /** Name of the clip, without suffix; nothing in it may tell the source. */
  readonly name: string;
  /** Secret of the keyed hashes. */
  readonly salt: string;
  /** Stands for the patient where the file names none, e.g. the folder it lies in. */
  readonly fallbackPatient: string;
  readonly size: number;
  readonly quality: number;
}

interface SourceClip {
  readonly clip: GrayClip;
  readonly spacing: PixelSpacing | null;
  readonly spacingRefusal: string | null;
  readonly within: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number } | null;
  /** Pixels that are coloured in some frame; null for grey sources. */
  readonly coloured: Mask | null;
  readonly cine: DicomCine | null;
}

/** More than this share of coloured pixels in the cone is colour flow, less is a trace or a marker. */
const COLOUR_FLOW_SHARE = 0.03;
/** More than this share of painted pixels, and the cone was covered with graphics. */
const GRAPHICS_SHARE = 0.02;

/**
 * Curates one file to a square AVI, or says why not. DICOM files, Motion-JPEG AVIs and NIfTI volumes are read; anything else is skipped. A volume
 * becomes slices, see curate-volume.ts. The result of a clip holds
 * only pixels inside the cone; a picture in which text cannot be told from tissue (a still, an uncertain cone) is quarantined.
 *
 * Source: EchoApex A.1 and A.2.
 */
export async function curateFile(path: string, options: CurateFileOptions): Promise<CurationOutcome> {
  let source: SourceClip | VolumeSource | CurationOutcome;
  try {
    source = await readSource(path);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { status: 'quarantined', reason: 'damaged', detail: withoutName(messageOf(error), path) };
  }
  if ('status' in source) return source;
  return 'slices' in source ? curateSlices(source, options) : curateSource(source, options);
}

/** Slices of a volume and, for DICOM, the file they come from. */
interface VolumeSource {
  readonly slices: VolumeSlices;
  readonly cine: DicomCine | null;
}

async function readSource(path: string): Promise<SourceClip | VolumeSource | CurationOutcome> {
  if (/\.nii(\.gz)?$/i.test(path)) {
    const slices = await slicesOfNifti(path);
    return slices === null
      ? { status: 'skipped', reason: 'not-a-clip', detail: 'a NIfTI file too thin for a volume' }
      : { slices, cine: null };
  }
  if (extname(path).toLowerCase() === '.avi') {
    const avi = await openAvi(path);
    try {
      const clip = await avi.readClip();
      return {
        clip,
        spacing: null,
        spacingRefusal: 'an AVI carries no spacing',
        within: null,
        coloured: null,
        cine: null,
      };
    } finally {
      await avi.close();
    }
  }
  const bytes = await readFile(path);
  if (bytes.length < 132 || bytes.toString('latin1', 128, 132) !== 'DICM') {
    return { status: 'skipped', reason: 'not-a-clip', detail: 'neither DICOM nor AVI' };
  }
  const cine = readDicomBytes(bytes, 'source');
  if (cine.volume !== null) return { slices: await slicesOfDicom(cine), cine };
  return unsuitable(cine) ?? readCine(cine);
}

/** Writes the slices of a volume. Voxels carry no screen; a file that says or shows otherwise is quarantined. */
async function curateSlices({ slices, cine }: VolumeSource, options: CurateFileOptions): Promise<CurationOutcome> {
  if (slices.maybeScreen || cine?.burnedInAnnotation === 'yes') {
    return {
      status: 'quarantined',
      reason: 'text-may-remain',
      detail: slices.maybeScreen ? 'voxels stand still along an axis, as a stacked screen' : 'Burned In Annotation YES',
    };
  }
  const patient = patientOf(cine, options);
  const written = await writeSlices(slices, join(options.output, 'clips', patient), options.name, options);
  return {
    status: 'written',
    clip: {
      patient,
      frames: slices.slices[0]?.images.length ?? 0,
      framesPerSecond: slices.framesPerSecond,
      slices: written,
      millimetresPerPixel: null,
      spacingRefusal: null,
      vendor: cine?.manufacturer ?? '',
      coneShape: 'volume',
      coneAgreement: null,
      graphicsPixels: 0,
      ...identityOf(cine),
    },
  };
}

/** Keyed hash of Patient ID, else of the study, else of the fallback. */
function patientOf(cine: DicomCine | null, options: CurateFileOptions): string {
  const who = cine?.patientId ?? cine?.studyId ?? options.fallbackPatient;
  return keyedHash(options.salt, `patient ${who}`).slice(0, 16);
}

function identityOf(
  cine: DicomCine | null,
): Pick<CuratedFile, 'identifyingAttributes' | 'privateElements' | 'burnedInAnnotation'> {
  return {
    identifyingAttributes: cine?.identifyingTags.named ?? [],
    privateElements: cine?.identifyingTags.privateElements ?? 0,
    burnedInAnnotation: cine?.burnedInAnnotation ?? 'unsaid',
  };
}

/** Files that are no single two-dimensional B-mode cine. */
function unsuitable(cine: DicomCine): CurationOutcome | null {
  const skipped = (reason: CurationReason, detail: string): CurationOutcome => ({ status: 'skipped', reason, detail });
  if (cine.modality !== 'US') return skipped('not-ultrasound', `Modality ${cine.modality ?? 'unsaid'}`);
  const kinds = cine.regions.map(({ kind }) => kind);
  if (kinds.length > 0 && !kinds.includes('2d')) return skipped('not-two-dimensional', `regions: ${kinds.join(', ')}`);
  if (kinds.includes('spectral') || kinds.includes('m-mode')) {
    return skipped(
      'not-two-dimensional',
      `the screen shares a ${kinds.includes('spectral') ? 'Doppler spectrum' : 'M-mode'}`,
    );
  }
  const pictures = cine.regions.filter(({ kind }) => kind === '2d');
  if (pictures.some(({ dataType }) => dataType === 2)) return skipped('colour-flow', 'a region holds colour flow');
  if (pictures.filter(({ dataType }) => dataType === 1).length > 1) {
    return { status: 'quarantined', reason: 'several-pictures', detail: `${pictures.length} two-dimensional regions` };
  }
  if (cine.frameCount < 2) {
    return {
      status: 'quarantined',
      reason: 'still-picture',
      detail: 'one frame: text cannot be told from tissue by motion',
    };
  }
  return null;
}

async function readCine(cine: DicomCine): Promise<SourceClip> {
  const { width, height, frameCount, framesPerSecond, spacing } = cine;
  if (frameCount * width * height > 2 ** 31)
    throw new FormatError(`curateFile: ${frameCount} frames of ${width} x ${height} are too many`);
  const data = new Uint8Array(frameCount * width * height);
  const coloured = cine.colour ? new ColouredPixels(width, height) : null;
  for (let frame = 0; frame < frameCount; frame++) {
    const raster = await cine.readFrame(frame);
    coloured?.add(raster);
    data.set(toGray(raster).data, frame * width * height);
  }
  const region = spacing.known ? spacing.region : null;
  return {
    clip: { width, height, frameCount, framesPerSecond, data },
    spacing: spacing.known ? spacing.spacing : null,
    spacingRefusal: spacing.known ? null : spacing.reason,
    within: region === null ? null : { x0: region.x0, y0: region.y0, x1: region.x1, y1: region.y1 },
    coloured: coloured?.mask() ?? null,
    cine,
  };
}

async function curateSource(source: SourceClip, options: CurateFileOptions): Promise<CurationOutcome> {
  const quarantined = (reason: CurationReason, detail: string): CurationOutcome => ({
    status: 'quarantined',
    reason,
    detail,
  });
  const { clip, coloured, cine } = source;
  let curated: ReturnType<typeof curateClip>;
  try {
    curated = curateClip(clip, {
      size: options.size,
      ...(source.spacing === null ? {} : { spacing: source.spacing }),
      ...(source.within === null ? {} : { within: source.within }),
      ...(coloured === null ? {} : { graphics: coloured }),
    });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return quarantined('cone-not-found', messageOf(error));
  }
  const { cone, graphicsPixels } = curated;
  const conePixels = count(cone.mask.data);
  const colouredInside = coloured === null ? 0 : count(cone.mask.data.map((inside, i) => inside & coloured.data[i]!));
  if (colouredInside > COLOUR_FLOW_SHARE * conePixels) {
    return {
      status: 'skipped',
      reason: 'colour-flow',
      detail: `${((100 * colouredInside) / conePixels).toFixed(1)} % of the cone is coloured`,
    };
  }
  if (cone.evidence !== 'motion' || (cone.shape !== 'sector' && source.within === null)) {
    return quarantined('cone-uncertain', `found by ${cone.evidence}, a sector agrees to ${cone.agreement.toFixed(2)}`);
  }
  if (graphicsPixels > GRAPHICS_SHARE * conePixels) {
    return quarantined('graphics-in-cone', `${graphicsPixels} of ${conePixels} pixels were painted over`);
  }
  const remaining = count(stillGraphics(motionMap(curated.clip), everywhere(options.size)).data);
  if (remaining > 0) return quarantined('text-may-remain', `${remaining} pixels of the result are bright and still`);
  const framesPerSecond = clip.framesPerSecond;
  if (framesPerSecond === null) return quarantined('damaged', 'the file does not say its frame rate');
  const patient = patientOf(cine, options);
  const target = join(options.output, 'clips', patient, `${options.name}.avi`);
  await writeAvi(target, curated.clip, { quality: options.quality });
  return {
    status: 'written',
    clip: {
      patient,
      frames: clip.frameCount,
      framesPerSecond,
      millimetresPerPixel: curated.spacing?.xMillimetres ?? null,
      spacingRefusal: source.spacingRefusal,
      vendor: cine?.manufacturer ?? '',
      coneShape: cone.shape,
      coneAgreement: cone.agreement,
      graphicsPixels,
      ...identityOf(cine),
    },
  };
}

const count = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);

const everywhere = (side: number): Mask => ({ width: side, height: side, data: new Uint8Array(side * side).fill(1) });

/** Messages may quote file names, and those may name people. */
function withoutName(message: string, path: string): string {
  const names = path.split(/[\\/]/).filter((part) => part.length > 1);
  return [path, join(path), ...names.reverse()].reduce((text, name) => text.replaceAll(name, '…'), message);
}
