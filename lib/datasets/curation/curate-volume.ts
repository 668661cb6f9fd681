import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { FormatError } from '../../core/errors.js';
import { writeFileWhole } from '../../core/files.js';
import { writeAvi } from '../../imaging/avi/write-avi.js';
import { motionMap } from '../../imaging/curation/motion-map.js';
import { boundsOf } from '../../imaging/curation/regions.js';
import { stillGraphics } from '../../imaging/curation/remove-overlays.js';
import type { DicomCine } from '../../imaging/dicom/read-dicom.js';
import type { GrayClip, GrayImage } from '../../imaging/image.js';
import { toGray } from '../../imaging/jpeg.js';
import { parseNifti } from '../../imaging/nifti/read-nifti.js';
import { resample } from '../../imaging/resample.js';
import { type BeamVolume, spacingOf, toCartesian } from '../../imaging/volume/scan-conversion.js';
import { sliceVolume } from '../../imaging/volume/slice-volume.js';
import { type Volume, volumeOf } from '../../imaging/volume/volume.js';
import { areParallel, momentsOf, volumeFromPlanes } from '../../imaging/volume/volume-from-planes.js';
import { readBeamSidecar } from './beam-sidecar.js';

/** One slice through a volume, over all moments. */
export interface SliceClip {
  /** `AB000` to `AB165` by degrees about the depth axis, `C1` to `C3` across it; `P01`, … for planes that were acquired as such. */
  readonly plane: string;
  readonly images: readonly GrayImage[];
  /** Millimetres a pixel; null where the file does not say. */
  readonly millimetresPerPixel: number;
}

/** Slices of a volume file. */
export interface VolumeSlices {
  readonly slices: readonly SliceClip[];
  /** Null for a single moment. */
  readonly framesPerSecond: number | null;
  /** True where a voxel column is bright from end to end: no volume has that, a screen with letters that was stacked up has. */
  readonly maybeScreen: boolean;
}

/** A written slice. */
export interface WrittenSlice {
  readonly plane: string;
  /** File name without folder. */
  readonly file: string;
  readonly millimetresPerPixel: number;
}

/** Thinner stacks are cines or a few planes, not volumes. */
const THINNEST = 24;

/**
 * The slices that the paper trains on, from an Enhanced US Volume: 12 planes at 15 degrees through the depth axis and 3 across it, after conversion into
 * Cartesian space. A multi-plane file, whose planes are not parallel, keeps its planes.
 *
 * Source: EchoApex A.1.
 *
 * @throws {FormatError} if the planes make no volume
 */
export async function slicesOfDicom(cine: DicomCine): Promise<VolumeSlices> {
  const geometry = cine.volume;
  if (geometry === null) throw new FormatError('slicesOfDicom: the file is no Enhanced US Volume');
  const moments = momentsOf(geometry);
  const pictures = async (frames: readonly { readonly frame: number }[]): Promise<GrayImage[]> => {
    const read: GrayImage[] = [];
    for (const { frame } of frames) read.push(toGray(await cine.readFrame(frame)));
    return read;
  };
  const [first] = moments;
  if (first === undefined || moments.some(({ planes }) => planes.length !== first.planes.length)) {
    throw new FormatError('slicesOfDicom: every moment must have the same number of planes');
  }
  const framesPerSecond = rateOf(moments.map(({ milliseconds }) => milliseconds));
  if (!areParallel(first.planes)) {
    const byMoment = await Promise.all(moments.map(({ planes }) => pictures(planes)));
    const { acrossMillimetres: x, downMillimetres: y } = geometry;
    if (Math.abs(x - y) > 0.01 * x) throw new FormatError(`slicesOfDicom: pixels of ${x} x ${y} mm are not square`);
    const slices = first.planes.map((_plane, index) => ({
      plane: `P${String(index + 1).padStart(2, '0')}`,
      images: byMoment.map((images) => images[index]!),
      millimetresPerPixel: x,
    }));
    return { slices, framesPerSecond, maybeScreen: false };
  }
  if (first.planes.length < THINNEST) {
    throw new FormatError(
      `slicesOfDicom: ${first.planes.length} parallel planes make no volume; ${THINNEST} are needed`,
    );
  }
  const volumes: Volume[] = [];
  for (const { planes } of moments) volumes.push(volumeFromPlanes(geometry, planes, await pictures(planes)));
  return { slices: slicesOf(volumes), framesPerSecond, maybeScreen: volumes.some(isStackedScreen) };
}

/**
 * The same slices from a NIfTI volume or a series of volumes: on a Cartesian grid, x across, y along the elevation, z along the depth; or along beams,
 * where a file beside it says so (see {@link readBeamSidecar}), which are converted into Cartesian space. Null for files that are too thin to be a
 * volume, e.g. a cine stored along z.
 *
 * @throws {FormatError} if the file is damaged or does not say its spacing
 */
