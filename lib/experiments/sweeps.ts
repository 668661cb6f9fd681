import type { RegisteredSweep } from '../sweeps/sweep.js';

/** Every sweep of the experiments; `echolab sweep` runs them, and its worker processes find their cells here. */
export const SWEEPS: readonly RegisteredSweep[] = [
  {
    name: 'few-shot',
    cell: 'few-shot-segmentation',
    does: 'segmentation from few annotated frames, in-domain against generic start (Fig. 4d)',
    load: async () => {
      const { fewShotCell, fewShotSweep } = await import('./segmentation/few-shot.js');
      return { cell: fewShotCell, plan: fewShotSweep };
    },
  },
];
