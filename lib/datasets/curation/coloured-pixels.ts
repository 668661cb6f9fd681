import type { Mask } from '../../imaging/curation/regions.js';
import type { Raster } from '../../imaging/jpeg.js';

/** A pixel is coloured when its channels are this far apart. */
const SATURATED = 48;
/** A tinted grey map colours this much of a frame, and all of it alike. */
const TINTED_SHARE = 0.1;
const TINTED_AGREEMENT = 0.97;

/**
 * Pixels that are coloured in some frame of a cine: colour flow, or graphics such as a green ECG. A grey map with a tint (sepia, blue), which colours
 * most of the picture in one hue, is not colour.
 */
export class ColouredPixels {
  readonly #width: number;
  readonly #height: number;
  readonly #coloured: Uint8Array;
  #redness = 0;
  #blueness = 0;
  #length = 0;
  #count = 0;
  #pixels = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#coloured = new Uint8Array(width * height);
  }

  /** Adds a frame. */
  add(raster: Raster): void {
    this.#pixels += this.#coloured.length;
    if (raster.channels !== 3) return;
    const { data } = raster;
    for (let i = 0, j = 0; i < this.#coloured.length; i++, j += 3) {
      const [r, g, b] = [data[j]!, data[j + 1]!, data[j + 2]!];
      if (Math.max(r, g, b) - Math.min(r, g, b) <= SATURATED) continue;
      this.#coloured[i] = 1;
      this.#count++;
      this.#redness += r - g;
      this.#blueness += b - g;
      this.#length += Math.hypot(r - g, b - g);
    }
  }

  /** Coloured pixels; null where nothing is coloured or the whole picture is tinted. */
  mask(): Mask | null {
    if (this.#count === 0) return null;
    const agreement = Math.hypot(this.#redness, this.#blueness) / this.#length;
    if (this.#count > TINTED_SHARE * this.#pixels && agreement > TINTED_AGREEMENT) return null;
    return { width: this.#width, height: this.#height, data: this.#coloured };
  }
}
