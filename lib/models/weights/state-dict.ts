import type { ParamShapes } from '../parameters.js';
import type { WeightEntry } from './weight-file.js';

/** Dicts of training checkpoints that hold a model, the one to prefer first: the DINO papers evaluate the teacher. */
const BRANCHES = ['teacher', 'state_dict', 'model', 'model_state_dict', 'student', 'net'];

/** The entries of one model within a file. */
export interface ResolvedKeys {
  /** What stood before every key of the model, such as `teacher.module.backbone.`. */
  readonly prefix: string;
  /** True if chunked keys (`blocks.0.3.`) were flattened (`blocks.3.`). */
  readonly chunked: boolean;
  /** Entries under the prefix, by the model's key. */
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** Keys of the file outside the prefix: heads, optimisers, other branches. */
  readonly outside: readonly string[];
}

/**
 * Finds a model's keys in a file whatever they are nested in: the prefix under which most of the model's keys stand wins; of equally
 * good ones the preferred branch, then the shortest.
 */
export function resolveKeys(entries: readonly WeightEntry[], shapes: ParamShapes): ResolvedKeys {
  const flat = entries.map((entry) => ({ entry, key: flattenChunks(entry.key) }));
  const votes = new Map<string, number>();
  for (const { key } of flat) {
    // Every tail of the key that is a key of the model votes for what stands before it.
    for (let at = 0; at >= 0; at = nextPart(key, at)) {
      if (Object.hasOwn(shapes, key.slice(at))) votes.set(key.slice(0, at), (votes.get(key.slice(0, at)) ?? 0) + 1);
    }
  }
  const prefix =
    [...votes].sort(([a, m], [b, n]) => n - m || branchRank(a) - branchRank(b) || a.length - b.length)[0]?.[0] ?? '';
  const inside = flat.filter(({ key }) => key.startsWith(prefix));
  return {
    prefix,
    chunked: inside.some(({ entry, key }) => entry.key !== key),
    entries: new Map(inside.map(({ entry, key }) => [key.slice(prefix.length), entry])),
    outside: flat.filter(({ key }) => !key.startsWith(prefix)).map(({ entry }) => entry.key),
  };
}

/** DINOv2 stores blocks in chunks: `blocks.1.7.norm1.weight` is block 7. */
function flattenChunks(key: string): string {
  return key.replace(/(^|\.)blocks\.\d+\.(\d+)\./, '$1blocks.$2.');
}

function nextPart(key: string, at: number): number {
  const dot = key.indexOf('.', at);
  return dot < 0 ? -1 : dot + 1;
}

function branchRank(prefix: string): number {
  const rank = BRANCHES.indexOf(prefix.split('.')[0] ?? '');
  return rank < 0 ? BRANCHES.length : rank;
}
