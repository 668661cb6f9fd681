import { type CompiledInference, compileInference, type InferenceFunction, type RunOutputs } from './compile.js';
import type { SessionOptions } from './session.js';
import type { HostTensor, TensorData, TensorType } from './typed-array.js';

/** An input whose shape may differ from run to run. */
export interface ShapedInput {
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** Default float32. */
  readonly dtype?: TensorType;
}

export interface ShapedInferenceOptions extends SessionOptions {
  readonly params: Readonly<Record<string, HostTensor>>;
  readonly name?: string;
}

/** A forward pass for inputs of any shape. */
export interface ShapedInference {
  run(inputs: Readonly<Record<string, ShapedInput>>): Promise<RunOutputs>;
  /** How many shapes have been met. */
  readonly sessions: number;
  dispose(): Promise<void>;
}

/**
 * A forward pass that is compiled once for each set of input shapes: whole batches and the smaller last one.
 *
 * Every session holds the parameters again: keep the shapes few.
 */
export function shapedInference(fn: InferenceFunction, options: ShapedInferenceOptions): ShapedInference {
  const sessions = new Map<string, Promise<CompiledInference>>();
  return {
    async run(inputs) {
      const specs = Object.entries(inputs).map(
        ([name, { shape, dtype }]) => [name, { shape, dtype: dtype ?? 'float32' }] as const,
      );
      const key = JSON.stringify(specs);
      let session = sessions.get(key);
      if (!session) {
        session = compileInference(fn, { ...options, inputs: Object.fromEntries(specs) });
        sessions.set(key, session);
      }
      const data = Object.entries(inputs).map(([name, input]) => [name, input.data] as const);
      return (await session).run(Object.fromEntries(data));
    },
    get sessions() {
      return sessions.size;
    },
    async dispose() {
      for (const session of sessions.values()) await (await session).dispose();
      sessions.clear();
    },
  };
}
