import { describe, expect, it } from 'vitest';
import { drawTexture, TEXTURE_KINDS } from '../../lib/phantom/texture.js';

describe('drawTexture', () => {
  it('gives the same picture for the same seed and another for another', () => {
    for (const kind of TEXTURE_KINDS) {
      const one = drawTexture(kind, 48, 3);
      expect(one.data).toEqual(drawTexture(kind, 48, 3).data);
      expect(one.data).not.toEqual(drawTexture(kind, 48, 4).data);
      expect(new Set(one.data).size).toBeGreaterThan(20);
    }
  });

  it('covers the picture with leaves', () => {
    const { data } = drawTexture('dead-leaves', 64, 1);
    const black = data.reduce((count, grey) => count + (grey === 0 ? 1 : 0), 0);
    expect(black / data.length).toBeLessThan(0.1);
  });

  it('makes 1/f noise rougher at long than at short range', () => {
    // increments of a 1/f^a field grow with distance
    const { data, width } = drawTexture('one-over-f', 128, 5);
    const increment = (lag: number): number => {
      let sum = 0;
      let count = 0;
      for (let n = 0; n + lag < data.length; n++) {
        if (n % width >= width - lag) continue;
        sum += (data[n + lag]! - data[n]!) ** 2;
        count++;
      }
      return sum / count;
    };
    expect(increment(16)).toBeGreaterThan(2 * increment(1));
  });
});
