import type { JointProbabilities } from './affinities.js';
import { type Quadtree, QuadtreeBuilder } from './quadtree.js';
import { attract, type Forces, LeafRepulsion, repelExactly } from './tsne-forces.js';

/** What the threads of one descent share. */
export interface TsneShared {
  /** `[N, 2]` the map; starts as the start, ends as the result. */
  readonly points: Float64Array;
  readonly joint: JointProbabilities;
  readonly forces: Forces;
  /** Absent: exact repulsion. */
  readonly tree: Quadtree | null;
  /** Words that order the threads; see {@link Word}. */
  readonly control: Int32Array;
}

/** Settings of the descent. */
export interface TsneSchedule {
  readonly angle: number;
  readonly iterations: number;
  readonly exaggerationIterations: number;
  readonly exaggeration: number;
  readonly learningRate: number;
}

/** One thread's part. Thread 0 leads: it moves the points and tells the others when to compute forces. */
export interface TsneThread {
  readonly shared: TsneShared;
  readonly schedule: TsneSchedule;
  readonly leads: boolean;
  /** Threads beside the leader. */
  readonly helpers: number;
}

/** What the leader reports: after every {@link CHECK_EVERY} iterations, and once at the end. */
export interface TsneMessage {
  readonly iteration: number;
  /** Kullback-Leibler divergence, in nats; NaN or infinite if the map ran away. */
  readonly divergence: number;
  readonly finished: boolean;
}

/** Iterations between two looks at the divergence, as in scikit-learn. */
export const CHECK_EVERY = 50;

/** Checks without a lower divergence that end the descent, in iterations. */
const PATIENCE = 300;

/** Gradient norm that ends the descent. */
const LEAST_GRADIENT = 1e-7;

const EARLY_MOMENTUM = 0.5;
const LATE_MOMENTUM = 0.8;
const LEAST_GAIN = 0.01;

/** Points or leaves that a thread takes at a time. */
const POINTS_AT_ONCE = 128;
const LEAVES_AT_ONCE = 16;

/** Indices into {@link TsneShared.control}. */
const Word = {
  /** Rises when attraction may be computed. */
  pointsReady: 0,
  /** Rises when repulsion may be computed. */
  treeReady: 1,
  /** Next point to attract. */
  nextPoint: 2,
  /** Next point or leaf to repel. */
  nextLeaf: 3,
  /** Helpers that are done with the iteration. */
  done: 4,
  /** 1: also compute the stretch. */
  measure: 5,
  /** 1: helpers end. */
  stop: 6,
} as const;

/** Words of {@link TsneShared.control}. */
export const CONTROL_WORDS = 7;

/** Runs one thread to its end. */
export function runTsneThread(thread: TsneThread, report: (message: TsneMessage) => void): void {
  if (thread.leads) new Descent(thread, report).run();
  else help(thread);
}

function help({ shared, schedule }: TsneThread): void {
  const { control, tree } = shared;
  const leafRepulsion = tree && new LeafRepulsion(tree, schedule.angle);
  for (let turn = 0; ; turn++) {
    Atomics.wait(control, Word.pointsReady, turn);
    if (Atomics.load(control, Word.stop) === 1) return;
    attractShare(shared);
    Atomics.wait(control, Word.treeReady, turn);
    repelShare(shared, leafRepulsion);
    Atomics.add(control, Word.done, 1);
    Atomics.notify(control, Word.done);
  }
}

function attractShare({ points, joint, forces, control }: TsneShared): void {
  const count = points.length / 2;
  const measure = Atomics.load(control, Word.measure) === 1;
  for (;;) {
    const from = Atomics.add(control, Word.nextPoint, POINTS_AT_ONCE);
    if (from >= count) return;
    attract(points, joint, forces, from, Math.min(count, from + POINTS_AT_ONCE), measure);
  }
}

function repelShare({ points, forces, tree, control }: TsneShared, leafRepulsion: LeafRepulsion | null): void {
  const total = tree ? tree.leaves[0]! : points.length / 2;
  const atOnce = tree ? LEAVES_AT_ONCE : POINTS_AT_ONCE;
  for (;;) {
    const from = Atomics.add(control, Word.nextLeaf, atOnce);
    if (from >= total) return;
    const to = Math.min(total, from + atOnce);
    if (leafRepulsion) leafRepulsion.repel(forces, from, to);
    else repelExactly(points, forces, from, to);
  }
}

/** Gradient descent with momentum and a gain for each coordinate, as scikit-learn's. */
class Descent {
  readonly #thread: TsneThread;
  readonly #report: (message: TsneMessage) => void;
  readonly #builder: QuadtreeBuilder | null;
  readonly #leafRepulsion: LeafRepulsion | null;
  readonly #step: Float64Array;
  readonly #gains: Float64Array;
  /** sum p ln p: the part of the divergence that does not change. */
  readonly #entropy: number;
  #turn = 0;

