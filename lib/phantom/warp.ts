import type { RandomStream } from '../core/random.js';

/** Entries of a displacement table; two a millimetre over +-256 mm. */
const ENTRIES = 1024;
const HALF = 256;

/**
 * Makes the heart irregular without changing a volume: three shears in a row, x by y and z, then y by x and z, then z by x and y.
 * Each has Jacobian 1, so cavity volumes and the incompressible wall survive.
 */
export class Warp {
  readonly #tables: readonly Float64Array[];

  /** @param scale body scale; displacements are 0.4 to 1.3 mm a shear in an adult, over 22 to 90 mm */
  constructor(random: RandomStream, scale: number) {
    this.#tables = Array.from({ length: 6 }, () => {
      const waves = Array.from({ length: 3 }, () => ({
        size: scale * random.between(0.2, 0.9),
        turn: (2 * Math.PI) / (scale * random.between(22, 90)),
        phase: random.between(0, 2 * Math.PI),
      }));
      return Float64Array.from({ length: ENTRIES + 1 }, (_, i) => {
        const place = i / 2 - HALF;
        return waves.reduce((sum, { size, turn, phase }) => sum + size * Math.sin(turn * place + phase), 0);
      });
    });
  }

  /** Moves a point in place: x, y and z stand in `point` from `start` on, mm. */
  move(point: Float64Array, start: number): void {
    const tables = this.#tables;
    const py = point[start + 1]!;
    const pz = point[start + 2]!;
    const x = point[start]! + shift(tables[0]!, py) + shift(tables[1]!, pz);
    const y = py + shift(tables[2]!, x) + shift(tables[3]!, pz);
    point[start] = x;
    point[start + 1] = y;
    point[start + 2] = pz + shift(tables[4]!, x) + shift(tables[5]!, y);
  }
}

/** Displacement of one table at a place, mm. */
function shift(table: Float64Array, place: number): number {
  const at = 2 * (place + HALF);
  const i = at < 0 ? 0 : at >= ENTRIES ? ENTRIES - 1 : at | 0;
  return table[i]! + (at - i) * (table[i + 1]! - table[i]!);
}
