import { Option } from 'commander';

/** An option that takes one of a few words; commander refuses others with exit code 2. */
export function choice(flags: string, description: string, allowed: readonly string[], standard: string): Option {
  return new Option(flags, description).choices([...allowed]).default(standard);
}
