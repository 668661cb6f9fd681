import { DataError } from '../../core/errors.js';
import type { ViewName } from '../../core/views.js';
import { curateClip } from '../../imaging/curation/curate-clip.js';
import type { Cone } from '../../imaging/curation/find-cone.js';
import { frameOf, type GrayClip, type GrayImage } from '../../imaging/image.js';
import { resizeImage } from '../../imaging/resample.js';
import type { DataKind } from '../../records/record.js';

/** A sequence with a known view: what is trained on, voted on and counted. */
export interface Sequence {
  /** Unique in its set. */
  readonly id: string;
  /** The unit of independence. */
  readonly patient: string;
  readonly label: ViewName;
  /** `views`, `camus`, `echonet-dynamic`. */
  readonly set: string;
  readonly origin: DataKind;
  /** Opens the sequence for its frames. */
  open(): Promise<OpenSequence>;
}

/** Frames of an open sequence. */
export interface OpenSequence {
  readonly frameCount: number;
  readFrame(index: number): Promise<GrayImage>;
  close(): Promise<void>;
}

/** A clip after curation. */
export interface CuratedFrames {
  /** Squares, or the frames as they came where no region was found. */
  readonly clip: GrayClip;
  /** What was found: a sector, a filled rectangle (a linear array, a photograph, a page), a region of another shape, or nothing. */
  readonly region: 'sector' | 'rectangle' | 'other' | 'none';
}

/** A clip as A.2 wants it: cone only, tight crop, square of `size` pixels; the whole frames where no cone is found. */
export function curatedFrames(clip: GrayClip, size: number): CuratedFrames {
  try {
    const curated = curateClip(clip, { size });
    return { clip: curated.clip, region: regionOf(curated.cone) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { clip, region: 'none' };
  }
}

/** Share of its box from which a region counts as a rectangle; a sector of any angle leaves two corners or more empty. */
const RECTANGLE = 0.9;

function regionOf({ mask, box, shape }: Cone): CuratedFrames['region'] {
  const pixels = mask.data.reduce((sum, inside) => sum + inside, 0);
  if (pixels > RECTANGLE * box.width * box.height) return 'rectangle';
  return shape === 'sector' ? 'sector' : 'other';
}

/** A clip in memory as an open sequence. */
export function clipInMemory(clip: GrayClip): OpenSequence {
  return {
    frameCount: clip.frameCount,
    readFrame: async (index) => frameOf(clip, index),
    close: async () => {},
  };
}

/**
 * Frames of sequences at one size, kept in memory until a budget is spent; beyond it they are read again, so that data of any size pass.
 */
export class SequenceFrames {
  readonly size: number;
  readonly #budget: number;
  readonly #frames = new Map<Sequence, { count: number; kept: Map<number, GrayImage> }>();
  #bytes = 0;

  /**
   * @param size side of a frame, pixels
   * @param memoryMiB most memory that frames may take
   */
  constructor(size: number, memoryMiB: number) {
    this.size = size;
    this.#budget = memoryMiB * 2 ** 20;
  }

  /** How many frames a sequence has. */
  async frameCount(sequence: Sequence): Promise<number> {
    const known = this.#frames.get(sequence);
    if (known !== undefined) return known.count;
    const clip = await sequence.open();
    await clip.close();
    return clip.frameCount;
  }

  /** Some frames of a sequence, by a choice that is told how many it has. */
  async frames(sequence: Sequence, choose: (frameCount: number) => readonly number[]): Promise<GrayImage[]> {
    const known = this.#frames.get(sequence);
    if (known !== undefined) {
      const kept = choose(known.count).map((index) => known.kept.get(index));
      if (kept.every((frame) => frame !== undefined)) return kept;
    }
    const clip = await sequence.open();
    try {
      const entry = known ?? { count: clip.frameCount, kept: new Map<number, GrayImage>() };
      this.#frames.set(sequence, entry);
      const wanted = choose(clip.frameCount);
      const result: GrayImage[] = [];
      for (const index of wanted) {
        result.push(
          entry.kept.get(index) ?? this.#keep(entry.kept, index, squareOf(await clip.readFrame(index), this.size)),
        );
      }
      if (this.#bytes + (clip.frameCount - entry.kept.size) * this.size ** 2 <= this.#budget) {
        for (let index = 0; index < clip.frameCount; index++) {
          if (!entry.kept.has(index)) this.#keep(entry.kept, index, squareOf(await clip.readFrame(index), this.size));
        }
      }
      return result;
    } finally {
      await clip.close();
    }
  }

  #keep(kept: Map<number, GrayImage>, index: number, frame: GrayImage): GrayImage {
    if (this.#bytes + frame.data.length <= this.#budget) {
      kept.set(index, frame);
      this.#bytes += frame.data.length;
    }
    return frame;
  }
}

/** A frame resized to a square (bicubic, antialias), padded with black first where it is not one: no heart is stretched. */
export function squareOf(image: GrayImage, size: number): GrayImage {
  const padded = padToSquare(image);
  if (padded.width === size) return padded;
  return resizeImage(padded, size, size, 'bicubic');
}

function padToSquare(image: GrayImage): GrayImage {
  const { width, height } = image;
  if (width === height) return image;
  const side = Math.max(width, height);
  const data = new Uint8Array(side * side);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  for (let y = 0; y < height; y++) {
    data.set(image.data.subarray(y * width, (y + 1) * width), (top + y) * side + left);
  }
  return { width: side, height: side, data };
}
