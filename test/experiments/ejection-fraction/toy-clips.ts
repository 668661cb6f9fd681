import { stream } from '../../../lib/core/random.js';
import type { EfClip } from '../../../lib/experiments/ejection-fraction/ef-data.js';
import { squareFrame, squareMask } from '../../../lib/experiments/ejection-fraction/square-frame.js';
import { frameOf } from '../../../lib/imaging/image.js';

const SIDE = 48;
const FRAMES = 12;
const UNIT = { xMillimetres: 1, yMillimetres: 1 };

/** A dark ellipse on a bright ground that contracts once: end-diastole at frame 2, end-systole at frame 7. */
export function toyClip(index: number, split: EfClip['split'], set: EfClip['set'] = 'EchoNet-Dynamic'): EfClip {
  const random = stream(3, `toy/${set}/${index}`);
  const ejectionFraction = random.between(25, 70);
  const middle = { x: 24 + random.between(-2, 2), y: 24 + random.between(-2, 2) };
  // volume goes with radius cubed: (1 - EF)^(1/3) of the radius is left at end-systole
  const least = (1 - ejectionFraction / 100) ** (1 / 3);
  const data = new Uint8Array(FRAMES * SIDE * SIDE);
  const masks = Array.from({ length: FRAMES }, (_, frame) => {
    const share = least + ((1 - least) * Math.abs(Math.cos(((frame - 2) * Math.PI) / 10))) ** 1;
    const mask = new Uint8Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const inside = ((x - middle.x) / (9 * share)) ** 2 + ((y - middle.y) / (15 * share)) ** 2 <= 1;
        mask[y * SIDE + x] = inside ? 1 : 0;
        data[frame * SIDE * SIDE + y * SIDE + x] = Math.max(0, (inside ? 30 : 160) + Math.round(10 * random.normal()));
      }
    }
    return mask;
  });
  const clip = { width: SIDE, height: SIDE, frameCount: FRAMES, framesPerSecond: 12, data };
  const outline = (phase: 'ED' | 'ES', frame: number): EfClip['outlined'][number] => ({
    phase,
    frame,
    readMask: async (size) => squareMask({ width: SIDE, height: SIDE, data: masks[frame]! }, UNIT, size),
  });
  return {
    id: `${set}-${split}-${index}`,
    patient: `${set}-${split}-${index}`,
    set,
    view: 'A4C',
    split,
    ejectionFraction,
    quality: set === 'CAMUS' ? (['Good', 'Medium', 'Poor'][index % 3] as string) : '',
    framesPerSecond: 12,
    outlined: [outline('ED', 2), outline('ES', 7)],
    readClip: async () => ({ clip, spacing: UNIT }),
    readFrame: async (frame, size) => squareFrame(frameOf(clip, frame), UNIT, size).image,
  };
}

/** Twelve for training, four of validation, eight of test, six of CAMUS. */
export function toyClips(): EfClip[] {
  const some = (count: number, split: EfClip['split'], set?: EfClip['set']): EfClip[] =>
    Array.from({ length: count }, (_, index) => toyClip(index, split, set));
  return [...some(12, 'train'), ...some(4, 'validation'), ...some(8, 'test'), ...some(6, 'test', 'CAMUS')];
}
