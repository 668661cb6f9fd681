import { describe, expect, it } from 'vitest';
import type { CaliperMeasurement, CaliperName, EchonetLvhSample } from '../../../lib/datasets/echonet-lvh.js';
import type { UnityLabel, UnitySample } from '../../../lib/datasets/unity.js';
import {
  frameOfUnity,
  framesOfClip,
  landmarksOfFrame,
} from '../../../lib/experiments/lv-hypertrophy/landmark-frames.js';
import type { Point } from '../../../lib/imaging/polygon-fill.js';

const noFile = {
  path: 'none',
  open: () => Promise.reject(new Error('not read')),
  readFrame: () => Promise.reject(new Error('not read')),
  readClip: () => Promise.reject(new Error('not read')),
};

function measurement(name: CaliperName, frame: number, from: Point, to: Point): CaliperMeasurement {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  return { name, frame, from, to, centimetres: distance / 20, millimetresPerPixel: 0.5 };
}

function clip(measurements: readonly CaliperMeasurement[]): EchonetLvhSample {
  return {
    id: '0X1',
    patient: '0X1',
    split: 'test',
    view: 'PLAX',
    width: 100,
    height: 100,
    frameCount: 10,
    framesPerSecond: 50,
    measurements,
    millimetresPerPixel: 0.5,
    ...noFile,
  };
}

describe('framesOfClip', () => {
  const at = (y: number): Point => ({ x: 50, y });

  it('gathers the calipers of a frame and phase, upper end first', () => {
    const [diastole, systole] = framesOfClip(
      clip([
        measurement('IVSd', 2, at(30), at(20)),
        measurement('LVIDd', 2, at(30), at(70)),
        measurement('LVPWd', 2, at(70), at(82)),
        measurement('LVIDs', 7, at(34), at(60)),
      ]),
    );
    expect(diastole).toMatchObject({ sample: '0X1#2', phase: 'diastole', millimetresPerPixel: 0.5 });
    expect(diastole!.calipers.ivs).toEqual({ ends: [at(20), at(30)], length: 5 }); // 10 px of 0.5 mm
    expect(landmarksOfFrame(diastole!)).toEqual([at(20), at(30), at(70), at(82)]);
    expect(systole).toMatchObject({ phase: 'systole', calipers: { ivs: null, lvpw: null } });
    expect(landmarksOfFrame(systole!)).toEqual([null, null, null, null]);
  });

  it('takes the first of two calipers of one name', () => {
    const [frame] = framesOfClip(
      clip([measurement('LVPWd', 2, at(70), at(82)), measurement('LVPWd', 2, at(10), at(90))]),
    );
    expect(frame!.calipers.lvpw!.length).toBe(6);
  });
});

describe('frameOfUnity', () => {
  const sample = (labels: Record<string, UnityLabel>): UnitySample => ({
    id: 'code-0001',
    patient: 'code',
    split: 'validation',
    frame: 1,
    labels: new Map(Object.entries(labels)),
    ...noFile,
  });
  const point = (x: number, y: number): UnityLabel => ({ kind: 'point', point: { x, y } });

  it('measures in pixels, LVID between the inner points', () => {
    const [frame] = frameOfUnity(
      sample({
        'lv-ivs-top': point(0, 0),
        'lv-ivs-bottom': point(3, 4),
        'lv-pw-top': point(3, 44),
        'lv-pw-bottom': { kind: 'blurred' },
      }),
    );
    expect(frame!.millimetresPerPixel).toBeNull();
    expect(frame!.calipers.ivs!.length).toBe(5); // 3, 4, 5
    expect(frame!.calipers.lvid!.length).toBe(40);
    expect(frame!.calipers.lvpw).toBeNull();
  });

  it('leaves frames of other views out', () => {
    expect(frameOfUnity(sample({ 'lv-apex-endo': point(1, 1), 'lv-ivs-top': { kind: 'off' } }))).toEqual([]);
  });
});
