/// <reference lib="dom" />
import type { FrameObjects, SegmentObject } from './objects.js';
import type { SegmentReply, Spacing, StartReply } from './wire.js';

/** An element of the page by its id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A new element with text and attributes. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = '',
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Fills the list of objects; rows carry their object's number in `data-object`. Keeps the focus where it was. */
export function showObjects(
  state: FrameObjects,
  maskOf: (object: SegmentObject) => SegmentReply | undefined,
  spacing: Spacing | null,
): void {
  const focused = document.activeElement?.getAttribute('data-key');
  const rows = state.objects.map((object) => {
    const { id, name, colour, steps } = object;
    const row = make('li', '', { 'data-object': String(id), 'data-selected': String(id === state.selected) });
    const chip = make('button', '', {
      type: 'button',
      class: 'chip',
      'data-key': `chip${id}`,
      'aria-label': `Choose ${name}`,
      'aria-pressed': String(id === state.selected),
    });
    const dot = make('span');
    dot.style.background = colour;
    chip.append(dot);
    const field = make('input', '', {
      'aria-label': `Name of object ${id}`,
      'data-key': `name${id}`,
      maxlength: '60',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    field.value = name;
    const what = make('div', '', { class: 'what' });
    const mask = maskOf(object);
    const facts =
      mask === undefined ? (steps.length === 0 ? 'no prompt yet' : '…') : factsOf(mask, steps.length, spacing);
    what.append(field, make('div', facts, { class: 'facts' }));
    const remove = make('button', '×', {
      type: 'button',
      class: 'remove',
      'data-key': `remove${id}`,
      'aria-label': `Remove ${name}`,
      title: 'Remove',
    });
    row.append(chip, what, remove);
    return row;
  });
  byId('objects').replaceChildren(...rows);
  if (focused) document.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
}

function factsOf(mask: SegmentReply, steps: number, spacing: Spacing | null): string {
  const [best] = mask.dice;
  return [
    areaText(mask.area, spacing),
    ...(best === undefined || best.value === 0 ? [] : [`Dice ${best.value.toFixed(3)}`]),
    `${steps} prompt${steps === 1 ? '' : 's'}`,
  ].join(' · ');
}

/** An area in square centimetres, or in pixels where nobody knows how large they are. */
export function areaText(pixels: number, spacing: Spacing | null): string {
  if (spacing === null) return `${pixels} px`;
  return `${((pixels * spacing.xMillimetres * spacing.yMillimetres) / 100).toFixed(2)} cm²`;
}

/** Fills the table of Dice values. */
export function showDice(structures: readonly string[], mask: SegmentReply | undefined): void {
  const rows = structures.map((structure) => {
    const value = mask?.dice.find((one) => one.structure === structure)?.value;
    const best = value !== undefined && value > 0 && mask?.dice[0]?.structure === structure;
    const row = make('tr', '', best ? { class: 'best' } : {});
    row.append(make('td', structure), make('td', value === undefined ? '–' : `Dice ${value.toFixed(3)}`));
    return row;
  });
  byId('dice')
    .querySelector('tbody')
    ?.replaceChildren(...rows);
}

/** Says how large a pixel is, or lets the person say it. */
export function showSpacing(
  known: Spacing | null,
  given: number | null,
  say: (millimetres: number | null) => void,
): void {
  const place = byId('spacing');
  if (known !== null) {
    const { xMillimetres: x, yMillimetres: y } = known;
    const text = Math.abs(x - y) < 1e-6 * x ? short(x) : `${short(x)} × ${short(y)}`;
    place.replaceChildren(make('span', `${text} mm a pixel, from the file`));
    return;
  }
  const field = make('input', '', { id: 'millimetres', type: 'number', min: '0.001', max: '100', step: 'any' });
  field.value = given === null ? '' : String(given);
  field.addEventListener('change', () =>
    say(field.value !== '' && Number(field.value) > 0 ? Number(field.value) : null),
  );
  place.replaceChildren(make('label', 'mm a pixel (not in the file)', { for: 'millimetres' }), field);
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** Fills what is known from the start. */
export function showStart(start: StartReply): void {
  byId('model').textContent = start.model;
  byId('model').title = start.model;
  byId('group').replaceChildren(
    ...start.groups.map(({ id, title, count }) => make('option', `${title} (${count})`, { value: id })),
  );
  byId('texts').replaceChildren(...start.texts.map((text) => make('option', '', { value: text })));
  byId('ask').hidden = start.texts.length === 0;
  for (const tool of document.querySelectorAll<HTMLButtonElement>('[data-tool]')) {
    const possible = tool.dataset.tool === 'box' ? start.takesBoxes : start.takesPoints;
    tool.hidden = !possible;
  }
}

/** Fills the list of clips. */
export function showClips(
  clips: readonly { readonly id: string; readonly title: string }[],
  total: number,
  current: string,
  choose: (id: string) => void,
): void {
  byId('clips').replaceChildren(
    ...clips.map(({ id, title }) => {
      const item = make('li');
      const button = make('button', title, { type: 'button', 'data-clip': id });
      if (id === current) button.setAttribute('aria-current', 'true');
      button.addEventListener('click', () => choose(id));
      item.append(button);
      return item;
    }),
  );
  const more = byId('more');
  more.hidden = clips.length === total && total > 0;
  more.textContent = total === 0 ? 'Nothing matches.' : `The first ${clips.length} of ${total}; search for the others.`;
}

/** Marks one clip of the list as the one that is shown. */
export function markClip(current: string): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-clip]')) {
    if (button.dataset.clip === current) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}
