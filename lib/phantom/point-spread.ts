import { ArgumentError } from '../core/errors.js';
import { beamPitch } from './probe.js';

/**
 * Grid of beams: `beams` directions from -halfAngle to +halfAngle, `depths` samples from near to far, beam-major. Under a linear array beams are
 * parallel and stand from -halfWidth to +halfWidth.
 */
export interface PolarGrid {
  readonly beams: number;
  readonly depths: number;
  /** Radians. */
  readonly halfAngle: number;
  /** mm; of a linear array only, whose `halfAngle` is 0. */
  readonly halfWidth?: number;
  /** mm from the apex of the sector to the first and last sample. */
  readonly near: number;
  readonly far: number;
}

/** Half width at which a Gaussian kernel is cut, standard deviations. */
const CUT = 2.4;
/** Standard deviations in a full width at half maximum of a Gaussian. */
export const FWHM = 2.3548;

/**
 * The scanner's resolution: a separable Gaussian whose lateral width grows with depth, sqrt(aperture^2 + (angle depth)^2).
 *
 * The envelope of white complex scatterers through any linear filter is Rayleigh distributed (mean / std = 1.91): fully developed
 * speckle (Wagner et al. 1983, IEEE Trans Son Ultrason 30:156). Homogeneous tissue keeps its level at every depth.
 */
export class PointSpread {
  readonly grid: PolarGrid;
  readonly #axial: Float32Array;
  /** `[beams each side + 1][depths]`, weight of a beam at distance d; the kernel narrows with depth, so the weights end early. */
  readonly #lateral: readonly Float32Array[];
  readonly #line: Float32Array;

  /**
   * @param axial mm, full width at half maximum along the beam
   * @param lateral radians, the same across it, far away
   * @param aperture mm, lateral width near the face
   * @param face mm from the apex of the sector to a curved face, where beams begin to widen; 0 for the point of a phased array
   */
  constructor(grid: PolarGrid, axial: number, lateral: number, aperture: number, face = 0) {
    if (!(grid.beams > 4 && grid.depths > 4)) {
      throw new ArgumentError(
        `PointSpread: grid must have more than 4 beams and depths, got ${grid.beams} x ${grid.depths}`,
      );
    }
    this.grid = grid;
    const step = (grid.far - grid.near) / grid.depths;
    const cell = scattererCell(step, axial);
    this.#axial = gaussianHalf(axial / FWHM / step, step / cell);
    const pitch = beamPitch(grid);
    const parallel = grid.halfWidth !== undefined;
    const widths = Array.from({ length: grid.depths }, (_, i) => {
      const depth = grid.near + (i + 0.5) * step;
      if (parallel) return Math.min(6, Math.hypot(aperture, lateral * depth) / FWHM / pitch);
      const widening = face === 0 ? lateral : (lateral * (depth - face)) / depth;
      const angle = Math.hypot(aperture / Math.max(depth, 4), widening);
      return Math.min(6, angle / FWHM / pitch);
    });
    const reach = Math.ceil(CUT * Math.max(...widths));
    const lateral2d = Array.from({ length: reach + 1 }, () => new Float32Array(grid.depths));
    widths.forEach((sigma, i) => {
      const depth = grid.near + (i + 0.5) * step;
      const kernel = gaussianHalf(sigma, Math.max(0.05, (parallel ? pitch : Math.max(depth, 1) * pitch) / cell));
      for (let d = 0; d < Math.min(kernel.length, reach + 1); d++) lateral2d[d]![i] = kernel[d]!;
    });
    this.#lateral = lateral2d.map((weights) => weights.subarray(0, weights.findLastIndex((weight) => weight > 0) + 1));
    this.#line = new Float32Array(grid.depths + 2 * (this.#axial.length - 1));
  }

  /**
   * Filters one component in place.
   *
   * @param field `[beams, depths]`
   * @param scratch `[beams, depths]`, overwritten
   */
  apply(field: Float32Array, scratch: Float32Array): void {
    this.#alongBeams(field);
    this.#acrossBeams(field, scratch);
    field.set(scratch);
  }

  #alongBeams(field: Float32Array): void {
    const { beams, depths } = this.grid;
    const kernel = this.#axial;
    const reach = kernel.length - 1;
    const line = this.#line;
    for (let j = 0; j < beams; j++) {
      const start = j * depths;
      line.set(field.subarray(start, start + depths), reach);
      // mirrored at both ends
      for (let d = 1; d <= reach; d++) {
        line[reach - d] = field[start + d]!;
        line[reach + depths - 1 + d] = field[start + depths - 1 - d]!;
      }
      for (let i = 0; i < depths; i++) {
        let sum = kernel[0]! * line[reach + i]!;
        for (let d = 1; d <= reach; d++) sum += kernel[d]! * (line[reach + i - d]! + line[reach + i + d]!);
        field[start + i] = sum;
      }
    }
  }

  #acrossBeams(field: Float32Array, out: Float32Array): void {
    const { beams, depths } = this.grid;
    const kernels = this.#lateral;
    for (let j = 0; j < beams; j++) {
      const start = j * depths;
      const middle = kernels[0]!;
      for (let i = 0; i < depths; i++) out[start + i] = middle[i]! * field[start + i]!;
      for (let d = 1; d < kernels.length; d++) {
        const kernel = kernels[d]!;
        const before = (j - d < 0 ? d - j : j - d) * depths;
        const after = (j + d >= beams ? 2 * beams - 2 - j - d : j + d) * depths;
        for (let i = 0; i < kernel.length; i++)
          out[start + i]! += kernel[i]! * (field[before + i]! + field[after + i]!);
      }
    }
  }
}

/**
 * Size of the cells of tissue that hold one scatterer each, mm: below the resolution where the grid is fine, a little above the sampling
 * where it is not, so that speckle follows the tissue instead of flickering.
 *
 * @param step mm between samples along a beam
 * @param axial mm, resolution along the beam
 */
export function scattererCell(step: number, axial: number): number {
  return Math.max(1.3 * step, Math.min(0.45 * axial, 2.5 * step));
}

/**
 * Right half of a Gaussian kernel, middle first, that passes scatterers with their variance unchanged. Neighbouring samples share a
 * scatterer in a share 1 - `spacing` of cases.
 *
 * @param sigma samples
 * @param spacing sample distance against the cell
 */
function gaussianHalf(sigma: number, spacing: number): Float32Array {
  const reach = Math.ceil(CUT * sigma);
  const kernel = Float32Array.from({ length: reach + 1 }, (_, d) => Math.exp(-0.5 * (d / Math.max(sigma, 1e-6)) ** 2));
  const shared = Math.ceil(1 / spacing);
  let energy = 0;
  for (let a = -reach; a <= reach; a++) {
    for (let b = Math.max(-reach, a - shared); b <= Math.min(reach, a + shared); b++) {
      energy += kernel[Math.abs(a)]! * kernel[Math.abs(b)]! * Math.max(0, 1 - Math.abs(a - b) * spacing);
    }
  }
  return kernel.map((weight) => weight / Math.sqrt(energy));
}
