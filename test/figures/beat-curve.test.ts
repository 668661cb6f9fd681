import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { type BeatCurveInput, beatCurve } from '../../lib/figures/beat-curve.js';
import { renderSvg } from '../../lib/figures/figure.js';
import { clientBox } from '../../lib/figures/svg-metrics.js';

const image = { width: 16, height: 16, data: Uint8Array.from({ length: 256 }, (_, i) => i) };
const mask = Uint8Array.from({ length: 256 }, (_, i) => (i % 16 > 5 && i % 16 < 10 && i > 80 && i < 200 ? 1 : 0));
const VOLUMES = [90, 100, 80, 60, 50, 70, null, 95];
const INPUT: BeatCurveInput = {
  name: 'beat-to-beat',
  title: 'One clip: the volume curve and the beats found in it',
  dataOrigin: 'phantom',
  frames: VOLUMES.map((volume, frame) => ({
    image,
    ...(volume !== null && { mask }),
    volume,
    ...(frame === 1 && { hover: 'traced as ED' }),
  })),
  seconds: VOLUMES.map((_, frame) => frame / 20),
  beats: [{ endDiastole: 1, endSystole: 4 }],
  ordinate: 'Volume (% of the largest)',
};

describe('beatCurve', () => {
  it('marks the beat, leaves a gap where nothing was measured, and names the frame on hovering', () => {
    const { data, layout } = beatCurve(INPUT);
    const [line, diastole, systole, shown] = data as unknown as { x: number[]; y: (number | null)[]; text: string[] }[];
    expect(line!.y).toEqual(VOLUMES);
    expect(line!.text[1]).toBe('frame 1, traced as ED');
    expect([diastole!.x, diastole!.y]).toEqual([[0.05], [100]]);
    expect([systole!.x, systole!.y]).toEqual([[0.2], [50]]);
    expect(shown!.y).toEqual([60]); // half way: frame 3
    expect(layout.shapes).toEqual([expect.objectContaining({ x0: 0.05, x1: 0.2 })]);
  });

  it('shows the frame under the slider: its picture, its words and its mark', () => {
    const { layout } = beatCurve(INPUT);
    const [slider] = layout.sliders as {
      steps: { args: [Record<string, unknown>, Record<string, string>, number[]] }[];
    }[];
    expect(slider!.steps).toHaveLength(VOLUMES.length);
    const [moved, changed, traces] = slider!.steps[5]!.args;
    expect(moved).toEqual({ x: [[0.25]], y: [[70]] });
    expect(traces).toEqual([3]);
    expect(changed['annotations[0].text']).toBe('frame 5, 0.25 s');
    expect(changed['images[0].source']).toMatch(/^data:image\/png/);
    expect(slider!.steps[6]!.args[1]['images[0].source']).not.toBe(changed['images[0].source']); // no outline there
  });

  it('numbers frames where the rate is not known', () => {
    const { layout, data } = beatCurve({ ...INPUT, seconds: null });
    expect((layout.xaxis2 as { title: { text: string } }).title.text).toBe('Frame');
    expect((data[1] as unknown as { x: number[] }).x).toEqual([1]);
  });

  it('refuses what does not fit', () => {
    expect(() => beatCurve({ ...INPUT, beats: [] })).toThrow('needs two frames and a beat');
    expect(() => beatCurve({ ...INPUT, seconds: [0] })).toThrow('seconds must have 8 values');
    expect(() => beatCurve({ ...INPUT, beats: [{ endDiastole: 1, endSystole: 8 }] })).toThrow('frame 8');
  });

  it('cuts off no words, on a screen and on a phone', async () => {
    for (const format of ['notebook', 'phone'] as const) {
      const { document } = new JSDOM(await renderSvg(beatCurve(INPUT), format), { contentType: 'image/svg+xml' })
        .window;
      const [width, height] = (document.documentElement.getAttribute('viewBox') ?? '').split(' ').slice(2).map(Number);
      const outside = [...document.querySelectorAll('text')].filter((text) => {
        if (!text.textContent?.trim()) return false;
        const box = clientBox(text);
        return !box || box.left < -0.5 || box.top < -0.5 || box.right > width! + 0.5 || box.bottom > height! + 0.5;
      });
      expect(outside.map(({ textContent }) => `${format}: ${textContent}`)).toEqual([]);
    }
  }, 120_000);
});
