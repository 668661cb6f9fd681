import { describe, expect, it } from 'vitest';
import { sparkline } from '../../../lib/cli/ef.js';
import { stream } from '../../../lib/core/random.js';
import { augmentFrame } from '../../../lib/experiments/ejection-fraction/augment-frame.js';
import { beatsOfCurve } from '../../../lib/experiments/ejection-fraction/clip-beats.js';
import { conformalReach } from '../../../lib/experiments/ejection-fraction/conformal.js';
import { clipStarts } from '../../../lib/experiments/ejection-fraction/echonet-reference.js';
import { EF_CONFIGS } from '../../../lib/experiments/ejection-fraction/ef-config.js';
import { type ReasonInputs, reasonsOf } from '../../../lib/experiments/ejection-fraction/ef-reasons.js';
import { readerEjectionFraction } from '../../../lib/experiments/ejection-fraction/reader-noise.js';
import { ventricleOf } from '../../../lib/experiments/ejection-fraction/segmenter.js';
import { fillSequence } from '../../../lib/experiments/ejection-fraction/sequence-decoder.js';
import { squareFrame, squareMask } from '../../../lib/experiments/ejection-fraction/square-frame.js';
import { slendernessOf, touchesBorder } from '../../../lib/experiments/ejection-fraction/ventricle-shape.js';

describe('the configs', () => {
  it('carry what A.5 says at every scale', () => {
    for (const { sequence, thresholdPercent } of Object.values(EF_CONFIGS)) {
      expect([sequence.frames, sequence.depth]).toEqual([8, 2]);
      expect([sequence.training.learningRate, sequence.training.weightDecay]).toEqual([5e-4, 0.005]);
      expect(sequence.training.optimizer).toBe('adamw');
      expect(thresholdPercent).toBe(50);
    }
    expect(EF_CONFIGS.paper.sequence.jitterFrames).toBe(0);
    expect(EF_CONFIGS.paper.phantom).toBeNull();
  });
});

describe('squareFrame', () => {
  it('pads in millimetres, so that pixels become square', () => {
    // 4 x 4 pixels of 2 x 1 mm: 8 mm across, 4 mm down; the square is 4 x 8 pixels
    const image = { width: 4, height: 4, data: new Uint8Array(16).fill(200) };
    const { image: square, spacing } = squareFrame(image, { xMillimetres: 2, yMillimetres: 1 }, 8);
    expect(spacing).toEqual({ xMillimetres: 1, yMillimetres: 1 });
    expect(square.data[4 * 8 + 4]).toBe(200);
    expect(square.data[4]).toBe(0);
    const mask = squareMask({ ...image, data: new Uint8Array(16).fill(1) }, { xMillimetres: 2, yMillimetres: 1 }, 8);
    expect(mask.reduce((sum, value) => sum + value, 0)).toBe(32); // half of 64, hand-solved
  });
});

describe('augmentFrame', () => {
  const none = { turnDegrees: 0, shift: 0, zoom: 0, brightness: 0 };
  const image = { width: 9, height: 9, data: Uint8Array.from({ length: 81 }, (_, i) => 3 * i) };
  const mask = Uint8Array.from({ length: 81 }, (_, i) => (i % 9 > 4 ? 1 : 0));

  it('changes nothing without limits', () => {
    const same = augmentFrame({ image, mask }, none, stream(1, 'a'));
    expect(same.image.data).toEqual(image.data);
    expect(same.mask).toEqual(mask);
  });

  it('moves picture and outline together', () => {
    const both = { image: { ...image, data: mask.map((value) => 255 * value) }, mask };
    const moved = augmentFrame(both, { ...none, shift: 0.3, turnDegrees: 20 }, stream(2, 'a'));
    expect(moved.mask).not.toEqual(mask);
    // the picture is the mask: where the picture is bright, the outline must be
    const agree = moved.mask.filter((value, i) => (moved.image.data[i]! > 127 ? 1 : 0) === value).length;
    expect(agree).toBeGreaterThan(74);
  });
});

describe('readerEjectionFraction', () => {
  it('is exact without noise and about as noisy as two experts at 0.08', () => {
    const random = stream(4, 'readers');
    expect(readerEjectionFraction(55, 0, random)).toBeCloseTo(55, 10);
    const differences = Array.from(
      { length: 20_000 },
      () => readerEjectionFraction(55, 0.08, random) - readerEjectionFraction(55, 0.08, random),
    );
    const deviation = Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length);
    // 45 x 0.08 x sqrt 2 a reader, times sqrt 2 for two: 7.2; Akil et al. 2024 have 7.0
    expect(deviation).toBeGreaterThan(6.9);
    expect(deviation).toBeLessThan(7.6);
  });

  it('refuses what is no ejection fraction', () => {
    expect(() => readerEjectionFraction(100, 0.1, stream(1, 'r'))).toThrow('readerEjectionFraction');
    expect(() => readerEjectionFraction(50, -1, stream(1, 'r'))).toThrow('readerEjectionFraction');
  });
});

describe('beatsOfCurve', () => {
  it('finds a beat, falls back on the extremes, and says when nothing contracts', () => {
    const wave = Array.from({ length: 60 }, (_, i) => 100 + 40 * Math.cos((i * Math.PI) / 15));
    const inner = beatsOfCurve(wave, { framesPerSecond: 30 });
    expect([inner.found, inner.beats.length]).toEqual(['beats', 1]); // the first beat starts with the clip and may be cut
    expect(inner.ejectionFractionPercent).toBeCloseTo((100 * 80) / 140, 5);
    const half = beatsOfCurve([100, 90, 70, 55, 50], { framesPerSecond: 10 });
    expect([half.found, half.ejectionFractionPercent]).toEqual(['extremes', 50]);
    const rising = beatsOfCurve([1, 2, 3], { framesPerSecond: 10 });
    expect(rising).toMatchObject({ found: 'whole-clip', ejectionFractionPercent: null });
    expect(rising.beats).toEqual([{ endDiastole: 0, endSystole: 2, whole: false }]);
    expect(beatsOfCurve([null, null], {})).toMatchObject({ found: 'whole-clip', missingFrames: 2 });
  });
});

