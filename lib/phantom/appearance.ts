import type { RandomStream } from '../core/random.js';
import type { Acquisition } from './acquisition.js';

/**
 * How hard a clip's pictures are. `usual` is what all scales draw. `artefacts` adds what real frames of CAMUS have and the usual phantom
 * lacks: bright lines across the cavity, walls that are almost not there, a dark tip with flat echoes under the face, one broad arc behind the
 * heart, and a brighter tail of grey.
 */
export type AppearanceName = 'usual' | 'artefacts';

/** A bright, thin, slightly bent line across the beams. */
export interface BrightLine {
  /** Middle of the line: share of the sector from left, mm of depth; and half of its length as a share of the sector. */
  readonly across: number;
  readonly depth: number;
  readonly reach: number;
  /** mm of depth it gains from one side of the sector to the other, and its sag. */
  readonly slope: number;
  readonly sag: number;
  /** mm, standard deviation. */
  readonly width: number;
  /** dB against the wall's usual echo. */
  readonly level: number;
}

/** What the appearance `artefacts` lays over the beams of a clip. */
export interface Artefacts {
  readonly lines: readonly BrightLine[];
  /** Dark tip: its depth in mm, and dB lost in it. */
  readonly tip: { readonly depth: number; readonly loss: number };
}

/** A clip's settings under a named appearance. */
export function withAppearance(acquisition: Acquisition, name: AppearanceName, random: RandomStream): Acquisition {
  if (name === 'usual') return acquisition;
  const faint = random.chance(0.3);
  return {
    ...acquisition,
    whitePercentile: random.between(0.955, 0.99),
    dropout: acquisition.dropout + (faint ? random.between(5, 10) : 0),
    dropoutShare: acquisition.dropoutShare + (faint ? random.between(0.4, 0.9) : 0),
    tangentialLoss: acquisition.tangentialLoss + (faint ? random.between(2, 6) : 0),
    artefacts: {
      lines: [
        ...Array.from({ length: random.integer(4) }, () => drawLine(random)),
        ...(random.chance(0.6) ? [drawArc(random)] : []),
      ],
      tip: { depth: random.between(8, 22), loss: random.between(4, 16) },
    },
  };
}

/** A line inside the heart: reverberation, a side lobe's echo of a bright valve, a moderator band. */
function drawLine(random: RandomStream): BrightLine {
  return {
    across: random.between(0.25, 0.75),
    depth: random.between(25, 100),
    reach: random.between(0.06, 0.25),
    slope: random.between(-30, 30),
    sag: random.between(-6, 6),
    width: random.between(0.5, 1.1),
    level: random.between(-24, -8),
  };
}

/** The pericardium behind the atria: one broad arc through most of the sector. */
function drawArc(random: RandomStream): BrightLine {
  return {
    across: random.between(0.4, 0.6),
    depth: random.between(125, 165),
    reach: random.between(0.3, 0.55),
    slope: random.between(-12, 12),
    sag: random.between(4, 18),
    width: random.between(1.8, 3.6),
    level: random.between(-18, -6),
  };
}
