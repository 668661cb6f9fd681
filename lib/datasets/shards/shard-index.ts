import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, messageOf } from '../../core/errors.js';

/** `shards.json`: what the tar files of a folder hold. */
const schema = z.strictObject({
  layout: z.literal('webdataset'),
  /** Side of the square frames, pixels. */
  size: z.number().int().positive(),
  frames: z.number().int().positive(),
  shards: z
    .array(
      z.strictObject({
        file: z.string().regex(/^[\w-]+\.tar$/),
        frames: z.number().int().positive(),
        bytes: z.number().int().positive(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});

/** Index of a folder of shards. */
export interface ShardIndex {
  readonly layout: 'webdataset';
  /** Side of the frames, pixels. */
  readonly size: number;
  readonly frames: number;
  readonly shards: readonly {
    readonly file: string;
    readonly frames: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

/** Name of the index. */
export const SHARD_INDEX = 'shards.json';

/**
 * Reads a folder's index.
 *
 * @throws {DataError} if it is missing or malformed
 */
export function readShardIndex(folder: string): ShardIndex {
  const path = join(folder, SHARD_INDEX);
  if (!existsSync(path))
    throw new DataError(`readShardIndex: ${SHARD_INDEX} is not in ${folder}; write shards with writeShards`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataError(`readShardIndex: ${path} is not JSON: ${messageOf(error)}`);
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new DataError(`readShardIndex: ${path}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return result.data;
}
