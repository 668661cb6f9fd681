import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DataError, messageOf } from '../core/errors.js';
import { writeJsonWhole } from '../core/files.js';
import { checkedSplit, hashOfSplit, type Split, type SplitName, type Splittable } from './split.js';

const splitFile = z.strictObject({
  dataset: z.string(),
  /** How the split was made, e.g. `official` or `patientSplit seed 1, 7:1:2`. */
  rule: z.string(),
  hash: z.string(),
  sides: z.strictObject({
    train: z.array(z.string()),
    validation: z.array(z.string()),
    test: z.array(z.string()),
  }),
});

/** Writes a split with its hash, whole or not at all; returns the hash. */
export function writeSplitFile(path: string, dataset: string, rule: string, split: Split<Splittable>): string {
  const hash = hashOfSplit(split);
  const ids = (side: SplitName): string[] => split[side].map(({ id }) => id).sort();
  writeJsonWhole(path, {
    dataset,
    rule,
    hash,
    sides: { train: ids('train'), validation: ids('validation'), test: ids('test') },
  });
  return hash;
}

/**
 * Reads a split file back onto samples.
 *
 * @throws {DataError} if it is malformed, was changed by hand (its hash does not fit), or names a sample that is not there
 * @throws {LeakError} if a patient stands on two sides
 */
export function readSplitFile<S extends Splittable>(path: string, samples: readonly S[]): Split<S> {
  let parsed: ReturnType<typeof splitFile.safeParse>;
  try {
    parsed = splitFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new DataError(`readSplitFile: cannot read ${path}: ${messageOf(error)}`);
  }
  if (!parsed.success)
    throw new DataError(`readSplitFile: ${path} is not a split file: ${parsed.error.issues[0]?.message}`);
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const side = (name: SplitName): S[] =>
    parsed.data.sides[name].map((id) => {
      const sample = byId.get(id);
      if (sample === undefined) throw new DataError(`readSplitFile: ${path} names ${id}, which is not in the data set`);
      return sample;
    });
  const split = checkedSplit({ train: side('train'), validation: side('validation'), test: side('test') });
  const hash = hashOfSplit(split);
  if (hash !== parsed.data.hash) {
    throw new DataError(`readSplitFile: ${path} was changed: its hash is ${parsed.data.hash}, its content has ${hash}`);
  }
  return split;
}
