/// <reference lib="dom" />
import { toCanvas, type Viewport } from './viewport.js';
import type { WireOutline, WireStep } from './wire.js';

/** One object as it is drawn. */
export interface PaintedObject {
  readonly colour: string;
  readonly outlines: readonly WireOutline[];
  readonly steps: readonly WireStep[];
  readonly selected: boolean;
}

/** Everything on the canvas. */
export interface Painting {
  readonly picture: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  readonly objects: readonly PaintedObject[];
  readonly truths: readonly WireOutline[];
  /** A box that is being dragged, in pixels of the frame. */
  readonly draft: readonly [number, number, number, number] | null;
  /** The keyboard's cross, in pixels of the frame. */
  readonly cross: readonly [number, number] | null;
}

/** Draws a frame, its masks, truths and prompts. Sharp on every screen: sizes are CSS pixels. */
export function paint(canvas: HTMLCanvasElement, view: Viewport, painting: Painting): void {
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(painting.picture, view.x, view.y, painting.width * view.scale, painting.height * view.scale);

  for (const { outlines, colour, selected } of painting.objects) {
    trace(context, view, outlines);
    context.globalAlpha = selected ? 0.28 : 0.16;
    context.fillStyle = colour;
    context.fill('evenodd');
    context.globalAlpha = 1;
    context.lineJoin = 'round';
    context.strokeStyle = 'rgba(0, 0, 0, 0.65)';
    context.lineWidth = selected ? 4 : 3;
    context.stroke();
    context.strokeStyle = colour;
    context.lineWidth = selected ? 2.25 : 1.5;
    context.stroke();
  }
  trace(context, view, painting.truths);
  context.setLineDash([6, 5]);
  context.strokeStyle = 'rgba(0, 0, 0, 0.6)';
  context.lineWidth = 3;
  context.stroke();
  context.strokeStyle = '#ffffff';
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);

  for (const { steps, colour, selected } of painting.objects) {
    if (selected) marks(context, view, steps, colour);
  }
  if (painting.draft !== null) box(context, view, painting.draft, '#ffffff');
  if (painting.cross !== null) cross(context, view, painting.cross);
}

function trace(context: CanvasRenderingContext2D, view: Viewport, outlines: readonly WireOutline[]): void {
  context.beginPath();
  for (const outline of outlines) {
    for (let i = 0; i < outline.length; i += 2) {
      const [x, y] = toCanvas(view, [outline[i] as number, outline[i + 1] as number]);
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.closePath();
  }
}

/** A plus for inside, a minus for outside, and the last box: earlier ones no longer count. */
function marks(context: CanvasRenderingContext2D, view: Viewport, steps: readonly WireStep[], colour: string): void {
  const last = steps.findLast((step) => step.kind === 'box');
  if (last !== undefined) box(context, view, [last.x0, last.y0, last.x1, last.y1], colour);
  for (const step of steps) {
    if (step.kind !== 'point') continue;
    const [x, y] = toCanvas(view, [step.x, step.y]);
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.fillStyle = step.inside ? '#00875f' : '#c8320a';
    context.fill();
    context.strokeStyle = '#ffffff';
    context.lineWidth = 2;
    context.stroke();
    context.beginPath();
    context.moveTo(x - 3.5, y);
    context.lineTo(x + 3.5, y);
    if (step.inside) {
      context.moveTo(x, y - 3.5);
      context.lineTo(x, y + 3.5);
    }
    context.stroke();
  }
}

function box(
  context: CanvasRenderingContext2D,
  view: Viewport,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  colour: string,
): void {
  const [left, top] = toCanvas(view, [x0, y0]);
  const [right, bottom] = toCanvas(view, [x1, y1]);
  context.strokeStyle = 'rgba(0, 0, 0, 0.6)';
  context.lineWidth = 3;
  context.strokeRect(left, top, right - left, bottom - top);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash([2, 3]);
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
}

function cross(context: CanvasRenderingContext2D, view: Viewport, place: readonly [number, number]): void {
  const [x, y] = toCanvas(view, place);
  for (const [colour, width] of [
    ['#000000', 4],
    ['#ffd54a', 2],
  ] as const) {
    context.beginPath();
    context.moveTo(x - 14, y);
    context.lineTo(x - 4, y);
    context.moveTo(x + 4, y);
    context.lineTo(x + 14, y);
    context.moveTo(x, y - 14);
    context.lineTo(x, y - 4);
    context.moveTo(x, y + 4);
    context.lineTo(x, y + 14);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
