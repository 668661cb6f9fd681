import { ArgumentError } from '../core/errors.js';
import { DATA_KINDS, type DataKind, SCALES, type Scale } from '../records/record.js';

/**
 * What is done where a record is there already: `fresh` computes again, `unchanged` loads it when config and code are those of the
 * record, `any` loads it as it is (to look at it again with newer figures and tables) and fails where there is none.
 */
export const RECORD_USES = ['fresh', 'unchanged', 'any'] as const;

/** One of {@link RECORD_USES}. */
export type RecordUse = (typeof RECORD_USES)[number];

/** What a notebook or a command runs on. */
export interface Settings {
  readonly scale: Scale;
  readonly data: DataKind;
  readonly record: RecordUse;
}

/**
 * Settings of this process: `$ECHOLAB_SCALE` (default mini), `$ECHOLAB_SOURCE` (phantom or real, default phantom) and
 * `$ECHOLAB_RECORD` (default unchanged).
 *
 * @throws {ArgumentError} on a value that is not known
 */
export function settings(environment: NodeJS.ProcessEnv = process.env): Settings {
  return {
    scale: oneOf('ECHOLAB_SCALE', environment.ECHOLAB_SCALE ?? 'mini', SCALES),
    data: oneOf('ECHOLAB_SOURCE', environment.ECHOLAB_SOURCE ?? 'phantom', DATA_KINDS),
    record: oneOf('ECHOLAB_RECORD', environment.ECHOLAB_RECORD ?? 'unchanged', RECORD_USES),
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new ArgumentError(`settings: ${name} must be ${allowed.join(', ')}, got ${value}`);
  return found;
}
