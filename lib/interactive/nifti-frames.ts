import { FormatError } from '../core/errors.js';
import { CAMUS_LABELS } from '../datasets/camus.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import { type OpenFrames, type TruthMask, truthOfLabels } from './frame-source.js';

/**
 * A NIfTI picture, series or volume as frames along z and time, in stored order. Grey values outside 0 to 255 are stretched over the whole file.
 *
 * @param labels a mask of the same shape; the values of CAMUS carry their names, others are called `label N`; null without
 * @throws {FormatError} if picture and labels differ in shape
 */
export function niftiFrames(volume: NiftiVolume, labels: NiftiVolume | null): OpenFrames {
  const [width, height, depth, times] = volume.shape;
  if (labels !== null && labels.shape.join() !== volume.shape.join()) {
    throw new FormatError(
      `niftiFrames: the picture is ${volume.shape.join(' x ')}, its mask ${labels.shape.join(' x ')}; they must be equal`,
    );
  }
  const area = width * height;
  const { low, scale } = greyRange(volume.data);
  const [xMillimetres, yMillimetres] = volume.spacing;
  return {
    frameCount: depth * times,
    spacing: xMillimetres > 0 && yMillimetres > 0 ? { xMillimetres, yMillimetres } : null,
    marks: [],
    readFrame: async (index) => {
      const values = volume.data.subarray(index * area, (index + 1) * area);
      return { width, height, data: Uint8Array.from(values, (value) => Math.round((value - low) * scale)) };
    },
    readTruth: async (index) =>
      labels === null ? [] : truthOf(Uint8Array.from(labels.data.subarray(index * area, (index + 1) * area))),
    close: async () => {},
  };
}

function greyRange(data: Float32Array): { low: number; scale: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (!Number.isFinite(value)) throw new FormatError(`niftiFrames: grey values must be finite, got ${value}`);
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low >= 0 && high <= 255 && high > 1) return { low: 0, scale: 1 };
  return { low, scale: high > low ? 255 / (high - low) : 0 };
}

function truthOf(labels: Uint8Array): TruthMask[] {
  const named = new Map<number, string>(Object.entries(CAMUS_LABELS).map(([key, value]) => [value, key]));
  const present = [...new Set(labels)].filter((value) => value !== 0).sort((a, b) => a - b);
  return truthOfLabels(
    labels,
    Object.fromEntries(present.map((value) => [named.get(value) ?? `label ${value}`, value])),
  );
}
