import { ArgumentError, DataError, LeakError } from '../core/errors.js';
import { hashOf } from '../core/hash.js';
import { type RandomStream, stream } from '../core/random.js';

/** The three sides of a split. */
export type SplitName = 'train' | 'validation' | 'test';

/** What splitting needs to know of a sample. */
export interface Splittable {
  readonly id: string;
  /** The unit of independence: no patient may stand on two sides. */
  readonly patient: string;
}

/** A split: each side's samples. */
export type Split<S> = Readonly<Record<SplitName, readonly S[]>>;

const NAMES: readonly SplitName[] = ['train', 'validation', 'test'];
const SPELLINGS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/** The split that a data set's own word means (`TRAIN`, `val`, `testing` …); `null` if it is none. */
export function splitNamed(word: string): SplitName | null {
  return SPELLINGS[word.trim().toLowerCase()] ?? null;
}

/**
 * The split that the samples carry.
 *
 * @throws {DataError} if a sample carries none
 * @throws {LeakError} if a patient stands on two sides
 */
export function officialSplit<S extends Splittable & { readonly split: SplitName | null }>(
  samples: readonly S[],
): Split<S> {
  const sides: Record<SplitName, S[]> = { train: [], validation: [], test: [] };
  for (const sample of samples) {
    if (sample.split === null) {
      throw new DataError(`officialSplit: ${sample.id} carries no split; use patientSplit`);
    }
    sides[sample.split].push(sample);
  }
  return checkedSplit(sides);
}

/**
 * A seeded split by patient: patients are shuffled, then dealt so that each side holds its share of the patients (to one patient).
 *
 * @param shares of patients; need not sum to 1, only their proportion counts
 * @throws {ArgumentError} if a share is negative or none is positive
 */
export function patientSplit<S extends Splittable>(
  samples: readonly S[],
  seed: number | string,
  shares: Readonly<Record<SplitName, number>>,
): Split<S> {
  const total = NAMES.reduce((sum, name) => sum + shares[name], 0);
  if (!(total > 0) || NAMES.some((name) => !(shares[name] >= 0))) {
    throw new ArgumentError(`patientSplit: shares must be >= 0 and not all 0, got ${JSON.stringify(shares)}`);
  }
  const patients = stream(seed, 'datasets/patient-split').shuffled(distinctPatients(samples));
  const ends = { train: 0, validation: 0, test: 0 };
  let reached = 0;
  for (const name of NAMES) {
    reached += shares[name];
    ends[name] = Math.round((reached / total) * patients.length);
  }
  const side = new Map<string, SplitName>();
  patients.forEach((patient, index) => {
    side.set(patient, NAMES.find((name) => index < ends[name]) ?? 'test');
  });
  const sides: Record<SplitName, S[]> = { train: [], validation: [], test: [] };
  for (const sample of samples) sides[side.get(sample.patient)!].push(sample);
  return checkedSplit(sides);
}

/**
 * Returns the split if no patient stands on two sides.
 *
 * @throws {LeakError} naming up to five patients that do
 */
export function checkedSplit<S extends Splittable>(split: Split<S>): Split<S> {
  const leaks = leakingPatients(NAMES.flatMap((name) => split[name].map(({ patient }) => ({ patient, side: name }))));
  if (leaks.length > 0) {
    throw new LeakError(
      `checkedSplit: ${leaks.length} patients stand on more than one side of the split: ${leaks
        .slice(0, 5)
        .map(({ patient, sides }) => `${patient} (${sides.join(', ')})`)
        .join('; ')}; split by patient`,
    );
  }
  return split;
}

/** Patients on more than one side. */
export function leakingPatients(
  samples: Iterable<{ readonly patient: string; readonly side: string }>,
): { readonly patient: string; readonly sides: string[] }[] {
  const sides = new Map<string, Set<string>>();
  for (const { patient, side } of samples) {
    const known = sides.get(patient);
    if (known === undefined) sides.set(patient, new Set([side]));
    else known.add(side);
  }
  return [...sides].filter(([, set]) => set.size > 1).map(([patient, set]) => ({ patient, sides: [...set] }));
}

/**
 * Throws if two sets of samples share a patient, e.g. pretraining and a downstream test set (EchoApex A.1 keeps them apart).
 *
 * @throws {LeakError}
 */
export function requireDisjointPatients(
  who: string,
  a: Iterable<{ readonly patient: string }>,
  b: Iterable<{ readonly patient: string }>,
): void {
  const known = new Set<string>();
  for (const { patient } of a) known.add(patient);
  const shared = new Set<string>();
  for (const { patient } of b) if (known.has(patient)) shared.add(patient);
  if (shared.size > 0) {
    throw new LeakError(
      `${who}: ${shared.size} patients stand in both sets, e.g. ${[...shared].slice(0, 5).join(', ')}; remove them from one`,
    );
  }
}

/**
 * Nested few-shot subsets: each smaller one lies within each larger one. Sampled over several training sets in proportion to their sizes
 * (EchoApex 2.3 samples 50, 100, 500, 1000 and 5000 annotated images from all sets).
 *
 * @param sets training samples of each data set
 * @param sizes ascending or not; each at most the total
 * @returns for each size, the subset, each set's share correct to one sample
 */
export function nestedSubsets<S extends Splittable>(
  sets: readonly (readonly S[])[],
  sizes: readonly number[],
  seed: number | string,
): ReadonlyMap<number, readonly S[]> {
  const total = sets.reduce((sum, set) => sum + set.length, 0);
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 1 || size > total) {
      throw new ArgumentError(`nestedSubsets: sizes must be integers in [1, ${total}], got ${size}`);
    }
  }
  const random = stream(seed, 'datasets/nested-subsets');
  const order = interleaved(
    sets.map((set, index) => random.child(index).shuffled(set)),
    total,
  );
  return new Map(sizes.map((size) => [size, order.slice(0, size)]));
}

/** One order whose every prefix holds each set in proportion: always next the set that is furthest behind its share. */
function interleaved<S>(sets: readonly (readonly S[])[], total: number): S[] {
  const taken = sets.map(() => 0);
  const order: S[] = [];
  while (order.length < total) {
    let next = -1;
    let worst = Number.NEGATIVE_INFINITY;
    sets.forEach((set, index) => {
      const behind = ((order.length + 1) * set.length) / total - taken[index]!;
      if (taken[index]! < set.length && behind > worst) [next, worst] = [index, behind];
    });
    order.push(sets[next]![taken[next]!]!);
    taken[next] = taken[next]! + 1;
  }
  return order;
}

/** A hash of who is on which side, for records and split files. */
export function hashOfSplit<S extends Splittable>(split: Split<S>): string {
  return hashOf(NAMES.map((name) => [name, split[name].map(({ id }) => id).sort()]));
}

/** Patients in the order they first appear. */
export function distinctPatients(samples: Iterable<{ readonly patient: string }>): string[] {
  const patients = new Set<string>();
  for (const { patient } of samples) patients.add(patient);
  return [...patients];
}

/** A seeded subset of patients with all their samples. */
export function samplePatients<S extends Splittable>(samples: readonly S[], count: number, random: RandomStream): S[] {
  const chosen = new Set(random.sample(distinctPatients(samples), count));
  return samples.filter(({ patient }) => chosen.has(patient));
}
