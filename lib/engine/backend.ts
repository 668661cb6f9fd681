import * as tf from '@tensorflow/tfjs';
import { EnvironmentError, messageOf } from '../core/errors.js';

/** Backends on which TensorFlow.js runs eagerly, op by op. */
export type EagerBackend = 'cpu' | 'wasm' | 'tensorflow';

/** A `string`, not a literal: the compiler must not look for a package that npm may have left out. */
const OPTIONAL_PACKAGE: string = '@tensorflow/tfjs-node-gpu';

/**
 * Chooses where tfjs runs code that is not compiled: debugging, and the oracle of tests.
 *
 * `cpu` is plain JavaScript: slow, complete. `wasm` runs on one thread, is faster, and lacks some gradients
 * (convolution filters, gather). `tensorflow` needs a working @tensorflow/tfjs-node or -node-gpu.
 *
 * @throws {EnvironmentError} if the backend cannot be loaded
 */
export async function useEagerBackend(name: EagerBackend): Promise<void> {
  tf.env().set('PROD', true); // silences tfjs's advice to install tfjs-node
  try {
    if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
    if (name === 'tensorflow') await import(OPTIONAL_PACKAGE);
    if (await tf.setBackend(name)) {
      await tf.ready();
      return;
    }
  } catch (error) {
    throw new EnvironmentError(
      `useEagerBackend: the backend '${name}' does not load: ${messageOf(error)}; use 'cpu' or 'wasm'`,
    );
  }
  throw new EnvironmentError(`useEagerBackend: the backend '${name}' does not start; use 'cpu' or 'wasm'`);
}
