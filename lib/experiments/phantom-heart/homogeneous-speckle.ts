import type { ClipPlan } from '../../phantom/clip-plan.js';
import { pictureOf, planClip } from '../../phantom/clip-plan.js';
import { PointSpread, scattererCell } from '../../phantom/point-spread.js';
import { gaussianPairs, scattererAt } from '../../phantom/scatterers.js';
import { VENDOR_NAMES } from '../../phantom/vendors.js';
import type { PhantomHeartConfig } from './phantom-config.js';
import { patientName, type Row } from './population.js';

/** Every way in which the phantom can be scanned. */
export const TRANSDUCERS: readonly ClipPlan['transducer'][] = [...VENDOR_NAMES, 'volume'];

/** Bins of the envelope's histogram, in means. */
const BIN = 0.1;
const BINS = 40;

/** Speckle of tissue without structure. */
export interface SpeckleTables {
  /** One row a transducer: mean and standard deviation of the envelope, arbitrary units. */
  readonly speckle: Row[];
  /** One row a bin, over all transducers: envelope in means, share of samples a mean, Rayleigh's density. */
  readonly envelope: Row[];
}

/**
 * Images tissue that is the same everywhere with the scatterers and the resolution of clips of each transducer, and measures the envelope,
 * before what a scanner does to it afterwards (compounding, clutter, gain, log compression).
 */
export function speckleTables(config: PhantomHeartConfig, seed: number): SpeckleTables {
  const counts = new Float64Array(BINS);
  let total = 0;
  const speckle = TRANSDUCERS.map((transducer) => {
    const envelopes = Array.from({ length: config.speckle.sectors }, (_, n) =>
      homogeneousEnvelope({
        seed,
        patient: patientName('adult', n),
        population: 'adult',
        clip: `speckle-${n}`,
        view: 'A4C',
        size: config.speckle.size,
        frames: 1,
        transducer,
        gate: 'free',
        turn: 0,
        mirrored: false,
      }),
    );
    const samples = envelopes.reduce((sum, envelope) => sum + envelope.length, 0);
    const mean = envelopes.reduce((sum, envelope) => sum + envelope.reduce((a, b) => a + b, 0), 0) / samples;
    const squares = envelopes.reduce((sum, envelope) => sum + envelope.reduce((a, b) => a + (b - mean) ** 2, 0), 0);
    for (const envelope of envelopes) {
      for (const value of envelope) counts[Math.min(BINS - 1, Math.floor(value / mean / BIN))]!++;
    }
    total += samples;
    return { transducer, sectors: envelopes.length, samples, mean, deviation: Math.sqrt(squares / samples) };
  });
  const envelope = Array.from(counts, (count, n) => {
    const middle = (n + 0.5) * BIN;
    return { middle, density: count / total / BIN, rayleigh: rayleighDensity(middle) };
  });
  return { speckle, envelope };
}

/** Rayleigh density of a variable whose mean is 1. */
function rayleighDensity(x: number): number {
  return (Math.PI / 2) * x * Math.exp((-Math.PI / 4) * x * x);
}

/** Envelope of homogeneous tissue over a sector, `[beams * depths]`. */
function homogeneousEnvelope(plan: ClipPlan): Float32Array {
  const planned = planClip(plan);
  const { grid } = pictureOf(planned);
  const { axial, lateral, aperture } = planned.acquisition;
  const spread = new PointSpread(grid, axial, lateral, aperture);
  const pairs = gaussianPairs();
  const re = new Float32Array(grid.beams * grid.depths);
  const im = new Float32Array(grid.beams * grid.depths);
  const step = (grid.far - grid.near) / grid.depths;
  const cell = scattererCell(step, axial);
  for (let j = 0; j < grid.beams; j++) {
    const angle = ((j + 0.5) / grid.beams - 0.5) * 2 * grid.halfAngle;
    for (let i = 0; i < grid.depths; i++) {
      const radius = grid.near + (i + 0.5) * step;
      const pair = scattererAt(
        Math.floor((radius * Math.sin(angle)) / cell),
        0,
        Math.floor((radius * Math.cos(angle)) / cell),
        planned.heart.scatterSeed,
      );
      re[j * grid.depths + i] = pairs[pair]!;
      im[j * grid.depths + i] = pairs[pair + 1]!;
    }
  }
  const scratch = new Float32Array(re.length);
  spread.apply(re, scratch);
  spread.apply(im, scratch);
  return re.map((value, n) => Math.hypot(value, im[n]!));
}
