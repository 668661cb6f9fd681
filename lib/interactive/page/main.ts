/// <reference lib="dom" />
import { api } from './api.js';
import { type History, historyFrom, record, redo, undo } from './history.js';
import { watchKeys } from './keys.js';
import * as objects from './objects.js';
import { paint } from './painter.js';
import { byId, make, markClip, showClips, showDice, showObjects, showSpacing, showStart } from './panels.js';
import { watchPointer } from './pointer.js';
import { fitted, moved, toFrame, type Viewport, zoomedAt } from './viewport.js';
import type { ClipReply, FrameReply, Place, SegmentReply, StartReply, WireStep } from './wire.js';

type Tool = 'inside' | 'outside' | 'box';

const canvas = byId<HTMLCanvasElement>('canvas');
const slider = byId<HTMLInputElement>('frame');

/** Everything the page knows. Work on a frame is kept while the page is open, so a person may come back to it. */
const state = {
  start: null as StartReply | null,
  place: { group: '', clip: '', frame: 0 } as Place,
  clip: null as ClipReply | null,
  frame: null as FrameReply | null,
  picture: null as HTMLImageElement | null,
  view: { scale: 1, x: 0, y: 0 } as Viewport,
  tool: 'inside' as Tool,
  draft: null as [number, number, number, number] | null,
  cross: null as [number, number] | null,
  /** The cross is the keyboard's; a mouse needs none. */
  crossShown: false,
  corner: null as [number, number] | null,
  /** Millimetres a pixel as the person said, by clip. */
  said: new Map<string, number>(),
  work: new Map<string, History<objects.FrameObjects>>(),
  masks: new Map<string, SegmentReply>(),
  wanted: new Map<string, { place: Place; steps: readonly WireStep[]; since: number }>(),
  asking: false,
};

const frameKey = (place: Place): string => JSON.stringify(place);
const maskKey = (place: Place, steps: readonly WireStep[]): string => JSON.stringify([place, steps]);
const colours = (): readonly string[] => state.start?.colours ?? [];

function history(): History<objects.FrameObjects> {
  const key = frameKey(state.place);
  let known = state.work.get(key);
  if (known === undefined) {
    known = historyFrom(objects.firstObjects(colours()));
    state.work.set(key, known);
  }
  return known;
}

const present = (): objects.FrameObjects => history().present;
const maskOf = (object: objects.SegmentObject): SegmentReply | undefined =>
  state.masks.get(maskKey(state.place, object.steps));

function spacing(): ClipReply['spacing'] {
  const said = state.said.get(`${state.place.group}/${state.place.clip}`);
  if (state.clip?.spacing) return state.clip.spacing;
  return said === undefined ? null : { xMillimetres: said, yMillimetres: said };
}

// Drawing

let drawing = 0;
function draw(): void {
  if (drawing === 0) drawing = requestAnimationFrame(drawNow);
}

