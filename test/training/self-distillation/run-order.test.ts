import { describe, expect, it } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { RunOrder } from '../../../lib/training/self-distillation/run-order.js';
import { imagesPerRun } from '../../../lib/training/self-distillation/stage.js';

const size = { batchSize: 6, accumulate: 3, epochs: 2 };
const members = Array.from({ length: 20 }, (_, i) => 100 + i);

function requests(first: number): ReturnType<RunOrder['next']>[] {
  const order = new RunOrder(size, members, 7, first);
  return Array.from({ length: 18 - 3 * first }, () => order.next()); // three updates of three runs an epoch
}

describe('RunOrder', () => {
  it('shows each image at most once an epoch, in another order each time', () => {
    const seen = [0, 1].map((epoch) =>
      requests(0)
        .filter((request) => request.epoch === epoch)
        .flatMap(({ samples }) => samples),
    );
    for (const images of seen) {
      expect(images).toHaveLength(18);
      expect(new Set(images).size).toBe(18);
      expect(images.every((image) => members.includes(image))).toBe(true);
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('is the order of shuffled(), without its array', () => {
    const { samples } = new RunOrder({ batchSize: 20, epochs: 1 }, Uint32Array.from(members), 7, 0).next();
    expect(samples).toEqual(stream(7, 'order/0').shuffled(members));
  });

  it('goes on where an interrupted run stopped', () => {
    expect(requests(4)).toEqual(requests(0).slice(12));
  });

  it('counts runs within the epoch', () => {
    const order = new RunOrder(size, members, 7, 0);
    expect(order.placeOf(4, 2)).toEqual({ seed: 7, epoch: 1, run: 5, part: 2 });
  });

  it('refuses a batch that does not divide into its runs', () => {
    expect(() => imagesPerRun({ batchSize: 6, accumulate: 4 })).toThrow(
      'must be a multiple of accumulate, got 6 and 4',
    );
  });
});
