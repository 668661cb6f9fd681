import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../../core/paths.js';
import { stream } from '../../core/random.js';
import { arrayOf, compileInference, type HostTensor } from '../../engine/compile.js';
import { constant, drawParams, normal } from '../../models/parameters.js';
import { CLIP_TEXT_B, type ClipTextConfig, clipText, clipTextShapes } from '../../models/text/clip-text.js';
import { type ClipTokenizer, clipTokenizer, readClipTokenizer } from '../../models/text/clip-tokenizer.js';
import { importParams } from '../../models/weights/import-weights.js';

/** What turns a text into an embedding; frozen. */
export interface TextTower {
  /** For the record: CLIP's file, or that the tower is random. */
  readonly source: string;
  readonly width: number;
  /** Of length sqrt(width). */
  embed(texts: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
}

/** CLIP's text encoder with few letters for words: what stands in where CLIP's weights are not there. */
const SMALL_TOWER: ClipTextConfig = Object.freeze({
  name: 'clip-text-random',
  vocabulary: 514, // 256 bytes, 256 bytes at the end of a word, start and end
  context: 77,
  width: 64,
  depth: 2,
  heads: 4,
  projection: 64,
});

/** Where the user's CLIP is looked for. */
export function clipFiles(): { readonly weights: string; readonly merges: string } {
  const folder = join(dataFolder(), 'weights');
  return { weights: join(folder, 'clip-text-b.safetensors'), merges: join(folder, 'clip-merges.txt') };
}

/**
 * CLIP's text encoder (the paper's), or a small random one of the same code: it knows nothing of language, but tells texts apart, which is all that
 * a model trained on a handful of fixed texts asks of it.
 */
export function textTower(kind: 'clip' | 'random'): TextTower {
  const files = clipFiles();
  if (kind === 'clip' && existsSync(files.weights) && existsSync(files.merges)) {
    const { params } = importParams(files.weights, clipTextShapes(CLIP_TEXT_B), { model: CLIP_TEXT_B.name });
    return towerOf(CLIP_TEXT_B, params, readClipTokenizer(files.merges), 'CLIP ViT-B text encoder, frozen');
  }
  const drawn = drawParams(clipTextShapes(SMALL_TOWER), stream(1, 'text-tower'), (key, shape) =>
    shape.length === 1 ? constant(key.endsWith('.weight') ? 1 : 0) : normal(shape.at(-1)! ** -0.5),
  );
  const absent = kind === 'clip' ? `; CLIP's weights are not in ${files.weights}` : '';
  return towerOf(
    SMALL_TOWER,
    drawn,
    clipTokenizer('', 'the empty list'),
    `random text tower, seed 1, ${SMALL_TOWER.depth} layers of width ${SMALL_TOWER.width}, frozen${absent}`,
  );
}

function towerOf(
  config: ClipTextConfig,
  params: Readonly<Record<string, HostTensor>>,
  tokenizer: ClipTokenizer,
  source: string,
): TextTower {
  return {
    source,
    width: config.projection,
    async embed(texts) {
      const graph = await compileInference(
        (weights, { ids, ends }) => ({ features: clipText(weights, ids!, ends!, config) }),
        {
          params,
          inputs: {
            ids: { shape: [texts.length, config.context], dtype: 'int32' },
            ends: { shape: [texts.length], dtype: 'int32' },
          },
          name: 'textTower',
        },
      );
      try {
        const tokens = texts.map((text) => tokenizer.encode(text));
        const ids = Int32Array.from(tokens.flatMap(({ ids: own }) => [...own]));
        const ends = Int32Array.from(tokens, ({ end }) => end);
        const features = arrayOf(await graph.run({ ids, ends }), 'features');
        return new Map(
          texts.map((text, row) => [
            text,
            unit(features.slice(row * config.projection, (row + 1) * config.projection)),
          ]),
        );
      } finally {
        await graph.dispose();
      }
    },
  };
}

/** Scaled to the length of a normal vector, sqrt(width), so that the linear map behind it starts as on any other token. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => (value * Math.sqrt(vector.length)) / length);
}
