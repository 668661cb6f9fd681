/// <reference lib="dom" />
import { type History, historyFrom } from './history.js';
import * as objects from './objects.js';
import type { Viewport } from './viewport.js';
import type { ClipReply, FrameReply, Place, SegmentReply, StartReply, WireStep } from './wire.js';

/** What a click or a drag does. */
export type Tool = 'inside' | 'outside' | 'box';

/** Everything the page knows. Work on a frame is kept while the page is open, so a person may come back to it. */
export const state = {
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

/** A frame, as a key. */
export const frameKey = (place: Place): string => JSON.stringify(place);
/** What a mask is a function of, as a key. */
export const maskKey = (place: Place, steps: readonly WireStep[]): string => JSON.stringify([place, steps]);
/** Colours of objects. */
export const colours = (): readonly string[] => state.start?.colours ?? [];

/** What was done on the frame that is shown. */
export function history(): History<objects.FrameObjects> {
  const key = frameKey(state.place);
  let known = state.work.get(key);
  if (known === undefined) {
    known = historyFrom(objects.firstObjects(colours()));
    state.work.set(key, known);
  }
  return known;
}

/** The objects of the frame that is shown. */
export const present = (): objects.FrameObjects => history().present;
/** An object's mask, once it is known. */
export const maskOf = (object: objects.SegmentObject): SegmentReply | undefined =>
  state.masks.get(maskKey(state.place, object.steps));

/** Millimetres a pixel: what the file says, else what the person says. */
export function spacing(): ClipReply['spacing'] {
  const said = state.said.get(`${state.place.group}/${state.place.clip}`);
  if (state.clip?.spacing) return state.clip.spacing;
  return said === undefined ? null : { xMillimetres: said, yMillimetres: said };
}
