import { readCsv } from '../core/csv.js';
import { ArgumentError, DataError, messageOf } from '../core/errors.js';
import { type ProgressFactory, silentProgress } from '../core/progress.js';
import { stream } from '../core/random.js';
import { spreadPlace } from '../core/spread.js';
import type { GrayImage } from '../imaging/image.js';
import type { ClipEntry, FrameGroup } from './frame-source.js';

/** A frame to be embedded. */
export interface FrameToExplore {
  /** Clip and frame, as a person reads it. */
  readonly sample: string;
  readonly patient: string;
  /** The same columns for every frame. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly image: GrayImage;
}

/** What {@link framesToExplore} found. */
export interface ExploredFrames {
  readonly frames: readonly FrameToExplore[];
  /** Clips that could not be read, and why. */
  readonly unreadable: readonly { readonly clip: string; readonly reason: string }[];
}

/** Options of {@link framesToExplore}. */
export interface ExploreFramesOptions {
  /** At most so many frames, drawn by the seed. */
  readonly most: number;
  /** Frames a clip, spread evenly; one is its middle. */
  readonly framesPerClip: number;
  readonly seed: number;
  /** A table with `path` and further columns, which are added to the attributes; `patient` is the patient. */
  readonly table?: string;
  readonly progress?: ProgressFactory;
}

/** Colours and markers can tell so many classes apart (figures/palette.ts). */
const MOST_CLASSES = 45;
const UNKNOWN = 'unknown';

/** Reads frames of clips with what is known about them. A clip that cannot be read is listed and left out. */
export async function framesToExplore(
  groups: readonly FrameGroup[],
  options: ExploreFramesOptions,
): Promise<ExploredFrames> {
  const { most, framesPerClip, seed, table } = options;
  for (const [name, value] of Object.entries({ most, framesPerClip })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new ArgumentError(`framesToExplore: ${name} must be a whole number >= 1, got ${value}`);
    }
  }
  const more = table === undefined ? new Map<string, Record<string, string>>() : readAttributes(table);
  const all = groups.flatMap((group) => group.clips.map((clip) => ({ group, clip })));
  const wanted = Math.min(all.length, Math.ceil(most / framesPerClip));
  const chosen = stream(seed, 'explore').sample(all, wanted);
  const bar = (options.progress ?? silentProgress)('read', chosen.length, 'clips');
  const found: { sample: string; clip: ClipEntry; group: FrameGroup; image: GrayImage }[] = [];
  const unreadable: { clip: string; reason: string }[] = [];
  for (const [index, { group, clip }] of chosen.entries()) {
    try {
      const open = await group.open(clip.id);
      try {
        for (const frame of spread(open.frameCount, framesPerClip)) {
          const image = await open.readFrame(frame);
          found.push({ sample: open.frameCount > 1 ? `${clip.id}, frame ${frame + 1}` : clip.id, clip, group, image });
        }
      } finally {
        await open.close();
      }
    } catch (error) {
      unreadable.push({ clip: clip.id, reason: messageOf(error) });
    }
    bar.update(index + 1);
  }
  bar.finish();
  const [first] = unreadable;
  if (found.length === 0 && first !== undefined) {
    throw new DataError(
      `framesToExplore: none of ${chosen.length} clips can be read; the first, ${first.clip}: ${first.reason}`,
    );
  }
  const rows = found.slice(0, most).map(({ sample, clip, group, image }) => {
    const { patient = clip.patient, ...extra } = more.get(clip.id) ?? {};
    const words: Readonly<Record<string, string>> = { set: group.title, ...clip.attributes, ...extra };
    return { sample, patient, image, words };
  });
  const columns = tellingColumns(rows.map(({ words }) => words));
  return {
    frames: rows.map(({ words, ...row }) => ({
      ...row,
      attributes: Object.fromEntries(columns.map((column) => [column, words[column] ?? UNKNOWN])),
    })),
    unreadable,
  };
}

/** `count` frames of a clip, in the middles of as many equal parts. */
function spread(frameCount: number, count: number): number[] {
  const places = Array.from({ length: count }, (_value, part) => spreadPlace(part, count, frameCount));
  return [...new Set(places)];
}

/** Columns worth colouring by: more than one value and no more than colours can tell apart. The set's name if there is no other. */
function tellingColumns(rows: readonly Readonly<Record<string, string>>[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const telling = names.filter((name) => {
    const values = new Set(rows.map((row) => row[name] ?? UNKNOWN));
    return values.size > 1 && values.size <= MOST_CLASSES;
  });
  return telling.length > 0 ? telling : ['set'];
}

function readAttributes(table: string): Map<string, Record<string, string>> {
  const rows = readCsv(table, ['path']);
  return new Map(rows.map(({ path, ...words }) => [path ?? '', words as Record<string, string>]));
}
