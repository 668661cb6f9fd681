import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { EnvironmentError } from '../../lib/core/errors.js';
import { defaultThreads } from '../../lib/engine/threads.js';

afterEach(() => vi.unstubAllEnvs());

test('every core, unless told otherwise', () => {
  vi.stubEnv('ECHOLAB_THREADS', '');
  expect(defaultThreads()).toBe(availableParallelism());
  vi.stubEnv('ECHOLAB_THREADS', '1');
  expect(defaultThreads()).toBe(1);
});

test.each(['0', '1.5', 'many'])('"%s" is refused by name', (value) => {
  vi.stubEnv('ECHOLAB_THREADS', value);
  expect(() => defaultThreads()).toThrow(EnvironmentError);
  expect(() => defaultThreads()).toThrow(/ECHOLAB_THREADS .* positive integer/);
});
