import { stream } from '../../../lib/core/random.js';
import type { ViewName } from '../../../lib/core/views.js';
import type { Sequence } from '../../../lib/experiments/view-classification/sequence-frames.js';
import { clipInMemory } from '../../../lib/experiments/view-classification/sequence-frames.js';

/** Views of the toy: a bright quarter of the frame each, so that one frame tells them apart. */
export const TOY_VIEWS: readonly ViewName[] = ['A2C', 'A4C', 'PLAX:LV', 'SC:IVC'];

/** Sequences of noise with one bright quarter; `patients` patients with every view once. */
export function toySequences(patients: number, name: string, side = 64, frameCount = 6): Sequence[] {
  return Array.from({ length: patients }, (_, p) => p).flatMap((p) =>
    TOY_VIEWS.map((label, view): Sequence => {
      const random = stream(5, `${name}/${p}/${label}`);
      const data = Uint8Array.from({ length: frameCount * side * side }, (_, i) => {
        const x = i % side;
        const y = Math.floor(i / side) % side;
        const inside = (x >= side / 2 ? 1 : 0) + (y >= side / 2 ? 2 : 0) === view;
        return random.integer(60) + (inside ? 150 : 0);
      });
      const clip = { width: side, height: side, frameCount, framesPerSecond: null, data };
      return {
        id: `${name}-${p}-${label}`,
        patient: `${name}-${p}`,
        label,
        set: 'views',
        origin: 'phantom',
        open: async () => clipInMemory(clip),
      };
    }),
  );
}
