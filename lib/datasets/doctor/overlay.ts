import sharp from 'sharp';
import type { GrayImage } from '../../imaging/image.js';
import type { Point } from '../../imaging/polygon-fill.js';
import { CAMUS_LABELS } from '../camus.js';
import type { AnyDataset } from '../open-dataset.js';
import type { LeftVentricleTracing } from '../tracing.js';

/** A frame with what was drawn on it, read when asked for. */
export interface Overlay {
  /** Sample, frame and phase, for the caption. */
  readonly caption: string;
  read(): Promise<DrawnFrame>;
}

/** A frame, a mask on it, points on it. */
export interface DrawnFrame {
  readonly image: GrayImage;
  /** `[height, width]`; null where nothing is outlined. */
  readonly mask: Uint8Array | null;
  readonly points: readonly Point[];
}

/** Every labelled frame of a data set; one middle frame a clip where nothing is drawn. */
export function overlaysOf(dataset: AnyDataset): Overlay[] {
  switch (dataset.layout) {
    case 'echonet-dynamic':
    case 'echonet-pediatric':
      return (dataset.samples as readonly TracedSample[]).flatMap(tracedFrames);
    case 'camus':
      return dataset.samples.flatMap((sample) =>
        (['ED', 'ES'] as const).map((phase) => ({
          caption: `${sample.id} ${phase}`,
          read: async () => {
            const { image, labels } = await sample.readPhase(phase);
            const mask = labels.map((label) => (label === CAMUS_LABELS.leftVentricle ? 1 : 0));
            return { image, mask, points: [] };
          },
        })),
      );
    case 'echonet-lvh':
      return dataset.samples.flatMap((sample) =>
        sample.measurements.map(({ name, frame, from, to }) => ({
          caption: `${sample.id} frame ${frame} ${name}`,
          read: async () => ({ image: await sample.readFrame(frame), mask: null, points: [from, to] }),
        })),
      );
    case 'unity':
      return dataset.samples.map((sample) => ({
        caption: sample.id,
        read: async () => {
          const points = [...sample.labels.values()].flatMap((label) =>
            label.kind === 'point' ? [label.point] : label.kind === 'curve' ? label.knots : [],
          );
          return { image: await sample.readFrame(0), mask: null, points };
        },
      }));
    case 'vol-biplane':
      return dataset.samples.map((sample) => ({
        caption: sample.id,
        read: async () => {
          const { image, labels } = await sample.readPicture();
          const cavity = dataset.labels.leftVentricle;
          return { image, mask: labels.map((label) => (label === cavity ? 1 : 0)), points: [] };
        },
      }));
    case 'picture-set':
      return dataset.samples.map((sample) => ({
        caption: `${sample.id} ${sample.kind}`,
        read: async () => ({ image: await sample.readFrame(0), mask: null, points: [] }),
      }));
    case 'volume-set':
      return dataset.samples.map((sample) => ({
        caption: `${sample.id} middle slice`,
        read: async () => {
          const { shape, data } = await sample.readVolume();
          const [width, depth, height] = [shape[0], shape[1], shape[2]];
          const image = new Uint8Array(width * height);
          const middle = depth >> 1;
          for (let z = 0; z < height; z++) {
            for (let x = 0; x < width; x++) image[z * width + x] = data[(z * depth + middle) * width + x]!;
          }
          return { image: { width, height, data: image }, mask: null, points: [] };
        },
      }));
    default:
      return dataset.samples.map((sample) => ({
        caption: `${sample.id}${sample.view === null ? '' : ` ${sample.view}`}`,
        read: async () => {
          const clip = await sample.open();
          try {
            return { image: await clip.readFrame(clip.frameCount >> 1), mask: null, points: [] };
          } finally {
            await clip.close();
          }
        },
      }));
  }
}

interface TracedSample {
  readonly id: string;
  readonly tracings: readonly LeftVentricleTracing[];
  readFrame(index: number): Promise<GrayImage>;
}

function tracedFrames({ id, tracings, readFrame }: TracedSample): Overlay[] {
  return tracings.map(({ frame, phase, mask }) => ({
    caption: `${id} frame ${frame} ${phase}`,
    read: async () => ({ image: await readFrame(frame), mask: mask(), points: [] }),
  }));
}

/**
 * How well an outline fits the picture: mean grey just outside less mean grey inside. A cavity is darker than its wall, so a mask on the wrong frame,
 * or a wrong mask, scores low. `Infinity` where nothing is outlined.
 */
export function outlineContrast({ image, mask }: DrawnFrame): number {
  if (mask === null) return Number.POSITIVE_INFINITY;
  const { width, height, data } = image;
  const rim = Math.max(2, Math.round(width / 28));
  let [inside, insideCount, outside, outsideCount] = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (mask[at] === 1) {
        inside += data[at]!;
        insideCount++;
      } else if (isNear(mask, width, height, x, y, rim)) {
        outside += data[at]!;
        outsideCount++;
      }
    }
  }
  return insideCount === 0 || outsideCount === 0
    ? Number.NEGATIVE_INFINITY
    : outside / outsideCount - inside / insideCount;
}

function isNear(mask: Uint8Array, width: number, height: number, x: number, y: number, rim: number): boolean {
  for (const [u, v] of [
    [x - rim, y],
    [x + rim, y],
    [x, y - rim],
    [x, y + rim],
  ] as const) {
    if (u >= 0 && v >= 0 && u < width && v < height && mask[v * width + u] === 1) return true;
  }
  return false;
}

/** Draws the mask's edge in yellow and points in cyan over the enlarged frame; PNG. */
export async function drawOverlay({ image, mask, points }: DrawnFrame, side = 224): Promise<Uint8Array> {
  const { width, height } = image;
  const scale = side / Math.max(width, height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const rgb = new Uint8Array(w * h * 3);
  const source = (x: number, y: number): number =>
    Math.min(height - 1, Math.floor(y / scale)) * width + Math.min(width - 1, Math.floor(x / scale));
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const at = 3 * (y * w + x);
      const from = source(x, y);
      const edge =
        mask?.[from] === 1 &&
        [source(Math.max(0, x - 1), y), source(x + 1, y), source(x, Math.max(0, y - 1)), source(x, y + 1)].some(
          (one) => mask[one] === 0,
        );
      rgb.set(edge ? [240, 228, 66] : [image.data[from]!, image.data[from]!, image.data[from]!], at);
    }
  }
  for (const point of points) {
    for (let d = -4; d <= 4; d++) {
      for (const [x, y] of [
        [point.x * scale + d, point.y * scale],
        [point.x * scale, point.y * scale + d],
      ] as const) {
        const [u, v] = [Math.round(x), Math.round(y)];
        if (u >= 0 && v >= 0 && u < w && v < h) rgb.set([86, 180, 233], 3 * (v * w + u));
      }
    }
  }
  return sharp(rgb, { raw: { width: w, height: h, channels: 3 } })
    .png()
    .toBuffer();
}
