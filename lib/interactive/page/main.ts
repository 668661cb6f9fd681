/// <reference lib="dom" />
import { api } from './api.js';
import { showFirst, showFrame, showGroup, step } from './frames.js';
import { watchKeys } from './keys.js';
import { change, goBack, goForth } from './masks.js';
import * as objects from './objects.js';
import { byId, make, showStart } from './panels.js';
import { watchPointer } from './pointer.js';
import { attempt, canvas, draw, extent, fit, noComplaint, say } from './show.js';
import { colours, present, spacing, state, type Tool } from './store.js';
import { moved, toFrame, zoomedAt } from './viewport.js';
import type { StartReply } from './wire.js';

function zoom(factor: number, at: readonly [number, number] = [canvas.clientWidth / 2, canvas.clientHeight / 2]): void {
  if (state.frame !== null) state.view = zoomedAt(state.view, factor, at, state.frame, extent());
  draw();
}

/** A prompt at a place of the frame; beyond its edge there is nothing to prompt. */
function prompt(at: readonly [number, number], outside: boolean): void {
  const [x, y] = at;
  if (state.frame === null || x < 0 || y < 0 || x > state.frame.width || y > state.frame.height) return;
  noComplaint();
  const inside = !outside && state.tool !== 'outside';
  change(objects.withStep(present(), { kind: 'point', x: rounded(x), y: rounded(y), inside }));
}

