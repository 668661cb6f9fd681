import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, messageOf } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { workbenchRoot } from '../core/paths.js';

/** The layouts that there are readers for. */
export const LAYOUTS = [
  'echonet-dynamic',
  'echonet-pediatric',
  'camus',
  'echonet-lvh',
  'unity',
  'tmed-2',
  'view-study',
  'volume-set',
  'vol-biplane',
  'picture-set',
] as const;

/** A layout on disk. */
export type Layout = (typeof LAYOUTS)[number];

const sentence = z.string().trim().min(10);
const count = z.number().int().nonnegative();

const manifestSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case'),
    title: z.string().min(3),
    /** Phantom data say so on every figure made from them. */
    origin: z.enum(['real', 'phantom']),
    /** For phantom sets: the manifest whose layout they copy. */
    phantomOf: z.string().optional(),
    layout: z.enum(LAYOUTS),
    meaning: sentence,
    licence: z.strictObject({ name: z.string().min(3), url: z.url().optional(), redistributable: z.boolean() }),
    citation: sentence,
    access: z.strictObject({ url: z.url().optional(), steps: z.array(sentence).min(1) }),
    /** What is expected on disk, relative to the root. */
    files: z.array(z.strictObject({ path: z.string().min(1), meaning: sentence })).min(1),
    splits: z.strictObject({
      kind: z.enum(['official', 'folds', 'column', 'none']),
      meaning: sentence,
      /** Accepted sets of sizes; more than one where releases differ. */
      expected: z.array(z.strictObject({ train: count, validation: count, test: count, source: sentence })),
    }),
    independence: z.strictObject({ unit: z.literal('patient'), from: sentence }),
    knownErrors: z.array(z.strictObject({ what: sentence, handling: sentence })),
    /** Counts of a complete release, e.g. the paper's Table 8. Empty where the data are the user's own. */
    expectedCounts: z.record(z.string(), count),
  })
  .refine((manifest) => (manifest.origin === 'phantom') === (manifest.phantomOf !== undefined), {
    message: 'phantomOf must be given for phantom data and only for them',
    path: ['phantomOf'],
  });

/** What a data set is, how to get it, how it lies on disk and what is known to be wrong with it. */
export interface Manifest {
  readonly name: string;
  readonly title: string;
  readonly origin: 'real' | 'phantom';
  readonly phantomOf?: string;
  readonly layout: Layout;
  readonly meaning: string;
  readonly licence: { readonly name: string; readonly url?: string; readonly redistributable: boolean };
  readonly citation: string;
  readonly access: { readonly url?: string; readonly steps: readonly string[] };
  readonly files: readonly { readonly path: string; readonly meaning: string }[];
  readonly splits: {
    readonly kind: 'official' | 'folds' | 'column' | 'none';
    readonly meaning: string;
    readonly expected: readonly {
      readonly train: number;
      readonly validation: number;
      readonly test: number;
      readonly source: string;
    }[];
  };
  readonly independence: { readonly unit: 'patient'; readonly from: string };
  readonly knownErrors: readonly { readonly what: string; readonly handling: string }[];
  readonly expectedCounts: Readonly<Record<string, number>>;
}

/** The folder of the shipped manifests. */
export function manifestFolder(): string {
  return join(workbenchRoot(), 'data-manifests');
}

/** Names of the shipped manifests. */
export function manifestNames(): string[] {
  return readdirSync(manifestFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * Reads a manifest.
 *
 * @param nameOrPath `echonet-dynamic`, or a path that ends in `.json`
 * @throws {DataError} naming the file and the field
 */
export function readManifest(nameOrPath: string): Manifest {
  const path = nameOrPath.endsWith('.json') ? nameOrPath : join(manifestFolder(), `${nameOrPath}.json`);
  if (!existsSync(path)) {
    throw new DataError(
      `readManifest: there is no manifest ${JSON.stringify(nameOrPath)}; known are ${manifestNames().join(', ')}, or give a path to a .json file`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataError(`readManifest: ${path} is not JSON: ${messageOf(error)}`);
  }
  return parseManifest(json, path);
}

/** As {@link readManifest}, from a value; `origin` is named in errors. */
export function parseManifest(value: unknown, origin: string): Manifest {
  const result = manifestSchema.safeParse(value);
  if (result.success) return result.data as Manifest;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`);
  throw new DataError(`readManifest: ${origin} is not a manifest: ${problems.join('; ')}`);
}

/** Hash of a manifest, for records. */
export function hashOfManifest(manifest: Manifest): string {
  return hashOf(manifest);
}
