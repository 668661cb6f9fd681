import { describe, expect, it } from 'vitest';
import { type CollapseSigns, collapseOf } from '../../lib/training/collapse.js';

const K = 128; // ln K = 4.852

function run(steps: number, signs: Partial<CollapseSigns>): CollapseSigns[] {
  const healthy = { dino: 3, teacherEntropy: 1.5, prototypesUsed: 40, featureRank: 12 };
  return Array.from({ length: steps }, (_, i) => ({ ...healthy, ...signs, step: i + 1 }));
}

describe('collapseOf', () => {
  it('finds nothing in a healthy run', () => {
    expect(collapseOf(run(200, {}), K, 10)).toBeUndefined();
  });

  it('names a collapse to the uniform distribution', () => {
    const collapse = collapseOf(run(200, { dino: 4.85, teacherEntropy: 4.85 }), K, 10);
    expect(collapse).toMatchObject({ kind: 'uniform', step: 200 });
    expect(collapse?.message).toContain('collapse to the uniform distribution at step 200');
    expect(collapse?.message).toContain('ln K = 4.852');
    expect(collapse?.message).toContain('teacher temperature');
  });

  it('names a collapse to one prototype, and of the embeddings', () => {
    expect(collapseOf(run(50, { prototypesUsed: 1, teacherEntropy: 0.01 }), K, 0)?.kind).toBe('one-prototype');
    const rank = collapseOf(run(50, { featureRank: 1.05 }), K, 0);
    expect(rank?.kind).toBe('low-rank');
    expect(rank?.message).toContain('KoLeo');
  });

  it('waits for the warm-up and for a whole window: an untrained network looks collapsed', () => {
    const start = { dino: 4.85, teacherEntropy: 4.85, featureRank: 1 };
    expect(collapseOf(run(19, start), K, 0)).toBeUndefined();
    expect(collapseOf(run(100, start), K, 90)).toBeUndefined();
    expect(collapseOf(run(110, start), K, 90)?.kind).toBe('uniform');
  });
});
