/// <reference lib="dom" />

/** What a person does on the canvas, in CSS pixels of the canvas. */
export interface PointerActions {
  /** True while a drag draws a box instead of moving the picture. */
  drawsBox(): boolean;
  tap(at: readonly [number, number], outside: boolean): void;
  /** A box that is being drawn; `done` with its last corner. */
  box(from: readonly [number, number], to: readonly [number, number], done: boolean): void;
  cancelBox(): void;
  move(dx: number, dy: number): void;
  zoom(factor: number, at: readonly [number, number]): void;
}

/** Pixels that a pointer may tremble in a tap. */
const TREMBLE = { mouse: 4, touch: 10 } as const;

/** Turns mouse, pen and touch into taps, boxes, moves and zooms: two fingers pinch, one finger or button taps, draws or moves. */
export function watchPointer(canvas: HTMLCanvasElement, actions: PointerActions): void {
  const down = new Map<number, [number, number]>();
  let start: [number, number] = [0, 0];
  let dragging = false;
  let pinched = false;
  let outside = false;
  const at = (event: PointerEvent | WheelEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const drawing = (): boolean => actions.drawsBox() && !outside && !pinched;

  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button > 2) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    if (down.size > 1) {
      pinched = true;
      actions.cancelBox();
      return;
    }
    start = at(event);
    dragging = event.button === 1;
    pinched = false;
    outside = event.button === 2 || event.shiftKey;
  });
  canvas.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    const now = at(event);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const apart = (one: readonly [number, number]): number => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2] as const;
      actions.zoom(apart(now) / apart(before), middle);
      actions.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    } else {
      const tremble = event.pointerType === 'touch' ? TREMBLE.touch : TREMBLE.mouse;
      dragging ||= Math.hypot(now[0] - start[0], now[1] - start[1]) > tremble;
      if (dragging && drawing()) actions.box(start, now, false);
      else if (dragging) actions.move(now[0] - before[0], now[1] - before[1]);
    }
    down.set(event.pointerId, now);
  });
  canvas.addEventListener('pointerup', (event) => {
    if (!down.delete(event.pointerId) || down.size > 0 || pinched) return;
    if (!dragging) actions.tap(start, outside);
    else if (drawing()) actions.box(start, at(event), true);
  });
  canvas.addEventListener('pointercancel', (event) => {
    down.delete(event.pointerId);
    actions.cancelBox();
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      actions.zoom(Math.exp(-event.deltaY * 0.0016), at(event));
    },
    { passive: false },
  );
}
