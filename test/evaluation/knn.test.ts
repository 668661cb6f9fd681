import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { knnProbe, knnProbes, knnVote } from '../../lib/evaluation/knn.js';
import { probes, testFeatures, trainFeatures } from './probes.js';

const sets = {
  trainFeatures,
  trainLabels: probes.trainLabels,
  testFeatures,
  testLabels: probes.testLabels,
  classes: probes.classes,
};

describe('knnProbe', () => {
  it.each([10, 20, 100, 200])("equals DINO's vote on torch 1.13.1 with 37 test items, k = %i", async (k) => {
    const probe = await knnProbe({ ...sets, k });
    const expected = probes.knn[k]!;
    expect([...probe.predictions]).toEqual(expected.predictions);
    expect(probe.accuracy).toBe(expected.accuracy);
    for (const [i, vote] of expected.votes.entries()) expect(probe.votes[i]).toBeCloseTo(vote, 6);
  });

  it("finds scikit-learn 1.2.1's cosine neighbours, in order", async () => {
    const { neighbours } = await knnProbe({ ...sets, k: 10 });
    expect([...neighbours.indices]).toEqual(probes.neighbours10);
  });

  it('is unchanged by the scale of the features', async () => {
    const scaled = { ...trainFeatures, data: trainFeatures.data.map((value) => value * 64) };
    const [plain, other] = [
      await knnProbe({ ...sets, k: 20 }),
      await knnProbe({ ...sets, trainFeatures: scaled, k: 20 }),
    ];
    expect([...other.predictions]).toEqual([...plain.predictions]);
  });

  it('refuses more neighbours than training samples, by name', async () => {
    await expect(knnProbe({ ...sets, k: 241 })).rejects.toThrow(ArgumentError);
    await expect(knnProbe({ ...sets, k: 241 })).rejects.toThrow(
      'knnProbe: k must be an integer >= 1 and <= 240 training samples, got 241; lower config.k',
    );
  });

  it('refuses labels that do not fit', async () => {
    await expect(knnProbe({ ...sets, k: 5, classes: 3 })).rejects.toThrow(
      /trainLabels\[\d+\] must be a class in \[0, 2\], got 3/,
    );
    await expect(knnProbe({ ...sets, k: 5, testLabels: [0] })).rejects.toThrow(ShapeError);
  });
});

describe('knnProbes', () => {
  it('gives what single probes give and names what it left out', async () => {
    const { probes: found, skipped } = await knnProbes({ ...sets, ks: [10, 100, 1000] });
    expect(skipped).toEqual([1000]);
    expect(found.map(({ k }) => k)).toEqual([10, 100]);
    expect(found[0]).toEqual(await knnProbe({ ...sets, k: 10 }));
    await expect(knnProbes({ ...sets, ks: [1000] })).rejects.toThrow(ArgumentError);
  });
});

describe('knnVote', () => {
  // similarities 0.9 and 0.8 for class 1, 0.95 for class 0; temperature 0.1: e^9 + e^8 against e^9.5, by hand
  const neighbours = {
    count: 1,
    k: 3,
    indices: Int32Array.of(2, 0, 1),
    distances: Float64Array.of(0.05, 0.1, 0.2),
  };

  it('weighs votes by exp(similarity / temperature)', () => {
    const { votes, predictions } = knnVote(neighbours, [1, 1, 0], 3, 0.1);
    const [one, zero] = [Math.exp(9) + Math.exp(8), Math.exp(9.5)];
    expect(votes[0]).toBeCloseTo(zero / (one + zero), 12);
    expect(votes[1]).toBeCloseTo(one / (one + zero), 12);
    expect(votes[2]).toBe(0);
    expect([...predictions]).toEqual([zero > one ? 0 : 1]);
  });

  it('does not overflow at a tiny temperature and gives ties to the lower class', () => {
    expect([...knnVote(neighbours, [1, 1, 0], 2, 1e-6).votes]).toEqual([1, 0]);
    const equal = { count: 1, k: 2, indices: Int32Array.of(0, 1), distances: Float64Array.of(0.1, 0.1) };
    expect([...knnVote(equal, [2, 1], 3).predictions]).toEqual([1]);
    expect(() => knnVote(equal, [2, 1], 3, 0)).toThrow(ArgumentError);
  });
});
