import { describe, expect, it } from 'vitest';
import type { AnnotatedFrame } from '../../../lib/experiments/segmentation/annotated-frames.js';
import { ellipseInBox } from '../../../lib/experiments/segmentation/prompt-controls.js';
import {
  casesOf,
  type SegmentationCase,
  scoreMask,
  trueMask,
} from '../../../lib/experiments/segmentation/score-mask.js';
import {
  modelCover,
  modelView,
  padded,
  pictureMask,
  squareAround,
  storedSquare,
} from '../../../lib/experiments/segmentation/square-view.js';
import { targetOf } from '../../../lib/experiments/segmentation/structures.js';
import { surfaceDistances } from '../../../lib/statistics/surface-distance.js';

/** A case whose left ventricle is an upright ellipse, with the atrium as a block under it. */
function caseOf(width: number, height: number, spacing: number | null = 0.5): SegmentationCase {
  const labels = new Uint8Array(width * height);
  const image = new Uint8Array(width * height).fill(100);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (((x - width / 2) / (width / 5)) ** 2 + ((y - height / 2) / (height / 4)) ** 2 <= 1) labels[y * width + x] = 1;
      if (y > 0.85 * height && x > 0.4 * width && x < 0.6 * width) labels[y * width + x] = 3;
    }
  }
  const frame: AnnotatedFrame = {
    id: 'camus/patient0001_4CH#ED',
    patient: 'camus/patient0001',
    set: 'camus',
    view: 'A4C',
    phase: 'ED',
    structures: ['leftVentricle', 'leftAtrium'],
    clip: { read: () => Promise.resolve([]) },
    place: 0,
  };
  const picture = {
    image: { width, height, data: image },
    labels,
    spacing: spacing === null ? null : { xMillimetres: spacing, yMillimetres: spacing },
  };
  return { frame, picture, structure: 'leftVentricle' };
}

describe('the square view', () => {
  it('puts a picture in the middle of its square, black around', () => {
    expect(squareAround({ width: 6, height: 4 })).toEqual({ side: 6, left: 0, top: 1 });
    const data = Uint8Array.from([1, 2, 3, 4]);
    expect(Array.from(padded(data, { width: 4, height: 1 }))).toEqual([0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('comes back to the picture: the mask of a cover is the mask', () => {
    const one = caseOf(90, 70);
    const truth = trueMask(one);
    const cover = modelCover(truth, one.picture.image, 64);
    const logits = cover.map((share) => share - 0.5);
    const back = pictureMask(logits, 64, one.picture.image);
    expect(scoreMask(one, back, 1).score).toBeGreaterThan(0.97);
  });

  it('keeps the mean grey of the picture', () => {
    const { image } = caseOf(96, 48).picture;
    const view = modelView(image, 32);
    expect(view.reduce((sum, value) => sum + value, 0) / view.length).toBeCloseTo(50, 0); // half the square is black
  });

  it('stores a large picture smaller, its labels in place', () => {
    const { picture } = caseOf(200, 160);
    const stored = storedSquare(picture, 100);
    expect(stored.side).toBe(100);
    const share = (labels: Uint8Array): number => labels.filter((value) => value === 1).length / labels.length;
    expect(share(stored.labels)).toBeCloseTo((share(picture.labels) * 160) / 200, 2);
    expect(storedSquare(picture, 300).side).toBe(200);
  });
});

describe('scoreMask', () => {
  it('of the truth itself is perfect', () => {
    const one = caseOf(80, 80);
    const row = scoreMask(one, trueMask(one), 3);
    expect(row).toMatchObject({ score: 1, hausdorff: 0, averageSurfaceDistance: 0, areaError: 0, volumeError: 0 });
    expect(row).toMatchObject({ target: 'CAMUS LV-ED', unit: 'mm', seed: 3, sample: 'camus/patient0001_4CH#ED/LV' });
  });

  it('measures a shift by two pixels in millimetres', () => {
    const one = caseOf(80, 80);
    const truth = trueMask(one);
    const moved = Uint8Array.from(truth, (_, i) => truth[i - 2] ?? 0);
    const row = scoreMask(one, moved, 1);
    expect(row.hausdorff).toBeCloseTo(1, 5); // 2 pixels of 0.5 mm
    expect(row.areaError).toBe(0);
  });

  it('gives the distances of the whole picture', () => {
    const one = caseOf(70, 50);
    const moved = ellipseInBox(one, 0.15, 3);
    const whole = surfaceDistances(moved, trueMask(one), [50, 70], [0.5, 0.5]);
    const row = scoreMask(one, moved, 1);
    expect(row.hausdorff).toBeCloseTo(whole.hausdorff, 3);
    expect(row.averageSurfaceDistance).toBeCloseTo(whole.averageSurfaceDistance, 4);
  });

  it('leaves distances empty where nothing was predicted, and volumes of a short axis', () => {
    const one = caseOf(40, 40, null);
    const row = scoreMask(one, new Uint8Array(1600), 1);
    expect(row).toMatchObject({ score: 0, hausdorff: null, averageSurfaceDistance: null, unit: 'px', areaError: -100 });
    const across = { ...one, frame: { ...one.frame, set: 'echonet-pediatric' as const, view: 'PSAX' } };
    expect(scoreMask(across, trueMask(one), 1)).toMatchObject({ volumeError: null, target: 'ENPed-PSAX LV' });
  });
});

describe('casesOf', () => {
  it('takes the structures that are wanted, traced and there', () => {
    const { frame, picture } = caseOf(40, 40);
    const names = (structures: readonly ('leftVentricle' | 'leftAtrium' | 'myocardium')[]): string[] =>
      casesOf([frame], [picture], () => structures).map(({ structure }) => structure);
    expect(names(['leftVentricle', 'leftAtrium', 'myocardium'])).toEqual(['leftVentricle', 'leftAtrium']);
    const empty = { ...picture, labels: picture.labels.map((value) => (value === 3 ? 0 : value)) };
    expect(casesOf([frame], [empty], () => ['leftAtrium'])).toEqual([]);
  });
});

describe('targetOf', () => {
  it('names the rows of Table 9', () => {
    const at = { view: 'A4C', phase: 'ES', structure: 'leftVentricle' } as const;
    expect(targetOf({ ...at, set: 'camus' })).toBe('CAMUS LV-ES');
    expect(targetOf({ ...at, set: 'echonet-dynamic' })).toBe('ENDym LV-ES');
    expect(targetOf({ ...at, set: 'echonet-pediatric' })).toBe('ENPed-A4C LV');
    expect(targetOf({ ...at, set: 'vol-biplane', structure: 'rightAtrium' })).toBe('Vol-biplane RA');
  });
});

describe('ellipseInBox', () => {
  it('is nearly the truth where the truth is an ellipse, and fills pi / 4 of its box', () => {
    const one = caseOf(100, 100);
    expect(scoreMask(one, ellipseInBox(one, 0, 1), 1).score).toBeGreaterThan(0.97);
    const filled = ellipseInBox(one, 0, 1).filter((value) => value === 1).length;
    expect(filled / (41 * 51)).toBeCloseTo(Math.PI / 4, 1); // the box of half-axes 20 and 25
  });

  it('gets worse with a jittered box, the same for the same seed', () => {
    const one = caseOf(100, 100);
    const scores = [1, 2, 3, 4, 5].map((seed) => Number(scoreMask(one, ellipseInBox(one, 0.15, seed), 1).score));
    expect(Math.max(...scores)).toBeLessThan(0.97);
    expect(ellipseInBox(one, 0.15, 4)).toEqual(ellipseInBox(one, 0.15, 4));
  });
});
