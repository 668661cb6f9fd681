import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import { type Beat, framesOfBeat } from '../../evaluation/beats.js';
import { type EfDecoderConfig, efDecoder } from '../../models/ef-decoder.js';

/**
 * Writes the embeddings of a beat's frames, `[count, width]`, from end-diastole to end-systole, into `target` at `offset`.
 *
 * @param features one row a frame of the clip; a beat that leaves the clip takes its first or last frame
 */
export function fillSequence(
  target: Float32Array,
  offset: number,
  features: FeatureMatrix,
  beat: Pick<Beat, 'endDiastole' | 'endSystole'>,
  count: number,
): void {
  const { width, data } = features;
  framesOfBeat(beat, count).forEach((frame, place) => {
    const row = Math.min(features.count - 1, Math.max(0, frame));
    target.set(data.subarray(row * width, (row + 1) * width), offset + place * width);
  });
}

/** A compiled sequence decoder. */
export interface SequenceDecoder {
  /** Per cent, one a sequence `[frames, width]` of `sequences`. */
  predict(sequences: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Compiles stage 2 (`efDecoder`) for inference. */
export async function makeSequenceDecoder(
  params: Readonly<Record<string, HostTensor>>,
  config: EfDecoderConfig,
  batchSize = 16,
): Promise<SequenceDecoder> {
  const length = config.frames * config.width;
  const graph = await compileInference(
    (weights, { sequences }) => ({ percent: efDecoder(weights, sequences!, config) }),
    { params, inputs: { sequences: { shape: [batchSize, config.frames, config.width] } }, name: 'sequenceDecoder' },
  );
  return {
    async predict(sequences, count) {
      const all = new Float32Array(count);
      for (let start = 0; start < count; start += batchSize) {
        const batch = new Float32Array(batchSize * length);
        const wanted = Math.min(batchSize, count - start);
        batch.set(sequences.subarray(start * length, (start + wanted) * length));
        all.set(arrayOf(await graph.run({ sequences: batch }), 'percent').subarray(0, wanted), start);
      }
      return all;
    },
    dispose: () => graph.dispose(),
  };
}

/** Predictions of each clip's beats, `[clips][beats]`, per cent. */
export async function predictBeats(
  decoder: SequenceDecoder,
  config: EfDecoderConfig,
  clips: readonly { readonly features: FeatureMatrix; readonly beats: readonly Beat[] }[],
): Promise<number[][]> {
  const length = config.frames * config.width;
  const total = clips.reduce((sum, { beats }) => sum + beats.length, 0);
  const sequences = new Float32Array(total * length);
  let next = 0;
  for (const { features, beats } of clips) {
    for (const beat of beats) fillSequence(sequences, length * next++, features, beat, config.frames);
  }
  const values = await decoder.predict(sequences, total);
  next = 0;
  return clips.map(({ beats }) => beats.map(() => values[next++]!));
}

/** Mean of the beats' values: all cycles count alike (paper A.5). */
export function meanOfBeats(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
