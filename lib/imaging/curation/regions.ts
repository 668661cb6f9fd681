/** A yes-or-no picture. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `[height, width]`, 0 or 1. */
  readonly data: Uint8Array;
}

/** Erosion or dilation by a square of side 2 r + 1; outside the picture counts as 0. */
function morph(mask: Mask, radius: number, keep: 'all' | 'any'): Mask {
  const { width, height } = mask;
  const across = new Uint8Array(width * height);
  const down = new Uint8Array(width * height);
  const need = keep === 'all' ? 2 * radius + 1 : 1;
  for (let y = 0; y < height; y++) {
    let count = 0;
    for (let x = -radius; x < width; x++) {
      if (x + radius < width) count += mask.data[y * width + x + radius]!;
      if (x - radius - 1 >= 0) count -= mask.data[y * width + x - radius - 1]!;
      if (x >= 0 && count >= need) across[y * width + x] = 1;
    }
  }
  for (let x = 0; x < width; x++) {
    let count = 0;
    for (let y = -radius; y < height; y++) {
      if (y + radius < height) count += across[(y + radius) * width + x]!;
      if (y - radius - 1 >= 0) count -= across[(y - radius - 1) * width + x]!;
      if (y >= 0 && count >= need) down[y * width + x] = 1;
    }
  }
  return { width, height, data: down };
}

export function dilate(mask: Mask, radius: number): Mask {
  return morph(mask, radius, 'any');
}

export function erode(mask: Mask, radius: number): Mask {
  return morph(mask, radius, 'all');
}

/** Removes what is thinner than 2 r + 1, such as a trace or a letter. */
export function open(mask: Mask, radius: number): Mask {
  return dilate(erode(mask, radius), radius);
}

/** Fills gaps narrower than 2 r + 1. */
export function close(mask: Mask, radius: number): Mask {
  return erode(dilate(mask, radius), radius);
}

/** The largest piece of a mask (8-connected) and its pixel count. */
export function largestPiece(mask: Mask): { readonly piece: Mask; readonly pixels: number } {
  const { width, height, data } = mask;
  const label = new Int32Array(width * height);
  const stack: number[] = [];
  let [best, bestPixels, next] = [0, 0, 0];
  for (let start = 0; start < data.length; start++) {
    if (data[start] === 0 || label[start] !== 0) continue;
    label[start] = ++next;
    stack.push(start);
    let pixels = 0;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      pixels++;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const neighbour = v * width + u;
          if (data[neighbour] === 0 || label[neighbour] !== 0) continue;
          label[neighbour] = next;
          stack.push(neighbour);
        }
      }
    }
    if (pixels > bestPixels) [best, bestPixels] = [next, pixels];
  }
  const piece = new Uint8Array(width * height);
  if (best > 0) for (let i = 0; i < piece.length; i++) piece[i] = label[i] === best ? 1 : 0;
  return { piece: { width, height, data: piece }, pixels: bestPixels };
}

/** Smallest rectangle around the pixels of a mask; `null` if it is empty. */
export function boundsOf(
  mask: Mask,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } | null {
  let [left, right, top, bottom] = [mask.width, -1, mask.height, -1];
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
