/// <reference lib="dom" />
import { api } from './api.js';
import { record, redo, undo } from './history.js';
import { type FrameObjects, selectedObject } from './objects.js';
import { byId } from './panels.js';
import { complain, drawNow, refresh, say } from './show.js';
import { frameKey, history, maskKey, present, state } from './store.js';
import type { Place, SegmentReply, WireStep } from './wire.js';

/**
 * Goes on to other objects and asks for the masks that they lack.
 *
 * @param undoable choosing an object is not a step to be undone
 */
export function change(next: FrameObjects, undoable = true): void {
  const before = history();
  if (next === before.present) return;
  state.work.set(frameKey(state.place), undoable ? record(before, next) : { ...before, present: next });
  want();
  refresh();
}

/** One step back. */
export function goBack(): void {
  state.work.set(frameKey(state.place), undo(history()));
  want();
  refresh();
}

/** One step forth. */
export function goForth(): void {
  state.work.set(frameKey(state.place), redo(history()));
  want();
  refresh();
}

/** Asks for every mask that is shown and not known, one after another; of one object only the newest. */
export function want(): void {
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
  const chosen = selectedObject(present());
  const [best] = mask.dice;
  const compared =
    best === undefined || best.value === 0 ? '' : `, Dice ${best.value.toFixed(3)} with ${best.structure}`;
  const nothing = mask.area === 0 ? ' Nothing found: click inside it, or draw a box.' : '';
  say(`${chosen.name}: ${mask.area} px${compared}.${nothing}`);
  const timing = byId('timing');
  timing.textContent = `${ms.toFixed(0)} ms from prompt to mask (decoder ${mask.decoderMs.toFixed(0)} ms${mask.encoderMs > 1 ? `, encoder ${mask.encoderMs.toFixed(0)} ms` : ''})`;
  timing.dataset.ms = ms.toFixed(1);
}
