import type { WireStep } from './wire.js';

/** One thing that a person segments on a frame. */
export interface SegmentObject {
  readonly id: number;
  readonly name: string;
  readonly colour: string;
  readonly steps: readonly WireStep[];
}

/** The objects of one frame and which of them prompts go to. */
export interface FrameObjects {
  readonly objects: readonly SegmentObject[];
  readonly selected: number;
}

/** One empty object. */
export function firstObjects(colours: readonly string[]): FrameObjects {
  return { objects: [emptyObject(1, colours)], selected: 1 };
}

/** The object that prompts go to. */
export function selectedObject({ objects, selected }: FrameObjects): SegmentObject {
  return objects.find(({ id }) => id === selected) ?? (objects[0] as SegmentObject);
}

/** Gives the selected object one more prompt. A text names an object that nobody has named. */
export function withStep(state: FrameObjects, step: WireStep): FrameObjects {
  return changed(state, state.selected, (object) => ({
    ...object,
    name: step.kind === 'text' && /^object \d+$/.test(object.name) ? step.text : object.name,
    steps: [...object.steps, step],
  }));
}

/** Takes the selected object's prompts away. */
export function cleared(state: FrameObjects): FrameObjects {
  return selectedObject(state).steps.length === 0
    ? state
    : changed(state, state.selected, (object) => ({ ...object, steps: [] }));
}

/** One more object, selected. An empty one that is there already is taken instead. */
export function withNewObject(state: FrameObjects, colours: readonly string[]): FrameObjects {
  const empty = state.objects.find(({ steps }) => steps.length === 0);
  if (empty !== undefined) return selecting(state, empty.id);
  const id = Math.max(...state.objects.map((object) => object.id)) + 1;
  return { objects: [...state.objects, emptyObject(id, colours)], selected: id };
}

/** Without an object; the last one is emptied instead. */
export function withoutObject(state: FrameObjects, id: number, colours: readonly string[]): FrameObjects {
  const objects = state.objects.filter((object) => object.id !== id);
  if (objects.length === 0) return firstObjects(colours);
  const selected = state.selected === id ? (objects[objects.length - 1] as SegmentObject).id : state.selected;
  return { objects, selected };
}

/** With another name for an object; blank names are not taken. */
export function renamed(state: FrameObjects, id: number, name: string): FrameObjects {
  const known = state.objects.find((object) => object.id === id);
  const given = name.trim().slice(0, 60);
  if (known === undefined || given === '' || known.name === given) return state;
  return changed(state, id, (object) => ({ ...object, name: given }));
}

/** With another object selected. */
export function selecting(state: FrameObjects, id: number): FrameObjects {
  return id === state.selected || !state.objects.some((object) => object.id === id)
    ? state
    : { ...state, selected: id };
}

function changed(state: FrameObjects, id: number, change: (object: SegmentObject) => SegmentObject): FrameObjects {
  return { ...state, objects: state.objects.map((object) => (object.id === id ? change(object) : object)) };
}

function emptyObject(id: number, colours: readonly string[]): SegmentObject {
  return { id, name: `object ${id}`, colour: colours[(id - 1) % colours.length] as string, steps: [] };
}