export async function slicesOfNifti(path: string): Promise<VolumeSlices | null> {
  const series = parseNifti(await readFile(path), 'source');
  const [x, y, z, times] = series.shape;
  if (Math.min(x, y, z) < THINNEST) return null;
  const beams = readBeamSidecar(path);
  if (beams === null && !series.spacing.slice(0, 3).every((step) => step > 0)) {
    throw new FormatError('slicesOfNifti: the file does not say how large a voxel is');
  }
  const grey = greyOf(series.data);
  const volumes = Array.from({ length: times }, (_value, time) => {
    const volume = volumeOf({ ...series, data: grey as unknown as Float32Array }, time);
    const { shape, data } = volume;
    if (beams === null) return { ...volume, data: Uint8Array.from(data) };
    const raw: BeamVolume = { ...beams, shape, data: Float32Array.from(data) };
    const cartesian = toCartesian(raw, spacingOf(raw));
    return { ...cartesian, data: Uint8Array.from(cartesian.data, Math.round) };
  });
  const step = series.spacing[3];
  return {
    slices: slicesOf(volumes),
    framesPerSecond: times > 1 && step > 0 ? 1 / step : null,
    maybeScreen: volumes.some(isStackedScreen),
  };
}

/** Values as grey levels: as they are within 0 to 255, else stretched over the whole file. */
function greyOf(data: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(value)) throw new FormatError(`slicesOfNifti: values must be finite, got ${value}`);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low >= 0 && high <= 255 && high > 1) return data;
  const scale = high > low ? 255 / (high - low) : 0;
  return data.map((value) => (value - low) * scale);
}

function slicesOf(volumes: readonly Volume[]): SliceClip[] {
  const cut = volumes.map((volume) => sliceVolume(volume));
  return cut[0]!.map(({ plane, position, spacing }, index) => ({
    plane: plane === 'AB' ? `AB${String(Math.round(position)).padStart(3, '0')}` : `C${index - 11}`,
    images: cut.map((slices) => slices[index]!.image),
    millimetresPerPixel: spacing.xMillimetres,
  }));
}

function rateOf(milliseconds: readonly number[]): number | null {
  const span = (milliseconds.at(-1) ?? 0) - (milliseconds[0] ?? 0);
  return milliseconds.length > 1 && span > 0 ? (1000 * (milliseconds.length - 1)) / span : null;
}

/** Looks along each axis as if it were time: letters of a stacked screen stand still along one of them. */
function isStackedScreen(volume: Volume): boolean {
  const [x, y, z] = volume.shape;
  const at = (i: number, j: number, k: number): number => volume.data[(k * y + j) * x + i]!;
  const views = [
    { width: x, height: y, frameCount: z, value: (u: number, v: number, t: number) => at(u, v, t) },
    { width: x, height: z, frameCount: y, value: (u: number, v: number, t: number) => at(u, t, v) },
    { width: y, height: z, frameCount: x, value: (u: number, v: number, t: number) => at(t, u, v) },
  ];
  return views.some(({ width, height, frameCount, value }) => {
    const data = new Uint8Array(width * height * frameCount);
    let i = 0;
    for (let t = 0; t < frameCount; t++) {
      for (let v = 0; v < height; v++) for (let u = 0; u < width; u++, i++) data[i] = value(u, v, t);
    }
    const clip: GrayClip = { width, height, frameCount, framesPerSecond: null, data };
    const everywhere = { width, height, data: new Uint8Array(width * height).fill(1) };
    return stillGraphics(motionMap(clip), everywhere).data.includes(1);
  });
}

/** Crops slices to what they show, pads them to squares, resizes them and writes them whole: PNG for one moment, AVI for several. */
export async function writeSlices(
  { slices, framesPerSecond }: VolumeSlices,
  folder: string,
  name: string,
  settings: { readonly size: number; readonly quality: number },
): Promise<WrittenSlice[]> {
  const written: WrittenSlice[] = [];
  for (const { plane, images, millimetresPerPixel } of slices) {
    const { clip, scale } = squared(images, settings.size, framesPerSecond);
    const several = images.length > 1 && framesPerSecond !== null;
    const file = `${name}-${plane}.${several ? 'avi' : 'png'}`;
    if (several) await writeAvi(join(folder, file), clip, { quality: settings.quality });
    else {
      const { width, height } = clip;
      const raw = { width, height, channels: 1 } as const;
      writeFileWhole(
        join(folder, file),
        await sharp(clip.data.subarray(0, width * height), { raw })
          .png()
          .toBuffer(),
      );
    }
    written.push({ plane, file, millimetresPerPixel: millimetresPerPixel * scale });
  }
  return written;
}

/** @returns the clip and how many of the slice's pixels one of the result covers */
function squared(
  images: readonly GrayImage[],
  size: number,
  framesPerSecond: number | null,
): { readonly clip: GrayClip; readonly scale: number } {
  const { width, height } = images[0]!;
  const seen = new Uint8Array(width * height);
  for (const { data } of images) for (let i = 0; i < seen.length; i++) if (data[i]! > 0) seen[i] = 1;
  const box = boundsOf({ width, height, data: seen }) ?? { left: 0, top: 0, width, height };
  const side = Math.max(box.width, box.height);
  const [left, top] = [Math.floor((side - box.width) / 2), Math.floor((side - box.height) / 2)];
  const data = new Uint8Array(images.length * size * size);
  for (const [index, image] of images.entries()) {
    const padded = new Uint8Array(side * side);
    for (let y = 0; y < box.height; y++) {
      const from = (box.top + y) * width + box.left;
      padded.set(image.data.subarray(from, from + box.width), (top + y) * side + left);
    }
    const resized = resample({ width: side, height: side, data: padded }, size, size, 'bilinear');
    data.set(Uint8Array.from(resized.data, Math.round), index * size * size);
  }
  return { clip: { width: size, height: size, frameCount: images.length, framesPerSecond, data }, scale: side / size };
}
