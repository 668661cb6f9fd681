import { describe, expect, it } from 'vitest';
import { stream } from '../../lib/core/random.js';
import { gaussianBlur } from '../../lib/imaging/augmentation/gaussian-blur.js';
import { type MultiCropConfig, multiCrop, multiCropLength } from '../../lib/imaging/augmentation/multi-crop.js';
import { adjustBrightness, adjustContrast, flip, solarize } from '../../lib/imaging/augmentation/photometric.js';
import { randomCropBox } from '../../lib/imaging/augmentation/random-resized-crop.js';
import type { Plane } from '../../lib/imaging/resample.js';

const CONFIG: MultiCropConfig = {
  globalSize: 16,
  globalScale: [0.25, 1],
  localCount: 3,
  localSize: 8,
  localScale: [0.05, 0.25],
  blur: [1, 0.1, 0.5],
  channels: 3,
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

const plane = (...values: number[]): Plane => ({ width: values.length, height: 1, data: Float32Array.from(values) });

const image = {
  width: 24,
  height: 24,
  data: Uint8Array.from({ length: 576 }, (_, i) => (i * 37) % 256),
};

function crops(
  seed: number,
  config: MultiCropConfig = CONFIG,
): { globals: [Float32Array, Float32Array]; locals: Float32Array[] } {
  const length = multiCropLength(config);
  const globals: [Float32Array, Float32Array] = [new Float32Array(length.global), new Float32Array(length.global)];
  const locals = Array.from({ length: config.localCount }, () => new Float32Array(length.local));
  multiCrop(image, config, stream(seed, 'image'), globals, locals);
  return { globals, locals };
}

describe('randomCropBox', () => {
  it('stays inside, with areas and aspects in the asked ranges', () => {
    const random = stream(1, 'crop');
    let smallest = 1;
    let largest = 0;
    for (let i = 0; i < 2000; i++) {
      const box = randomCropBox(112, 112, [0.25, 1], random);
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top + box.height).toBeLessThanOrEqual(112);
      const aspect = box.width / box.height;
      expect(aspect).toBeGreaterThan(0.73);
      expect(aspect).toBeLessThan(1.37);
      const share = (box.width * box.height) / 112 ** 2;
      smallest = Math.min(smallest, share);
      largest = Math.max(largest, share);
    }
    expect(smallest).toBeLessThan(0.27);
    expect(smallest).toBeGreaterThan(0.24);
    expect(largest).toBeGreaterThan(0.9);
  });

  it('falls back to the centre of an image that is too thin', () => {
    // torchvision 0.14 get_params: in_ratio 10 > 4/3, so w = round(10 * 4/3) = 13, left = (100 - 13) // 2
    expect(randomCropBox(100, 10, [1, 1], stream(1, 'thin'))).toEqual({ left: 43, top: 0, width: 13, height: 10 });
  });
});

describe('photometric', () => {
  it('equals hand-solved cases', () => {
    const values = plane(0, 100, 200);
    adjustBrightness(values, 1.5);
    expect([...values.data]).toEqual([0, 150, 255]);
    const stretched = plane(50, 100, 150);
    adjustContrast(stretched, 0.5);
    expect([...stretched.data]).toEqual([75, 100, 125]);
    const inverted = plane(0, 127, 128, 255);
    solarize(inverted);
    expect([...inverted.data]).toEqual([0, 127, 127, 0]);
    const mirrored = plane(1, 2, 3);
    flip(mirrored);
    expect([...mirrored.data]).toEqual([3, 2, 1]);
  });

  it('blur keeps the mean of an image with a flat border and spreads a point as a Gaussian', () => {
    const size = 31;
    const point: Plane = { width: size, height: size, data: new Float32Array(size * size) };
    point.data[15 * size + 15] = 1000;
    gaussianBlur(point, 2);
    let mass = 0;
    let spread = 0;
    point.data.forEach((value, i) => {
      mass += value;
      spread += value * ((i % size) - 15) ** 2;
    });
    expect(mass).toBeCloseTo(1000, 2);
    // variance of a Gaussian of sigma 2 cut at 3 sigma: a little under 4
    expect(spread / mass).toBeGreaterThan(3.8);
    expect(spread / mass).toBeLessThan(4.01);
  });
});

describe('multiCrop', () => {
  it('gives the same bytes for the same seed and others for another', () => {
    expect(crops(3)).toEqual(crops(3));
    expect(crops(3).globals[0]).not.toEqual(crops(4).globals[0]);
  });

  it('does not let the number of local crops disturb the others', () => {
    const few = crops(5);
    const many = crops(5, { ...CONFIG, localCount: 8 });
    expect(many.globals).toEqual(few.globals);
    expect(many.locals.slice(0, 3)).toEqual(few.locals);
  });

  it('normalises: values lie where black and white would', () => {
    for (const view of [...crops(6).globals, ...crops(6).locals]) {
      for (const value of view) {
        expect(value).toBeGreaterThanOrEqual(-0.485 / 0.229 - 1e-5);
        expect(value).toBeLessThanOrEqual((1 - 0.406) / 0.225 + 1e-5);
      }
    }
  });
});
