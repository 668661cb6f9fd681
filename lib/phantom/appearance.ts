import type { RandomStream } from '../core/random.js';
import type { Acquisition } from './acquisition.js';
import { type BrightLine, drawArc, drawLine } from './bright-line.js';
import { withCamusLook } from './camus-look.js';

/**
 * How hard a clip's pictures are. `usual` is what all sets but CAMUS draw. `artefacts` adds what real frames of CAMUS have and the usual phantom
 * lacks: bright lines across the cavity, walls that are almost not there, a dark tip with flat echoes under the face, one broad arc behind the
 * heart, and a brighter tail of grey. `camus` is fitted to what CAMUS looks like, see `camus-look.ts`.
 */
export type AppearanceName = 'usual' | 'artefacts' | 'camus';

/** What the appearances `artefacts` and `camus` lay over the beams of a clip. */
export interface Artefacts {
  readonly lines: readonly BrightLine[];
  /** Dark tip: its depth in mm, dB lost in it, and mm over which it ends (default 2). */
  readonly tip: { readonly depth: number; readonly loss: number; readonly softness?: number };
}

/** A clip's settings under a named appearance. */
export function withAppearance(acquisition: Acquisition, name: AppearanceName, random: RandomStream): Acquisition {
  if (name === 'usual') return acquisition;
  if (name === 'camus') return withCamusLook(acquisition, random);
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
