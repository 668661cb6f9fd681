import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../../core/paths.js';
import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import type { GrayImage } from '../../imaging/image.js';
import { R2PLUS1D_18_ECHONET, type R2plus1dConfig, r2plus1d, r2plus1dShapes } from '../../models/r2plus1d.js';
import { importParams } from '../../models/weights/import-weights.js';
import { type EfClip, squareFrames } from './ef-data.js';

/** EchoNet-Dynamic's own network: 32 frames, every second one, 112 px. */
const FRAMES = 32;
const PERIOD = 2;
const SIZE = 112;

/** Names that the file may have in data/weights: the release's own, and what `echolab weights import` writes. */
const FILES = ['r2plus1d_18_32_2_pretrained.pt', 'echonet-dynamic-ef.safetensors'];

/** Where the user put EchoNet's weights; `null` if nowhere. Their licence does not let them be passed on. */
export function echonetReferenceFile(): string | null {
  return FILES.map((file) => join(dataFolder(), 'weights', file)).find((path) => existsSync(path)) ?? null;
}

/** The parameters of EchoNet's network. @throws {DataError} if the file is of another model */
export function readEchonetReference(path: string): Record<string, HostTensor> {
  return importParams(path, r2plus1dShapes(R2PLUS1D_18_ECHONET)).params;
}

/**
 * Ejection fraction of clips by EchoNet's R(2+1)D: the mean over sub-clips that start evenly spread over the video.
 *
 * Source: echonet/dynamic echonet/utils/video.py (`clips="all"` averages every start; here `starts` of them) and
 * echonet/datasets/echo.py: a short video is filled with frames of the mean grey, which is 0 once normalised.
 *
 * @param grey mean and deviation of the training frames, 0 to 255, as EchoNet normalises
 * @returns per cent, one a clip
 */
export async function echonetPredictions(
  params: Readonly<Record<string, HostTensor>>,
  clips: readonly EfClip[],
  grey: { readonly mean: number; readonly deviation: number },
  starts: number,
  config: R2plus1dConfig = R2PLUS1D_18_ECHONET,
): Promise<number[]> {
  const graph = await compileInference((weights, { clip }) => ({ percent: r2plus1d(weights, clip!, config).output }), {
    params,
    inputs: { clip: { shape: [1, 3, FRAMES, SIZE, SIZE] } },
    name: 'echonetReference',
  });
  try {
    const results: number[] = [];
    for (const clip of clips) {
      const { frames } = squareFrames(await clip.readClip(), SIZE);
      let sum = 0;
      const places = clipStarts(frames.length, starts);
      for (const start of places) {
        sum += arrayOf(await graph.run({ clip: clipTensor(frames, start, grey) }), 'percent')[0]!;
      }
      results.push(sum / places.length);
    }
    return results;
  } finally {
    await graph.dispose();
  }
}

/** First frames of the sub-clips, evenly spread; only 0 where the video is no longer than one. */
export function clipStarts(frames: number, wanted: number): number[] {
  const last = Math.max(0, frames - (FRAMES - 1) * PERIOD - 1);
  const count = Math.min(wanted, last + 1);
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * last) / (count - 1))));
}

function clipTensor(
  frames: readonly GrayImage[],
  start: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): Float32Array {
  const area = SIZE * SIZE;
  const tensor = new Float32Array(3 * FRAMES * area);
  for (let place = 0; place < FRAMES; place++) {
    const frame = frames[start + place * PERIOD];
    if (frame === undefined) break;
    for (let plane = 0; plane < 3; plane++) {
      const offset = (plane * FRAMES + place) * area;
      for (let i = 0; i < area; i++) tensor[offset + i] = (frame.data[i]! - mean) / deviation;
    }
  }
  return tensor;
}

/** Mean and deviation of grey over some training clips, as EchoNet takes them. */
export async function greyOf(clips: readonly EfClip[]): Promise<{ readonly mean: number; readonly deviation: number }> {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (const clip of clips) {
    for (const { data } of squareFrames(await clip.readClip(), SIZE).frames) {
      for (const value of data) {
        sum += value;
        squares += value * value;
      }
      count += data.length;
    }
  }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(squares / count - mean * mean) };
}
