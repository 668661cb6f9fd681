import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, messageOf } from '../../core/errors.js';
import { workbenchRoot } from '../../core/paths.js';

/** Where an official checkpoint comes from. Nothing is fetched: the user gets the file, the manifest says where and under what terms. */
export const weightsManifestSchema = z.strictObject({
  /** File name of the manifest without `.json`. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  /** Name in the registry: `weights import FILE --as MODEL`. */
  model: z.string().min(1),
  /** What the paper or the workbench uses it for. */
  purpose: z.string().min(1),
  file: z.string().min(1),
  /** Where the file is, or the page that leads to it. */
  url: z.url(),
  licence: z.strictObject({ name: z.string().min(1), url: z.url(), note: z.string().nullable() }),
  /** As the source states it or as the shapes give it; null if not known. */
  approximateMegabytes: z.number().positive().nullable(),
  /** SHA-256 of the file; null where the source publishes none. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** The first digits of the SHA-256, where the file's name carries them. */
  sha256Prefix: z
    .string()
    .regex(/^[0-9a-f]{6,63}$/)
    .nullable(),
  citation: z.string().min(1),
  /** What to know before importing; null if nothing. */
  note: z.string().nullable(),
});

/** A weights manifest. */
export type WeightsManifest = z.infer<typeof weightsManifestSchema>;

/**
 * Every manifest of a folder, by name.
 *
 * @param folder `data-manifests/weights` of the workbench if left out
 * @throws {DataError} naming the file and the field that is wrong
 */
export function readWeightsManifests(
  folder: string = join(workbenchRoot(), 'data-manifests', 'weights'),
): WeightsManifest[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => readManifest(join(folder, file), file.slice(0, -'.json'.length)));
}

function readManifest(path: string, name: string): WeightsManifest {
  let manifest: WeightsManifest;
  try {
    manifest = weightsManifestSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new DataError(`readWeightsManifests: ${path} is not a weights manifest: ${why}`);
  }
  if (manifest.name !== name) {
    throw new DataError(`readWeightsManifests: ${path} must be named ${manifest.name}.json`);
  }
  return manifest;
}

/**
 * Compares a file's SHA-256 with its manifest.
 *
 * @returns `equal`, `different`, or `unknown` where the manifest has neither hash nor prefix
 */
export function compareHash(manifest: WeightsManifest, sha256: string): 'equal' | 'different' | 'unknown' {
  if (manifest.sha256 !== null) return manifest.sha256 === sha256 ? 'equal' : 'different';
  if (manifest.sha256Prefix !== null) return sha256.startsWith(manifest.sha256Prefix) ? 'equal' : 'different';
  return 'unknown';
}
