import type { Scale } from '../../records/record.js';
import type { ExperimentConfig } from '../experiment.js';

/** Everything that decides the result of notebook 00. */
export interface PhantomHeartConfig extends ExperimentConfig {
  /** People whose labels and sizes are tabled. */
  readonly patients: { readonly adult: number; readonly paediatric: number };
  /** Hearts whose volumes are counted in the imaged geometry, how often in a beat, and how finely. */
  readonly counting: {
    readonly hearts: number;
    readonly instants: number;
    /** mm between points in an adult; less in a smaller body. */
    readonly lattice: number;
  };
  /** Sectors of homogeneous tissue for each transducer, pixels a side. */
  readonly speckle: { readonly sectors: number; readonly size: number };
  /** The pictures of the anatomy. */
  readonly anatomy: {
    /** mm between points of the surfaces in an adult. */
    readonly lattice: number;
    readonly angles: number;
    readonly instants: number;
    /** Pixels a side. */
    readonly size: number;
  };
  /** Pixels a side of ultrasound frames. */
  readonly frameSize: number;
  /** Phantom clips whose grey levels stand beside the real clip's. */
  readonly greyClips: number;
  /** Phantom patients, of each kind, beside real CAMUS frames; used only where such frames are found. */
  readonly camusPatients: number;
  /** Pixels a side of their frames. */
  readonly camusSize: number;
}

/** Under 15 s on two cores, every code path. */
const SMOKE: PhantomHeartConfig = Object.freeze<PhantomHeartConfig>({
  seeds: [2024],
  patients: { adult: 150, paediatric: 50 },
  counting: { hearts: 3, instants: 2, lattice: 1.8 },
  speckle: { sectors: 1, size: 224 },
  anatomy: { lattice: 3, angles: 4, instants: 5, size: 240 },
  frameSize: 160,
  greyClips: 8,
  camusPatients: 3,
  camusSize: 200,
});

/** Under 45 s on two cores. */
const MINI: PhantomHeartConfig = Object.freeze<PhantomHeartConfig>({
  seeds: [2024],
  patients: { adult: 600, paediatric: 200 },
  counting: { hearts: 6, instants: 4, lattice: 1.4 },
  speckle: { sectors: 3, size: 256 },
  anatomy: { lattice: 2.2, angles: 12, instants: 10, size: 320 },
  frameSize: 192,
  greyClips: 30,
  camusPatients: 12,
  camusSize: 400,
});

const FULL: PhantomHeartConfig = Object.freeze<PhantomHeartConfig>({
  seeds: [2024],
  patients: { adult: 5000, paediatric: 1500 },
  counting: { hearts: 60, instants: 10, lattice: 1 },
  speckle: { sectors: 20, size: 320 },
  anatomy: { lattice: 1.5, angles: 24, instants: 20, size: 420 },
  frameSize: 320,
  greyClips: 200,
  camusPatients: 48,
  camusSize: 400,
});

/** The four sizes. The paper has no phantom: its scale is the full one. */
export const PHANTOM_HEART_CONFIGS: Readonly<Record<Scale, PhantomHeartConfig>> = Object.freeze({
  smoke: SMOKE,
  mini: MINI,
  full: FULL,
  paper: FULL,
});
