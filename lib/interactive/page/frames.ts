/// <reference lib="dom" />
import { api } from './api.js';
import { want } from './masks.js';
import { byId, make, markClip, showClips, showSpacing } from './panels.js';
import { attempt, fit, refresh, say } from './show.js';
import { state } from './store.js';
import type { Place } from './wire.js';

const slider = byId<HTMLInputElement>('frame');

/** Lists the clips of a data set that match the search. */
export async function showGroup(group: string): Promise<void> {
  const { clips, total } = await api.clips(group, byId<HTMLInputElement>('search').value);
  showClips(clips, total, group === state.place.group ? state.place.clip : '', (id) =>
    attempt(() => showClip(group, id)),
  );
  byId('phantom').hidden = state.start?.groups.find(({ id }) => id === group)?.origin !== 'phantom';
}

/** Opens a clip at the first frame worth looking at. */
export async function showClip(group: string, id: string): Promise<void> {
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

/** Shows a frame and has it embedded, so that the first click is as fast as the others. */
export async function showFrame(place: Place): Promise<void> {
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

/** Some frames on or back. */
export function step(by: number): void {
  const frame = Math.min((state.clip?.frameCount ?? 1) - 1, Math.max(0, state.place.frame + by));
  if (frame !== state.place.frame) attempt(() => showFrame({ ...state.place, frame }));
}

/** Opens the first clip of a data set. */
export async function showFirst(group: string): Promise<void> {
  await showGroup(group);
  const first = document.querySelector<HTMLButtonElement>('[data-clip]')?.dataset.clip;
  if (first === undefined) throw new Error('There is no clip in this data set.');
  await showClip(group, first);
}
