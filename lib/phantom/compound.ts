import type { Acquisition } from './acquisition.js';
import { FWHM, type PolarGrid } from './point-spread.js';
import { beamPitch } from './probe.js';

/**
 * Compounding and the scanner's speckle filter: averages the envelope over a fraction of the resolution, so speckle keeps its size and
 * loses contrast. A Gaussian by repeated three-tap passes.
 *
 * @param envelope `[beams, depths]`, changed in place
 * @param scratch `[beams, depths]`, overwritten
 */
export function compound(
  envelope: Float32Array,
  scratch: Float32Array,
  grid: PolarGrid,
  { smoothing, axial, lateral }: Acquisition,
): void {
  const along = (smoothing * axial) / FWHM / ((grid.far - grid.near) / grid.depths);
  const wide = grid.halfWidth === undefined ? lateral : (lateral * (grid.near + grid.far)) / 2;
  const across = (smoothing * wide) / FWHM / beamPitch(grid);
  const passes = Math.max(1, Math.ceil(Math.max(along, across) ** 2 / 0.6));
  const neighbour = (sigma: number): number => Math.min(1 / 3, sigma ** 2 / 2 / passes);
  for (let pass = 0; pass < passes; pass++) {
    smoothOnce(envelope, scratch, grid.beams, grid.depths, neighbour(along), neighbour(across));
  }
}

/** Three-tap smoothing along and across beams by `along` and `across`, the share of each neighbour (at most 1/3). */
function smoothOnce(
  level: Float32Array,
  scratch: Float32Array,
  beams: number,
  depths: number,
  along: number,
  across: number,
): void {
  for (let j = 0; j < beams; j++) {
    const start = j * depths;
    for (let i = 0; i < depths; i++) {
      const before = level[start + (i > 0 ? i - 1 : 1)]!;
      const after = level[start + (i < depths - 1 ? i + 1 : depths - 2)]!;
      scratch[start + i] = (1 - 2 * along) * level[start + i]! + along * (before + after);
    }
  }
  for (let j = 0; j < beams; j++) {
    const start = j * depths;
    const before = (j > 0 ? j - 1 : 1) * depths;
    const after = (j < beams - 1 ? j + 1 : beams - 2) * depths;
    for (let i = 0; i < depths; i++) {
      level[start + i] = (1 - 2 * across) * scratch[start + i]! + across * (scratch[before + i]! + scratch[after + i]!);
    }
  }
}
