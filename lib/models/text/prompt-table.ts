import * as tf from '@tensorflow/tfjs';
import { ArgumentError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';
import { drawParams, type HostParam, normal, type ParamShapes, type Params, param } from '../parameters.js';

/**
 * The fallback without CLIP's weights: one learned embedding for each prompt text, named in records as `prompt-table`. It knows nothing of
 * language: a text that is not in the table cannot be asked for.
 */
export const PROMPT_TABLE = 'prompt-table';

/** Keys and shapes of the table: one row a text. */
export function promptTableShapes(texts: readonly string[], width: number): ParamShapes {
  return { 'prompt_table.weight': [texts.length, width] };
}

/** Random initialisation of the table, standard normal times 0.02 as token embeddings of CLIP. */
export function promptTableParams(
  texts: readonly string[],
  width: number,
  random: RandomStream,
): Record<string, HostParam> {
  return drawParams(promptTableShapes(texts, width), random, () => normal(0.02));
}

/**
 * Rows of the table.
 *
 * @param choice `[B, texts]` one-hot float32, see {@link promptChoice}
 * @returns `[B, width]`, what `SamPrompts.text` takes
 */
export function promptTable(params: Params, choice: tf.Tensor): tf.Tensor {
  return tf.matMul(choice as tf.Tensor2D, param(params, 'prompt_table.weight') as tf.Tensor2D);
}

/**
 * One-hot rows for texts, row-major `[wanted, texts]`.
 *
 * @throws {ArgumentError} naming a text that is not in the table
 */
export function promptChoice(texts: readonly string[], wanted: readonly string[]): Float32Array {
  const choice = new Float32Array(wanted.length * texts.length);
  for (const [row, text] of wanted.entries()) {
    const column = texts.indexOf(text);
    if (column < 0) {
      throw new ArgumentError(
        `promptChoice: ${JSON.stringify(text)} is not in the table of prompts (${texts.join(', ')}); import CLIP's weights for free text`,
      );
    }
    choice[row * texts.length + column] = 1;
  }
  return choice;
}
