import type { RandomStream } from '../core/random.js';
import type { Acquisition } from './acquisition.js';
import { drawLine } from './bright-line.js';
import { Tissue } from './tissue.js';

/** Blood of all chambers, and the cavity's own. */
const BLOOD = [Tissue.blood, Tissue.rightBlood, Tissue.atrialBlood];

/**
 * A clip's settings as pictures of CAMUS look beside the usual phantom's: dark near the face and bright, at times white, far away; less clutter
 * and haze under the face; darker blood; an apical wall that often cannot be told from the cavity; grey trabeculae inside of what readers call cavity.
 *
 * Fitted by eye to six patients, and by what a small U-Net that sees phantoms alone scores on them (README).
 */
export function withCamusLook(acquisition: Acquisition, random: RandomStream): Acquisition {
  const echo = acquisition.echo.slice();
  const deeper = random.between(-12, -2);
  for (const tissue of BLOOD) echo[tissue]! += deeper;
  return {
    ...acquisition,
    echo,
    halfAngle: acquisition.halfAngle + (random.between(-1, 4) * Math.PI) / 180,
    clutter: acquisition.clutter + random.between(-8, 0),
    clutterLength: acquisition.clutterLength * random.between(0.25, 0.8),
    haze: acquisition.haze + random.between(-12, -3),
    noise: acquisition.noise + random.between(-8, 0),
    medianGrey: random.between(0.15, 0.38),
    whitePercentile: random.between(0.95, 0.997),
    depthGain: random.between(0, 14),
    ...(random.chance(0.5) && { rimLevel: random.between(-18, -6), rimWidth: random.between(0.12, 0.4) }),
    ...(random.chance(0.6) && {
      apicalFade: { from: random.between(0.45, 0.8), share: random.between(0.4, 1), above: random.between(1, 10) },
    }),
    ...(random.chance(0.7) && {
      artefacts: {
        lines: Array.from({ length: random.integer(3) }, () => drawLine(random)),
        tip: { depth: random.between(12, 45), loss: random.between(0, 12), softness: random.between(2, 8) },
      },
    }),
  };
}
