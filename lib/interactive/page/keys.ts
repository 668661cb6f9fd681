/// <reference lib="dom" />

/** What keys do, wherever the focus is except in a text field. */
export interface KeyActions {
  tool(name: 'inside' | 'outside' | 'box'): void;
  undo(): void;
  redo(): void;
  clear(): void;
  newObject(): void;
  /** The object at a place in the list, from 0. */
  choose(place: number): void;
  ask(): void;
  step(by: number): void;
  zoom(factor: number): void;
  fit(): void;
  toggleTruth(): void;
  save(format: 'png' | 'nifti'): void;
  help(): void;
  escape(): void;
}

/** Keys that act on the picture alone. */
export interface CrossActions {
  moveCross(dx: number, dy: number, far: boolean): void;
  promptAtCross(outside: boolean): void;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Listens to the keyboard. Keys with Alt or Meta are left to the browser, but for undo and redo with the Command key. */
export function watchKeys(canvas: HTMLCanvasElement, actions: KeyActions & CrossActions): void {
  canvas.addEventListener('keydown', (event) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) actions.moveCross(arrow[0], arrow[1], event.shiftKey);
    else if (event.key === 'Enter' || event.key === ' ') actions.promptAtCross(event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener('keydown', (event) => {
    if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    const act = actionOf(event, actions);
    if (act === null) return;
    event.preventDefault();
    act();
  });
}

function actionOf(event: KeyboardEvent, actions: KeyActions): (() => void) | null {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key === 'z') return event.shiftKey ? actions.redo : actions.undo;
    return key === 'y' ? actions.redo : null;
  }
  if (event.altKey) return null;
  if (/^[1-9]$/.test(key)) return () => actions.choose(Number(key) - 1);
  const table: Readonly<Record<string, () => void>> = {
    i: () => actions.tool('inside'),
    o: () => actions.tool('outside'),
    b: () => actions.tool('box'),
    n: actions.newObject,
    t: actions.toggleTruth,
    s: () => actions.save(event.shiftKey ? 'nifti' : 'png'),
    delete: actions.clear,
    backspace: actions.clear,
    '/': actions.ask,
    ',': () => actions.step(-1),
    '.': () => actions.step(1),
    '+': () => actions.zoom(1.25),
    '=': () => actions.zoom(1.25),
    '-': () => actions.zoom(0.8),
    '0': actions.fit,
    '?': actions.help,
    escape: actions.escape,
  };
  return table[key] ?? null;
}

/** Text fields and lists take letters for themselves. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'range';
}
