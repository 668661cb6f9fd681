import type { Value } from '../graph.js';

/** Named tensors of a kernel, or a list of them for variadic kernels (Concat, Pack, AddN). */
export type KernelInputs = Readonly<Record<string, Value>> & { readonly [Symbol.iterator]?: undefined };

// biome-ignore lint/suspicious/noExplicitAny: tfjs leaves the attributes of kernels untyped
export type KernelAttributes = Readonly<Record<string, any>>;

/** Appends a tfjs kernel to the graph being traced. */
export type Kernel = (inputs: KernelInputs, attributes: KernelAttributes) => Value | Value[];

const kernels = new Map<string, Kernel>();

/**
 * Teaches the engine a tfjs kernel.
 *
 * @param name as in tfjs's kernel_names.d.ts
 * @param kernel gets the inputs as graph values and returns the outputs
 * @example defineKernel('Square', ({ x }) => binary('Mul', x!, x!))
 */
export function defineKernel(name: string, kernel: Kernel): void {
  kernels.set(name, kernel);
}

/** A kernel whose inputs are a list. */
export function defineListKernel(
  name: string,
  kernel: (inputs: readonly Value[], attributes: KernelAttributes) => Value | Value[],
): void {
  kernels.set(name, (inputs, attributes) => kernel(Object.values(inputs), attributes));
}

/** Every kernel the engine can trace. */
export function definedKernels(): ReadonlyMap<string, Kernel> {
  return kernels;
}
