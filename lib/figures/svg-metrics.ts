import { FONT_ASCENT, FONT_DESCENT, type TextStyle, textWidth } from './font.js';

/** A box in pixels, y downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An affine map `[a, b, c, d, e, f]` as in SVG's `matrix()`. */
type Matrix = readonly [number, number, number, number, number, number];

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

interface Run {
  readonly text: string;
  readonly size: number;
  readonly width: number;
  readonly baseline: number;
}

/**
 * Bounding box of an SVG element in the coordinates of its outermost ancestor, as a browser's `getBoundingClientRect`
 * gives it, for text set in Arimo. Only text, rectangles and groups of them have an extent; other shapes count as empty.
 */
export function clientBox(element: Element): Box | null {
  let outer = IDENTITY;
  for (let node = element.parentElement; node !== null; node = node.parentElement) {
    outer = multiply(transformOf(node), outer);
  }
  return boxOf(element, outer);
}

/** Advance width of a text element's widest line. */
export function textLength(element: Element): number {
  return Math.max(0, ...linesOf(element).map((line) => line.width));
}

/**
 * Writes the `dy` in em of text and its lines as plain `y` in pixels: browsers read both, several other SVG viewers only the latter.
 */
export function settleLines(text: Element): void {
  for (const element of [text, ...text.children]) {
    const isLine = element === text || element.getAttribute('class') === 'line';
    if (!isLine || !element.hasAttribute('dy')) continue;
    const y = element.hasAttribute('y') ? numberAttribute(element, 'y') : numberAttribute(text, 'y');
    const settled = y + emAttribute(element, 'dy', fontSize(element));
    element.setAttribute('y', String(Math.round(settled * 100) / 100));
    element.removeAttribute('dy');
  }
}

function boxOf(element: Element, outer: Matrix): Box | null {
  const matrix = multiply(outer, transformOf(element));
  const style = (element as SVGElement).style;
  if (style?.display === 'none') return null;
  switch (element.localName) {
    case 'text':
      return union(linesOf(element).map((line) => mapBox(line, matrix)));
    case 'rect':
      return mapBox(rectangle(element), matrix);
    case 'defs':
    case 'clipPath':
      return null;
    default:
      return union([...element.children].map((child) => boxOf(child, matrix)));
  }
}

function rectangle(element: Element): Box {
  const [left, top, width, height] = ['x', 'y', 'width', 'height'].map((name) => numberAttribute(element, name)) as [
    number,
    number,
    number,
    number,
  ];
  return { left, top, right: left + width, bottom: top + height };
}

/** Lines of a text element, each placed by its own x, y, dy and the element's anchor. */
function linesOf(text: Element): (Box & { readonly width: number })[] {
  const lineElements = [...text.children].filter((child) => child.getAttribute('class') === 'line');
  const starts = lineElements.length > 0 ? lineElements : [text];
  const anchor = inherited(text, 'text-anchor') || 'start';
  return starts.flatMap((start) => {
    const size = fontSize(start);
    const x = numberAttribute(start, 'x') || numberAttribute(text, 'x');
    const y =
      (start.hasAttribute('y') ? numberAttribute(start, 'y') : numberAttribute(text, 'y')) +
      emAttribute(start, 'dy', size);
    const runs = runsOf(start, 0);
    const width = runs.reduce((sum, run) => sum + run.width, 0);
    if (width === 0) return [];
    const left = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x;
    return [
      {
        left,
        right: left + width,
        top: y + Math.min(...runs.map((run) => run.baseline - FONT_ASCENT * run.size)),
        bottom: y + Math.max(...runs.map((run) => run.baseline + FONT_DESCENT * run.size)),
        width,
      },
    ];
  });
}

function runsOf(element: Element, baseline: number): Run[] {
  let shift = baseline;
  const runs: Run[] = [];
  for (const node of element.childNodes) {
    if (node.nodeType === 3) {
      const text = (node.textContent ?? '').replace(/[\u200b\n]/g, '');
      if (text === '') continue;
      const style = styleOf(element);
      runs.push({ text, size: style.size, width: textWidth(text, style), baseline: shift });
    } else if (node.nodeType === 1) {
      const child = node as Element;
      shift += emAttribute(child, 'dy', fontSize(child));
      runs.push(...runsOf(child, shift));
    }
  }
  return runs;
}

function styleOf(element: Element): TextStyle {
  const weight = inherited(element, 'font-weight');
  return {
    size: fontSize(element),
    bold: weight === 'bold' || Number(weight) >= 600,
    italic: inherited(element, 'font-style') === 'italic',
  };
}

function fontSize(element: Element): number {
  const own = ownStyle(element, 'font-size');
  const parent = element.parentElement;
  if (own.endsWith('%')) return ((parent ? fontSize(parent) : 16) * Number.parseFloat(own)) / 100;
  if (own.endsWith('em')) return (parent ? fontSize(parent) : 16) * Number.parseFloat(own);
  if (own !== '') return Number.parseFloat(own);
  return parent ? fontSize(parent) : 16;
}

function inherited(element: Element, property: string): string {
  for (let node: Element | null = element; node !== null; node = node.parentElement) {
    const value = ownStyle(node, property);
    if (value !== '') return value;
  }
  return '';
}

function ownStyle(element: Element, property: string): string {
  return (element as SVGElement).style?.getPropertyValue(property) || element.getAttribute(property) || '';
}

function numberAttribute(element: Element, name: string): number {
  return Number.parseFloat(element.getAttribute(name) ?? '') || 0;
}

function emAttribute(element: Element, name: string, size: number): number {
  const value = element.getAttribute(name) ?? '';
  return (Number.parseFloat(value) || 0) * (value.endsWith('em') ? size : 1);
}

function transformOf(element: Element): Matrix {
  let matrix = IDENTITY;
  for (const [, name, list] of (element.getAttribute('transform') ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const values = (list ?? '').split(/[\s,]+/).map(Number);
    matrix = multiply(matrix, elementary(name as string, values));
  }
  return matrix;
}

function elementary(name: string, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: number[]): Matrix {
  switch (name) {
    case 'translate':
      return [1, 0, 0, 1, a, b];
    case 'scale':
      return [a, 0, 0, b === 0 ? a : b, 0, 0];
    case 'rotate': {
      const angle = (a * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return [cos, sin, -sin, cos, b - cos * b + sin * c, c - sin * b - cos * c];
    }
    case 'matrix':
      return [a, b, c, d, e, f];
    default:
      return IDENTITY;
  }
}

function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

function mapBox(box: Box, m: Matrix): Box {
  const corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ] as const;
  const xs = corners.map(([x, y]) => m[0] * x + m[2] * y + m[4]);
  const ys = corners.map(([x, y]) => m[1] * x + m[3] * y + m[5]);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function union(boxes: readonly (Box | null)[]): Box | null {
  const found = boxes.filter((box) => box !== null);
  if (found.length === 0) return null;
  return {
    left: Math.min(...found.map((box) => box.left)),
    top: Math.min(...found.map((box) => box.top)),
    right: Math.max(...found.map((box) => box.right)),
    bottom: Math.max(...found.map((box) => box.bottom)),
  };
}