function promptBox(from: readonly [number, number], to: readonly [number, number]): void {
  const { frame } = state;
  state.draft = null;
  if (frame === null) return;
  const inside = (value: number, most: number): number => rounded(Math.min(most, Math.max(0, value)));
  const [x0, y0, x1, y1] = [
    inside(from[0], frame.width),
    inside(from[1], frame.height),
    inside(to[0], frame.width),
    inside(to[1], frame.height),
  ];
  draw();
  if (Math.abs(x1 - x0) < 1 || Math.abs(y1 - y0) < 1) return;
  noComplaint();
  change(objects.withStep(present(), { kind: 'box', x0, y0, x1, y1 }));
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

function setTool(tool: Tool): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-tool="${tool}"]`);
  if (button === null || button.hidden) return;
  state.tool = tool;
  state.corner = null;
  state.draft = null;
  for (const one of document.querySelectorAll<HTMLButtonElement>('[data-tool]')) {
    one.setAttribute('aria-checked', String(one === button));
    one.tabIndex = one === button ? 0 : -1;
  }
  draw();
}

async function save(format: 'png' | 'nifti'): Promise<void> {
  const filled = present().objects.filter(({ steps }) => steps.length > 0);
  const list = filled.map(({ name, colour, steps }) => ({ name, colour, steps }));
  const { path, download } = await api.save({ place: state.place, format, spacing: spacing(), objects: list });
  const link = make('a', 'download', { href: download, download: '' });
  byId('saved').replaceChildren(`Saved ${path} (`, link, ')');
}

watchPointer(canvas, {
  drawsBox: () => state.tool === 'box',
  tap(at, outside) {
    if (state.tool === 'box' && !outside) say('Drag from one corner of the box to the other.');
    else prompt(toFrame(state.view, at), outside);
  },
  box(from, to, done) {
    const [a, b] = [toFrame(state.view, from), toFrame(state.view, to)];
    if (done) promptBox(a, b);
    else state.draft = [...a, ...b];
    draw();
  },
  cancelBox() {
    state.draft = null;
    draw();
  },
  move(dx, dy) {
    if (state.frame !== null) state.view = moved(state.view, dx, dy, state.frame, extent());
    draw();
  },
  zoom,
});

const toggleTruth = (): void => {
  const box = byId<HTMLInputElement>('truth');
  box.checked = !box.checked;
  draw();
};
const clear = (): void => change(objects.cleared(present()));
const newObject = (): void => change(objects.withNewObject(present(), colours()));
const openHelp = (): void => byId<HTMLDialogElement>('helpBox').showModal();

watchKeys(canvas, {
  tool: setTool,
  undo: goBack,
  redo: goForth,
  clear,
  newObject,
  choose(place) {
    const object = present().objects[place];
    if (object !== undefined) change(objects.selecting(present(), object.id), false);
  },
  ask: () => byId('text').focus(),
  step,
  zoom,
  fit,
  toggleTruth,
  save: (format) => attempt(() => save(format)),
  help: openHelp,
  escape() {
    state.corner = null;
    state.draft = null;
    noComplaint();
    draw();
  },
  moveCross(dx, dy, far) {
    const { frame, cross } = state;
    if (frame === null || cross === null) return;
    const by = Math.max(frame.width, frame.height) / (far ? 12 : 100);
    const x = Math.min(frame.width, Math.max(0, cross[0] + dx * by));
    const y = Math.min(frame.height, Math.max(0, cross[1] + dy * by));
    state.cross = [x, y];
    state.crossShown = true;
    if (state.corner !== null) state.draft = [...state.corner, x, y];
    draw();
  },
  promptAtCross(outside) {
    const { cross, corner } = state;
    if (cross === null) return;
    if (state.tool !== 'box') return prompt(cross, outside);
    state.corner = corner === null ? cross : null;
    if (corner === null) say('First corner. Move the cross to the other one and press Enter.');
    else promptBox(corner, cross);
  },
});

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-tool]')) {
  button.addEventListener('click', () => setTool(button.dataset.tool as Tool));
  button.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const all = [...document.querySelectorAll<HTMLButtonElement>('[data-tool]:not([hidden])')];
    const next = all[(all.indexOf(button) + by + all.length) % all.length] as HTMLButtonElement;
    setTool(next.dataset.tool as Tool);
    next.focus();
  });
}
byId('undo').addEventListener('click', goBack);
byId('redo').addEventListener('click', goForth);
byId('clear').addEventListener('click', clear);
byId('new').addEventListener('click', newObject);
byId('truth').addEventListener('change', draw);
byId('png').addEventListener('click', () => attempt(() => save('png')));
byId('nifti').addEventListener('click', () => attempt(() => save('nifti')));
byId('help').addEventListener('click', openHelp);
byId('previous').addEventListener('click', () => step(-1));
byId('next').addEventListener('click', () => step(1));
const slider = byId<HTMLInputElement>('frame');
slider.addEventListener('input', () => attempt(() => showFrame({ ...state.place, frame: Number(slider.value) })));
byId('alert').querySelector('button')?.addEventListener('click', noComplaint);
byId('group').addEventListener('change', () =>
  attempt(async () => {
    byId<HTMLInputElement>('search').value = '';
    await showFirst(byId<HTMLSelectElement>('group').value);
  }),
);
byId('search').addEventListener('input', () => attempt(() => showGroup(byId<HTMLSelectElement>('group').value)));
byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = byId<HTMLInputElement>('text');
  const text = field.value.trim();
  if (text === '') return;
  noComplaint();
  field.value = '';
  field.blur();
  change(objects.withStep(present(), { kind: 'text', text }));
});
const objectAt = (event: Event): number => Number((event.target as HTMLElement).closest('li')?.dataset.object);
byId('objects').addEventListener('click', (event) => {
  const button = (event.target as HTMLElement).closest('button');
  if (button?.className === 'remove') change(objects.withoutObject(present(), objectAt(event), colours()));
  else if (button !== null) change(objects.selecting(present(), objectAt(event)), false);
});
byId('objects').addEventListener('focusin', (event) => {
  if (event.target instanceof HTMLInputElement) change(objects.selecting(present(), objectAt(event)), false);
});
byId('objects').addEventListener('change', (event) => {
  if (event.target instanceof HTMLInputElement) change(objects.renamed(present(), objectAt(event), event.target.value));
});
byId('objects').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.target.blur();
});
canvas.addEventListener('pointerdown', () => {
  state.crossShown = false;
});
canvas.addEventListener('focus', draw);
canvas.addEventListener('blur', draw);
new ResizeObserver(fit).observe(canvas);

attempt(async () => {
  state.start = await api.start();
  showStart(state.start);
  if (!state.start.takesPoints) setTool('box');
  await showFirst((state.start.groups[0] as StartReply['groups'][number]).id);
  document.documentElement.dataset.ready = 'true';
});
