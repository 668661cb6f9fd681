import { type RandomStream, stream } from '../../core/random.js';
import type { CropRequest } from '../crop-batch.js';
import { imagesPerRun, type RunPlace, type StageSize, stepsPerEpoch } from './stage.js';

/** Which images each run sees: every epoch is a fresh permutation of all of them. A function of the seed and the run. Holds 4 bytes an image. */
export class RunOrder {
  readonly perEpoch: number;
  readonly runsPerUpdate: number;
  /** Runs whose views were asked for. */
  asked: number;
  readonly #images: number;
  readonly #members: ArrayLike<number>;
  readonly #seed: number;
  #epoch = -1;
  #shuffled = new Uint32Array(0);

  /**
   * @param members images of the set, by index
   * @param first updates that were done before
   */
  constructor(size: StageSize, members: ArrayLike<number>, seed: number, first: number) {
    this.perEpoch = stepsPerEpoch(size, members.length);
    this.runsPerUpdate = size.accumulate ?? 1;
    this.#images = imagesPerRun(size);
    this.#members = members;
    this.#seed = seed;
    this.asked = first * this.runsPerUpdate;
  }

  /** The views of the next run to be cut. */
  next(): CropRequest {
    const runs = this.perEpoch * this.runsPerUpdate;
    const epoch = Math.floor(this.asked / runs);
    if (epoch !== this.#epoch) {
      this.#shuffled = permuted(this.#members, stream(this.#seed, `order/${epoch}`));
      this.#epoch = epoch;
    }
    const start = (this.asked % runs) * this.#images;
    this.asked += 1;
    return { seed: this.#seed, epoch, samples: Array.from(this.#shuffled.subarray(start, start + this.#images)) };
  }

  /** Where a run stands. */
  placeOf(update: number, part: number): RunPlace {
    const epoch = Math.floor(update / this.perEpoch);
    const run = (update % this.perEpoch) * this.runsPerUpdate + part;
    return { seed: this.#seed, epoch, run, part };
  }
}

/** The order that `random.shuffled(members)` gives, without its array of numbers: 20 million members take 80 MB. */
function permuted(members: ArrayLike<number>, random: RandomStream): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from(members);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
