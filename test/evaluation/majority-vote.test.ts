import { describe, expect, it } from 'vitest';
import { ArgumentError, ShapeError } from '../../lib/core/errors.js';
import { majorityVote, votingFrames } from '../../lib/evaluation/majority-vote.js';

describe('votingFrames', () => {
  it("takes the paper's frames (A.2)", () => {
    expect(votingFrames(40)).toEqual([0, 10, 20, 30, 39]);
    expect(votingFrames(7)).toEqual([0, 1, 3, 5, 6]);
  });

  it('counts a frame of a short sequence once', () => {
    expect(votingFrames(1)).toEqual([0]);
    expect(votingFrames(2)).toEqual([0, 1]);
    expect(votingFrames(4)).toEqual([0, 1, 2, 3]);
    expect(() => votingFrames(0)).toThrow(ArgumentError);
  });
});

describe('majorityVote', () => {
  it('takes the class with most votes even if another is likelier in sum', () => {
    const vote = majorityVote([0.51, 0.49, 0.51, 0.49, 0, 1], 2);
    expect(vote).toMatchObject({ label: 0, decidedBy: 'votes' });
    expect([...vote.votes]).toEqual([2, 1]);
    expect(vote.agreement).toBeCloseTo(2 / 3, 12);
    expect([...vote.meanProbabilities][0]).toBeCloseTo(0.34, 12);
  });

  it('breaks a tie by summed probability over all frames, then by class', () => {
    // votes 2 : 2 : 1; sums 1.6 : 1.9 : 1.5
    const frames = [0.6, 0.2, 0.2, 0.6, 0.2, 0.2, 0.1, 0.7, 0.2, 0.1, 0.7, 0.2, 0.2, 0.1, 0.7];
    expect(majorityVote(frames, 3)).toMatchObject({ label: 1, decidedBy: 'probability' });
    expect(majorityVote([0.75, 0.25, 0.25, 0.75], 2)).toMatchObject({ label: 0, decidedBy: 'order' });
  });

  it('refuses an empty sequence and a broken row', () => {
    expect(() => majorityVote([], 3)).toThrow(ShapeError);
    expect(() => majorityVote([1, 2], 3)).toThrow(ShapeError);
  });
});
