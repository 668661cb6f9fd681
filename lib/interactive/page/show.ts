/// <reference lib="dom" />
import { selectedObject } from './objects.js';
import { paint } from './painter.js';
import { byId, showDice, showObjects } from './panels.js';
import { history, maskOf, present, spacing, state } from './store.js';
import { fitted } from './viewport.js';

/** Where the frame is drawn. */
export const canvas = byId<HTMLCanvasElement>('canvas');

/** Size of the canvas in CSS pixels. */
export const extent = (): { width: number; height: number } => ({
  width: canvas.clientWidth,
  height: canvas.clientHeight,
});

let drawing = 0;

/** Draws at the next occasion. */
export function draw(): void {
  if (drawing === 0) drawing = requestAnimationFrame(drawNow);
}

/** Draws at once. */
export function drawNow(): void {
  drawing = 0;
  const { frame, picture } = state;
  if (frame === null || picture === null) return;
  const { objects: all, selected } = present();
  const ordered = [...all].sort((a, b) => Number(a.id === selected) - Number(b.id === selected));
  paint(canvas, state.view, {
    picture,
    width: frame.width,
    height: frame.height,
    objects: ordered.map((object) => ({
      colour: object.colour,
      steps: object.steps,
      outlines: maskOf(object)?.outlines ?? [],
      selected: object.id === selected,
    })),
    truths: byId<HTMLInputElement>('truth').checked ? frame.truths.flatMap(({ outlines }) => outlines) : [],
    draft: state.draft,
    cross: state.crossShown && document.activeElement === canvas ? state.cross : null,
  });
}

/** Shows the objects as they are now, and draws. */
export function refresh(): void {
  const { past, future, present: now } = history();
  byId<HTMLButtonElement>('undo').disabled = past.length === 0;
  byId<HTMLButtonElement>('redo').disabled = future.length === 0;
  const chosen = selectedObject(now);
  byId<HTMLButtonElement>('clear').disabled = chosen.steps.length === 0;
  const any = now.objects.some(({ steps }) => steps.length > 0);
  byId<HTMLButtonElement>('png').disabled = !any;
  byId<HTMLButtonElement>('nifti').disabled = !any;
  showObjects(now, maskOf, spacing());
  const truths = state.frame?.truths ?? [];
  byId('compare').hidden = truths.length === 0;
  showDice(
    truths.map(({ structure }) => structure),
    maskOf(chosen),
  );
  draw();
}

/** The whole frame, as large as it fits. */
export function fit(): void {
  if (state.frame !== null) state.view = fitted(state.frame, extent());
  draw();
}

/** Says something below the picture. */
export function say(text: string): void {
  byId('status').textContent = text;
}

/** Says what went wrong. */
export function complain(error: unknown): void {
  const box = byId('alert');
  (box.querySelector('p') as HTMLElement).textContent = error instanceof Error ? error.message : String(error);
  box.hidden = false;
}

/** Takes the complaint away. */
export function noComplaint(): void {
  byId('alert').hidden = true;
}

/** Runs something the person asked for; what goes wrong is said. */
export function attempt(work: () => Promise<void>): void {
  noComplaint();
  work().catch(complain);
}
