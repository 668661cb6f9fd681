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
  {
    name: 'paper-trial',
    cell: 'paper-stage-trial',
    does: 'real updates of the whole DINOv2 stage at paper size, for time and memory (A.1)',
    load: async () => {
      const { paperTrialCell, paperTrialSweep } = await import('./scaling-study/paper-trial.js');
      return { cell: paperTrialCell, plan: paperTrialSweep };
    },
  },
];
