/** How a frame lies on the canvas: screen = offset + scale * frame, in CSS pixels. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A width and a height. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** The frame as large as it fits, centred. */
export function fitted(frame: Extent, canvas: Extent): Viewport {
  const scale = Math.min(canvas.width / frame.width, canvas.height / frame.height);
  return { scale, x: (canvas.width - scale * frame.width) / 2, y: (canvas.height - scale * frame.height) / 2 };
}

/** Zoomed by a factor about a place of the canvas, from the fit to 24 times it, and never out of sight. */
export function zoomedAt(
  view: Viewport,
  factor: number,
  at: readonly [number, number],
  frame: Extent,
  canvas: Extent,
): Viewport {
  const least = fitted(frame, canvas).scale;
  const scale = Math.min(24 * least, Math.max(least, view.scale * factor));
  const applied = scale / view.scale;
  return kept({ scale, x: at[0] - (at[0] - view.x) * applied, y: at[1] - (at[1] - view.y) * applied }, frame, canvas);
}

/** Moved by so many pixels, never out of sight. */
export function moved(view: Viewport, dx: number, dy: number, frame: Extent, canvas: Extent): Viewport {
  return kept({ ...view, x: view.x + dx, y: view.y + dy }, frame, canvas);
}

/** The place of the frame under a place of the canvas. */
export function toFrame(view: Viewport, [x, y]: readonly [number, number]): [number, number] {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

/** The place of the canvas over a place of the frame. */
export function toCanvas(view: Viewport, [x, y]: readonly [number, number]): [number, number] {
  return [view.x + view.scale * x, view.y + view.scale * y];
}

/** A frame smaller than the canvas is centred; a larger one covers it. */
function kept(view: Viewport, frame: Extent, canvas: Extent): Viewport {
  const along = (offset: number, size: number, room: number): number =>
    size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, offset));
  return {
    scale: view.scale,
    x: along(view.x, view.scale * frame.width, canvas.width),
    y: along(view.y, view.scale * frame.height, canvas.height),
  };
}