  constructor(thread: TsneThread, report: (message: TsneMessage) => void) {
    const { points, tree, joint } = thread.shared;
    this.#thread = thread;
    this.#report = report;
    this.#builder = tree && new QuadtreeBuilder(tree);
    this.#leafRepulsion = tree && new LeafRepulsion(tree, thread.schedule.angle);
    this.#step = new Float64Array(points.length);
    this.#gains = new Float64Array(points.length).fill(1);
    let entropy = 0;
    for (const p of joint.values) if (p > 0) entropy += p * Math.log(p);
    this.#entropy = entropy;
  }

  run(): void {
    const { exaggerationIterations, iterations, exaggeration } = this.#thread.schedule;
    const early = Math.min(exaggerationIterations, iterations);
    const reached = this.#descend(0, early, exaggeration, EARLY_MOMENTUM);
    this.#step.fill(0);
    this.#gains.fill(1);
    const { iteration, divergence } = early < iterations ? this.#descend(early, iterations, 1, LATE_MOMENTUM) : reached;
    this.#release();
    this.#report({ iteration, divergence, finished: true });
  }

  #descend(
    start: number,
    end: number,
    exaggeration: number,
    momentum: number,
  ): { iteration: number; divergence: number } {
    let best = Number.POSITIVE_INFINITY;
    let bestIteration = start;
    for (let iteration = start + 1; ; iteration++) {
      const measure = iteration % CHECK_EVERY === 0 || iteration === end;
      const normaliser = this.#computeForces(measure);
      const divergence = measure ? this.#divergence(normaliser) : Number.NaN;
      const gradientNorm = this.#move(exaggeration, momentum, normaliser);
      if (!measure) continue;
      this.#report({ iteration, divergence, finished: false });
      if (divergence < best) {
        best = divergence;
        bestIteration = iteration;
      }
      const stuck = exaggeration === 1 && iteration - bestIteration > PATIENCE;
      if (iteration === end || stuck || gradientNorm <= LEAST_GRADIENT || !Number.isFinite(divergence)) {
        return { iteration, divergence };
      }
    }
  }

  /** Fills the forces, together with the helpers; returns Z. */
  #computeForces(measure: boolean): number {
    const { shared, helpers } = this.#thread;
    const { control, points, forces } = shared;
    this.#turn++;
    Atomics.store(control, Word.nextPoint, 0);
    Atomics.store(control, Word.nextLeaf, 0);
    Atomics.store(control, Word.done, 0);
    Atomics.store(control, Word.measure, measure ? 1 : 0);
    Atomics.store(control, Word.pointsReady, this.#turn);
    Atomics.notify(control, Word.pointsReady);
    this.#builder?.build(points);
    Atomics.store(control, Word.treeReady, this.#turn);
    Atomics.notify(control, Word.treeReady);
    attractShare(shared);
    repelShare(shared, this.#leafRepulsion);
    for (let done = Atomics.load(control, Word.done); done < helpers; done = Atomics.load(control, Word.done)) {
      Atomics.wait(control, Word.done, done);
    }
    let normaliser = 0;
    for (const closeness of forces.closeness) normaliser += closeness;
    return normaliser;
  }

  #divergence(normaliser: number): number {
    let stretch = 0;
    for (const part of this.#thread.shared.forces.stretch) stretch += part;
    return this.#entropy + stretch + Math.log(normaliser);
  }

  /** One step; returns the norm of the gradient times the gains. */
  #move(exaggeration: number, momentum: number, normaliser: number): number {
    const { points, forces } = this.#thread.shared;
    const { attraction, repulsion } = forces;
    const { learningRate } = this.#thread.schedule;
    const step = this.#step;
    const gains = this.#gains;
    let squaredNorm = 0;
    for (let i = 0; i < points.length; i++) {
      const slope = 4 * (exaggeration * attraction[i]! - repulsion[i]! / normaliser);
      const gain = step[i]! * slope < 0 ? gains[i]! + 0.2 : Math.max(LEAST_GAIN, gains[i]! * 0.8);
      const scaled = gain * slope;
      gains[i] = gain;
      step[i] = momentum * step[i]! - learningRate * scaled;
      points[i]! += step[i]!;
      squaredNorm += scaled * scaled;
    }
    return Math.sqrt(squaredNorm);
  }

  #release(): void {
    const { control } = this.#thread.shared;
    Atomics.store(control, Word.stop, 1);
    Atomics.store(control, Word.pointsReady, this.#turn + 1);
    Atomics.notify(control, Word.pointsReady);
  }
}