describe('fillSequence', () => {
  it('takes eight frames from end-diastole to end-systole and stays in the clip', () => {
    const features = { count: 8, width: 2, data: Float32Array.from({ length: 16 }, (_, i) => i >> 1) };
    const target = new Float32Array(16);
    fillSequence(target, 0, features, { endDiastole: 0, endSystole: 7 }, 8);
    expect([...target]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
    fillSequence(target, 0, features, { endDiastole: -1, endSystole: 9 }, 8);
    expect([target[0], target[15]]).toEqual([0, 7]);
  });
});

describe('conformalReach', () => {
  it('is the ceil((n + 1) level)-th error', () => {
    const errors = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(conformalReach(errors, 0.8)).toBe(8); // ceil(10 x 0.8)
    expect(conformalReach(errors, 0.95)).toBe(9); // the tenth is not there
    expect(conformalReach([], 0.8)).toBe(100);
  });
});

describe('ventricleOf', () => {
  it('keeps the largest piece and is surer of clear logits', () => {
    const logits = new Float32Array(64).fill(-9);
    for (const i of [9, 10, 17, 18, 63]) logits[i] = 9;
    const sure = ventricleOf(logits, 8);
    expect([...sure.mask.data].reduce((sum, value) => sum + value, 0)).toBe(4);
    expect(sure.certainty).toBeGreaterThan(0.99);
    expect(
      ventricleOf(
        logits.map((value) => value / 30),
        8,
      ).certainty,
    ).toBeLessThan(0.3);
    expect(ventricleOf(new Float32Array(64).fill(-9), 8).certainty).toBe(0);
  });
});

describe('shape of the ventricle', () => {
  it('is slender when long, and knows when the picture cuts it', () => {
    const box = (width: number, height: number): Uint8Array =>
      Uint8Array.from({ length: 400 }, (_, i) =>
        i % 20 >= 5 && i % 20 < 5 + width && i >= 60 && i < 60 + 20 * height ? 1 : 0,
      );
    const mask = { width: 20, height: 20, data: box(4, 12) };
    expect(slendernessOf(mask)).toBeCloseTo(3, 5); // 12^2 / 48
    expect(touchesBorder(mask)).toBe(false);
    expect(touchesBorder({ ...mask, data: box(4, 17) })).toBe(true);
    expect(slendernessOf({ ...mask, data: new Uint8Array(400) })).toBeNull();
  });
});

describe('clipStarts', () => {
  it('spreads sub-clips of 32 frames, every second one', () => {
    expect(clipStarts(40, 3)).toEqual([0]); // shorter than 63 frames
    expect(clipStarts(63, 3)).toEqual([0]);
    expect(clipStarts(73, 3)).toEqual([0, 5, 10]);
  });
});

describe('reasonsOf', () => {
  const fine: ReasonInputs = {
    origin: 'real',
    calibration: {
      patients: 20,
      absoluteErrors: [1, 2],
      disagreements: [2, 6],
      lowestCertainty: 0.7,
      slenderness: [1.5, 2.5],
    },
    stage1: {
      curve: [1, 2, 3],
      beats: [1, 2, 3].map((n) => ({ endDiastole: 10 * n, endSystole: 10 * n + 5, whole: true })),
      found: 'beats',
      ejectionFractionPercent: 55,
      perBeatPercent: [55, 55, 55],
      missingFrames: 0,
    },
    learned: 56,
    framesPerSecond: 50,
    frameCount: 90,
    certainty: 0.9,
    slenderness: 2,
    cutOff: false,
    noveltyP: 0.5,
  };
  const codes = (change: Partial<ReasonInputs>): string[] => reasonsOf({ ...fine, ...change }).map(({ code }) => code);

  it('has none for a clip like those of training', () => {
    expect(reasonsOf(fine)).toEqual([]);
  });

  it('names each by its own cause', () => {
    expect(codes({ origin: 'phantom' })).toEqual(['phantom-model']);
    expect(codes({ learned: 40 })).toEqual(['disagreement']);
    expect(codes({ noveltyP: 0.01 })).toEqual(['out-of-distribution']);
    expect(codes({ framesPerSecond: null })).toEqual(['frame-rate-unknown']);
    expect(codes({ framesPerSecond: 12 })).toEqual(['frame-rate-low']);
    expect(codes({ certainty: 0.6 })).toEqual(['unsure-outline']);
    expect(codes({ slenderness: 1.1 })).toEqual(['shape']);
    expect(codes({ cutOff: true })).toEqual(['cut-off']);
    expect(codes({ stage1: { ...fine.stage1, missingFrames: 4 } })).toEqual(['missing-ventricle']);
    expect(codes({ stage1: { ...fine.stage1, found: 'extremes' } })).toEqual(['no-inner-systole']);
    expect(codes({ stage1: { ...fine.stage1, found: 'whole-clip', ejectionFractionPercent: null } })).toEqual([
      'no-contraction',
    ]);
    const cut = { ...fine.stage1, beats: [{ endDiastole: 0, endSystole: 5, whole: false }] };
    expect(codes({ stage1: cut })).toEqual(['few-beats', 'cut-beat']);
  });
});

describe('sparkline', () => {
  it('draws a curve in a line', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([1, null, 2])).toBe('▁·█');
    expect(sparkline(new Array(600).fill(1)).length).toBe(60);
  });
});
