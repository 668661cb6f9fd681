import { describe, expect, it } from 'vitest';
import { type ClipPlan, type PlannedClip, planClip } from '../../lib/phantom/clip-plan.js';
import { PHANTOM_FULL, PHANTOM_MINI } from '../../lib/phantom/data-config.js';

const PLAN: ClipPlan = {
  seed: 3,
  patient: 'rate test',
  population: 'adult',
  clip: 'clip',
  view: 'A4C',
  size: 64,
  frames: 8,
  transducer: 'any',
  gate: 'free',
  turn: 0,
  mirrored: false,
};

const framesPerBeat = ({ times }: PlannedClip): number => 1 / (times[1]! - times[0]!);

/** Mean over clips of 24 patients. */
function meanFramesPerBeat(transducer: ClipPlan['transducer'], frames: number): number {
  const all = Array.from({ length: 24 }, (_, n) =>
    framesPerBeat(planClip({ ...PLAN, transducer, frames, patient: `rate/${n}` })),
  );
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

describe('frame rates', () => {
  it.each([
    ['mini', PHANTOM_MINI.pretrain!.frames],
    ['full', PHANTOM_FULL.pretrain!.frames],
  ])('keep their ratio in the few frames of %s', (_name, frames) => {
    const usual = meanFramesPerBeat('any', frames);
    const ratio = meanFramesPerBeat('volume', frames) / usual;
    // middles of the ranges: 19 against 53.3 frames a second, 0.36
    expect(ratio).toBeGreaterThan(1 / 3);
    expect(ratio).toBeLessThan(1 / 2);
    // GE 45 to 80 against Siemens 38 to 65: 62.5 / 51.5 = 1.21
    expect(meanFramesPerBeat('GE', frames) / meanFramesPerBeat('Siemens', frames)).toBeCloseTo(1.21, 1);
    // the usual probe still holds a beat and a tenth
    expect(frames / usual).toBeGreaterThan(0.95);
    expect(frames / usual).toBeLessThan(1.25);
  });

  it('leave no clip of the volume transducer with less than two beats at these scales', () => {
    for (const frames of [PHANTOM_MINI.pretrain!.frames, PHANTOM_FULL.pretrain!.frames]) {
      for (let n = 0; n < 20; n++) {
        const { times } = planClip({ ...PLAN, transducer: 'volume', frames, patient: `rate/${n}` });
        // at most 24 / 51.5 of the usual frames a beat: 1.1 * 51.5 / 24 = 2.36 beats
        expect((times[1]! - times[0]!) * frames).toBeGreaterThan(2.3);
      }
    }
  });

  it('are the scanner’s own in long clips', () => {
    for (let n = 0; n < 20; n++) {
      const { framesPerSecond } = planClip({ ...PLAN, transducer: 'volume', frames: 200, patient: `rate/${n}` });
      expect(framesPerSecond).toBeGreaterThanOrEqual(14);
      expect(framesPerSecond).toBeLessThanOrEqual(24);
    }
  });

  it('do not take end-diastole and end-systole from gated clips', () => {
    for (const gate of ['chords', 'calipers', 'half'] as const) {
      const view = gate === 'calipers' ? 'PLAX:LV' : 'A4C';
      for (const transducer of ['any', 'volume'] as const) {
        const frames = PHANTOM_MINI.echonetDynamic!.frames;
        const planned = planClip({ ...PLAN, gate, view, transducer, frames });
        const { endSystole } = planned.heart.cycle;
        expect(planned.times[planned.endDiastole]).toBe(0);
        expect(planned.times[planned.endSystole]).toBe(endSystole);
        expect(planned.endSystole).toBeGreaterThan(planned.endDiastole);
      }
    }
  });
});
