import { describe, expect, it } from 'vitest';
import { type FigureMeta, makeFigure, NOTEBOOK_WIDTH, PHANTOM_MARK, PHONE_WIDTH } from '../../lib/figures/figure.js';
import { textWidth, wrapText } from '../../lib/figures/font.js';
import { classStyle } from '../../lib/figures/palette.js';

const meta: FigureMeta = { name: 'a-figure', title: 'A', caption: 'B', altText: 'C', dataOrigin: 'phantom' };
const line = { type: 'scatter' as const, x: [1, 2], y: [1, 2] };
const axes = { xaxis: { title: 'Epoch' }, yaxis: { title: 'Loss (nats)' } };

describe('makeFigure', () => {
  it('lays a figure out for a notebook and for a phone', () => {
    const figure = makeFigure(meta, [line], axes);
    expect(figure.layout.width).toBe(NOTEBOOK_WIDTH);
    expect(figure.phoneLayout.width).toBe(PHONE_WIDTH);
    expect(JSON.stringify(figure.layout.annotations)).toContain(PHANTOM_MARK);
  });

  it('does not call real data phantom', () => {
    const figure = makeFigure({ ...meta, dataOrigin: 'real' }, [line], axes);
    expect(JSON.stringify(figure.layout)).not.toContain(PHANTOM_MARK);
  });

  it('lets phones have their own layout', () => {
    const figure = makeFigure(meta, [line], { ...axes, phone: { xaxis: { title: 'Epoch', nticks: 3 } } });
    expect(figure.layout.xaxis).not.toHaveProperty('nticks');
    expect(figure.phoneLayout.xaxis).toMatchObject({ nticks: 3, title: { text: 'Epoch' } });
  });

  it.each([
    ['a name with spaces', () => makeFigure({ ...meta, name: 'A figure' }, [line], axes), /kebab-case/],
    ['no caption', () => makeFigure({ ...meta, caption: ' ' }, [line], axes), /needs a caption/],
    ['nothing to draw', () => makeFigure(meta, [], axes), /nothing to draw/],
    ['NaN', () => makeFigure(meta, [{ ...line, y: [1, Number.NaN] }], axes), /data\.0\.y\.1 must be finite, got NaN/],
    ['a typed array', () => makeFigure(meta, [{ ...line, y: new Float32Array(2) }], axes), /plain array/],
    ['an axis without title', () => makeFigure(meta, [line], { ...axes, yaxis: {} }), /yaxis must have a title/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('text', () => {
  it('measures by the advance widths of Arimo', () => {
    // Arimo's hmtx table: E 1366, p 1139, o 1139, c 1024, h 1139, space 569, 2026 4 x 1139 of 2048 units; 16 px
    expect(textWidth('Epoch 2026', { size: 16 })).toBeCloseTo(85.406, 1);
    expect(textWidth('Epoch 2026', { size: 32 })).toBeCloseTo(2 * 85.406, 1);
    expect(textWidth('Epoch', { size: 16, bold: true })).toBeGreaterThan(textWidth('Epoch', { size: 16 }));
  });

  it('wraps at spaces, keeps every word and no line wider than asked', () => {
    const text = 'KNN accuracy during pretraining on the phantom analogue of Echo20M';
    const lines = wrapText(text, 200, { size: 14 });
    expect(lines.join(' ')).toBe(text);
    for (const part of lines) expect(textWidth(part, { size: 14 })).toBeLessThanOrEqual(200);
  });
});

describe('classStyle', () => {
  it('gives 45 classes 45 different looks', () => {
    const looks = Array.from({ length: 45 }, (_value, index) => JSON.stringify(classStyle(index)));
    expect(new Set(looks).size).toBe(45);
  });
});
