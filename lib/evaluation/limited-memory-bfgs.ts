/** A smooth function of many variables: its value, and its gradient written into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** Where the search for a minimum ended. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** True if the largest entry of the gradient fell to the tolerance. */
  readonly converged: boolean;
}

/** Settings of {@link minimise}. */
export interface MinimiseOptions {
  readonly tolerance: number;
  readonly iterations: number;
}

/** Steps remembered. */
const MEMORY = 10;

/** Armijo and curvature constants of the line search. */
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;

const LINE_STEPS = 40;

/**
 * Minimum of a smooth convex function by limited-memory BFGS with a weak-Wolfe line search by bisection.
 *
 * Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5.
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Minimum {
  let point: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(start.length);
  let value = objective(point, gradient);
  const steps: { move: Float64Array; change: Float64Array; product: number }[] = [];
  for (let iteration = 0; ; iteration++) {
    const converged = largest(gradient) <= options.tolerance;
    if (converged || iteration === options.iterations) return { point, value, iterations: iteration, converged };
    const direction = descentDirection(gradient, steps);
    const first = iteration === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = searchLine(objective, point, value, gradient, direction, first);
    if (!next) return { point, value, iterations: iteration, converged: false };
    const move = next.point.map((x, i) => x - point[i]!);
    const change = next.gradient.map((g, i) => g - gradient[i]!);
    const product = dot(move, change);
    if (product > 0) steps.push({ move, change, product });
    if (steps.length > MEMORY) steps.shift();
    ({ point, value, gradient } = next);
  }
}

function descentDirection(
  gradient: Float64Array,
  steps: readonly { move: Float64Array; change: Float64Array; product: number }[],
): Float64Array {
  const direction = gradient.map((g) => -g);
  const weights = new Float64Array(steps.length);
  for (let s = steps.length - 1; s >= 0; s--) {
    const { move, change, product } = steps[s]!;
    weights[s] = dot(move, direction) / product;
    for (let i = 0; i < direction.length; i++) direction[i]! -= weights[s]! * change[i]!;
  }
  const last = steps.at(-1);
  if (last) {
    const scale = last.product / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  steps.forEach(({ move, change, product }, s) => {
    const weight = weights[s]! - dot(change, direction) / product;
    for (let i = 0; i < direction.length; i++) direction[i]! += weight * move[i]!;
  });
  return direction;
}

function searchLine(
  objective: Objective,
  point: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): { point: Float64Array; value: number; gradient: Float64Array } | null {
  const slope = dot(gradient, direction);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = first;
  let decreased: { point: Float64Array; value: number; gradient: Float64Array } | null = null;
  for (let step = 0; step < LINE_STEPS; step++) {
    const candidate = point.map((x, i) => x + length * direction[i]!);
    const candidateGradient = new Float64Array(point.length);
    const candidateValue = objective(candidate, candidateGradient);
    if (!(candidateValue <= value + SUFFICIENT_DECREASE * length * slope)) {
      high = length;
    } else {
      decreased = { point: candidate, value: candidateValue, gradient: candidateGradient };
      if (dot(candidateGradient, direction) >= CURVATURE * slope) return decreased;
      low = length;
    }
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return decreased;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
