/** How grey pixels become the model's input: `(value / 255 - mean) / deviation`, one pair a plane. */
export interface PlaneNormalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Writes a grey picture of 0 to 255 into a batch `[B, channels, S, S]`, normalised. */
export function writePlanes(
  batch: Float32Array,
  index: number,
  image: ArrayLike<number>,
  { channels, normalisation }: { readonly channels: number; readonly normalisation: PlaneNormalisation },
): void {
  const area = image.length;
  for (let channel = 0; channel < channels; channel++) {
    const deviation = normalisation.deviation[channel]!;
    const scale = 1 / (255 * deviation);
    const shift = normalisation.mean[channel]! / deviation;
    const start = (index * channels + channel) * area;
    for (let i = 0; i < area; i++) batch[start + i] = image[i]! * scale - shift;
  }
}
