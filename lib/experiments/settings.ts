import { ArgumentError } from '../core/errors.js';
import { DATA_KINDS, type DataKind, SCALES, type Scale } from '../records/record.js';

/** What a notebook or a command runs on. */
export interface Settings {
  readonly scale: Scale;
  readonly data: DataKind;
  /** True: compute even when a record of the same config, data and code is there. */
  readonly fresh: boolean;
}

/**
 * Settings of this process: `$ECHOLAB_SCALE` (default mini), `$ECHOLAB_SOURCE` (phantom or real, default phantom) and `$ECHOLAB_FRESH`.
 *
 * @throws {ArgumentError} on a value that is not known
 */
export function settings(environment: NodeJS.ProcessEnv = process.env): Settings {
  return {
    scale: oneOf('ECHOLAB_SCALE', environment.ECHOLAB_SCALE ?? 'mini', SCALES),
    data: oneOf('ECHOLAB_SOURCE', environment.ECHOLAB_SOURCE ?? 'phantom', DATA_KINDS),
    fresh: oneOf('ECHOLAB_FRESH', environment.ECHOLAB_FRESH ?? '0', ['0', '1']) === '1',
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new ArgumentError(`settings: ${name} must be ${allowed.join(', ')}, got ${value}`);
  return found;
}
