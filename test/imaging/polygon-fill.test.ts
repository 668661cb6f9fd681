import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../lib/core/errors.js';
import { fillPolygon } from '../../lib/imaging/polygon-fill.js';

interface Fixture {
  readonly width: number;
  readonly height: number;
  readonly cases: readonly { readonly name: string; readonly corners: [number, number][]; readonly filled: number[] }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/polygon/polygons.json', import.meta.url), 'utf8'),
) as Fixture;

describe('fillPolygon', () => {
  it.each(fixture.cases)('fills "$name" as scikit-image 0.19.3 does', ({ corners, filled }) => {
    const mask = fillPolygon(
      corners.map(([x, y]) => ({ x, y })),
      fixture.width,
      fixture.height,
    );
    expect([...mask.keys()].filter((index) => mask[index] === 1)).toEqual(filled);
  });

  it('fills nothing without corners and refuses what is not finite', () => {
    expect(fillPolygon([], 4, 4)).toEqual(new Uint8Array(16));
    expect(() => fillPolygon([{ x: Number.NaN, y: 0 }], 4, 4)).toThrow(ShapeError);
  });
});