function drawNow(): void {
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

function refresh(): void {
  const { past, future, present: now } = history();
  byId<HTMLButtonElement>('undo').disabled = past.length === 0;
  byId<HTMLButtonElement>('redo').disabled = future.length === 0;
  const chosen = objects.selectedObject(now);
  byId<HTMLButtonElement>('clear').disabled = chosen.steps.length === 0;
  const any = now.objects.some(({ steps }) => steps.length > 0);
  byId<HTMLButtonElement>('png').disabled = !any;
  byId<HTMLButtonElement>('nifti').disabled = !any;
  showObjects(now, maskOf, spacing(), {
    choose: (id) => change(objects.selecting(present(), id), false),
    rename: (id, name) => change(objects.renamed(present(), id, name)),
    remove: (id) => change(objects.withoutObject(present(), id, colours())),
  });
  const truths = state.frame?.truths ?? [];
  byId('compare').hidden = truths.length === 0;
  showDice(
    truths.map(({ structure }) => structure),
    maskOf(chosen),
  );
  draw();
}

/** @param undoable choosing an object is not a step to be undone */
function change(next: objects.FrameObjects, undoable = true): void {
  const before = history();
  if (next === before.present) return;
  state.work.set(frameKey(state.place), undoable ? record(before, next) : { ...before, present: next });
  want();
  refresh();
}

// Masks

/** Asks for every mask that is shown and not known, one after another; of one object only the newest. */
function want(): void {
  state.wanted.clear();
  for (const { id, steps } of present().objects) {
    if (steps.length === 0 || state.masks.has(maskKey(state.place, steps))) continue;
    state.wanted.set(`${frameKey(state.place)}${id}`, { place: state.place, steps, since: performance.now() });
  }
  if (!state.asking) void askAll();
}

async function askAll(): Promise<void> {
  state.asking = true;
  for (let next = state.wanted.entries().next(); !next.done; next = state.wanted.entries().next()) {
    const [key, { place, steps, since }] = next.value;
    state.wanted.delete(key);
    try {
      const mask = await api.segment(place, steps);
      state.masks.set(maskKey(place, steps), mask);
      refresh();
      drawNow();
      report(mask, performance.now() - since);
    } catch (error) {
      complain(error);
      takeBack(place, steps);
    }
  }
  state.asking = false;
}

/** A prompt that the server refused is taken back, as if it had not been given. */
function takeBack(place: Place, steps: readonly WireStep[]): void {
  const key = frameKey(place);
  const known = state.work.get(key);
  if (known?.present.objects.some((object) => object.steps === steps)) {
    const { past, present: before } = undo(known);
    state.work.set(key, { past, present: before, future: [] });
  }
  want();
  refresh();
}

function report(mask: SegmentReply, ms: number): void {
  const chosen = objects.selectedObject(present());
  const [best] = mask.dice;
  const compared =
    best === undefined || best.value === 0 ? '' : `, Dice ${best.value.toFixed(3)} with ${best.structure}`;
  const nothing = mask.area === 0 ? ' Nothing found: click inside it, or draw a box.' : '';
  say(`${chosen.name}: ${mask.area} px${compared}.${nothing}`);
  const timing = byId('timing');
  timing.textContent = `${ms.toFixed(0)} ms from prompt to mask (decoder ${mask.decoderMs.toFixed(0)} ms${mask.encoderMs > 1 ? `, encoder ${mask.encoderMs.toFixed(0)} ms` : ''})`;
  timing.dataset.ms = ms.toFixed(1);
}

function say(text: string): void {
  byId('status').textContent = text;
}

function complain(error: unknown): void {
  const box = byId('alert');
  (box.querySelector('p') as HTMLElement).textContent = error instanceof Error ? error.message : String(error);
  box.hidden = false;
}

function noComplaint(): void {
  byId('alert').hidden = true;
}

/** Runs something the person asked for; what goes wrong is said. */
function attempt(work: () => Promise<void>): void {
  noComplaint();
  work().catch(complain);
}

// Frames

async function showGroup(group: string): Promise<void> {
  const { clips, total } = await api.clips(group, byId<HTMLInputElement>('search').value);
  showClips(clips, total, group === state.place.group ? state.place.clip : '', (id) =>
    attempt(() => showClip(group, id)),
  );
  byId('phantom').hidden = state.start?.groups.find(({ id }) => id === group)?.origin !== 'phantom';
}

async function showClip(group: string, id: string): Promise<void> {
  byId('busy').hidden = false;
  try {
    const clip = await api.clip(group, id);
    state.clip = clip;
    slider.max = String(clip.frameCount - 1);
    for (const name of ['previous', 'next', 'frame']) byId<HTMLButtonElement>(name).disabled = clip.frameCount === 1;
    byId('marks').replaceChildren(
      ...clip.marks.map(({ frame, label }) => {
        const button = make('button', label, {
          type: 'button',
          'data-mark': String(frame),
          title: `Frame ${frame + 1}`,
        });
        button.addEventListener('click', () => attempt(() => showFrame({ group, clip: id, frame })));
        return button;
      }),
    );
    await showFrame({ group, clip: id, frame: clip.marks[0]?.frame ?? 0 });
    markClip(id);
  } finally {
    byId('busy').hidden = true;
  }
}

let loading = 0;
async function showFrame(place: Place): Promise<void> {
  const turn = ++loading;
  const late = window.setTimeout(() => {
    byId('busy').hidden = false;
  }, 150);
  try {
    const frame = await api.frame(place);
    const picture = new Image();
    picture.src = frame.picture;
    await picture.decode();
    if (turn !== loading) return;
    const same = state.frame?.width === frame.width && state.frame.height === frame.height;
    Object.assign(state, { place, frame, picture, draft: null, corner: null });
    if (!same) fit();
    if (state.cross === null || !same) state.cross = [frame.width / 2, frame.height / 2];
    slider.value = String(place.frame);
    byId('frameNumber').textContent = `${place.frame + 1} / ${state.clip?.frameCount ?? 1}`;
    for (const mark of document.querySelectorAll<HTMLButtonElement>('[data-mark]')) {
      mark.setAttribute('aria-pressed', String(mark.dataset.mark === slider.value));
    }
    showSpacing(state.clip?.spacing ?? null, state.said.get(`${place.group}/${place.clip}`) ?? null, (said) => {
      const key = `${place.group}/${place.clip}`;
      if (said === null) state.said.delete(key);
      else state.said.set(key, said);
      refresh();
    });
    byId('saved').replaceChildren();
    say('Click inside what you want to segment, drag a box, or ask for it by name.');
    want();
    refresh();
    await api.warm(place);
  } finally {
    window.clearTimeout(late);
    byId('busy').hidden = true;
  }
}

function step(by: number): void {
  const frame = Math.min((state.clip?.frameCount ?? 1) - 1, Math.max(0, state.place.frame + by));
  if (frame !== state.place.frame) attempt(() => showFrame({ ...state.place, frame }));
}

// The canvas

const extent = (): { width: number; height: number } => ({ width: canvas.clientWidth, height: canvas.clientHeight });

function fit(): void {
  if (state.frame !== null) state.view = fitted(state.frame, extent());
  draw();
}

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
const goBack = (): void => {
  state.work.set(frameKey(state.place), undo(history()));
  want();
  refresh();
};
const goForth = (): void => {
  state.work.set(frameKey(state.place), redo(history()));
  want();
  refresh();
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
canvas.addEventListener('pointerdown', () => {
  state.crossShown = false;
});
canvas.addEventListener('focus', draw);
canvas.addEventListener('blur', draw);
new ResizeObserver(fit).observe(canvas);

async function showFirst(group: string): Promise<void> {
  await showGroup(group);
  const first = document.querySelector<HTMLButtonElement>('[data-clip]')?.dataset.clip;
  if (first === undefined) throw new Error('There is no clip in this data set.');
  await showClip(group, first);
}

attempt(async () => {
  state.start = await api.start();
  showStart(state.start);
  if (!state.start.takesPoints) setTool('box');
  await showFirst((state.start.groups[0] as StartReply['groups'][number]).id);
  document.documentElement.dataset.ready = 'true';
});
