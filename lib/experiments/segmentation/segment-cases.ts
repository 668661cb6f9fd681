import { ArgumentError } from '../../core/errors.js';
import { stream } from '../../core/random.js';
import { arrayOf, type CompiledInference, compileInference } from '../../engine/compile.js';
import { boxOfMask, jitterBox } from '../../training/segmentation/box-prompt.js';
import { promptInputs, promptsAmong } from '../../training/segmentation/multi-forward.js';
import {
  embedImages,
  gridOfSegmenter,
  maskLogits,
  type SegmenterConfig,
} from '../../training/segmentation/segmenter.js';
import { nextClick } from '../../training/segmentation/simulated-click.js';
import { writePlanes } from '../../training/segmentation/write-planes.js';
import type { LoadedSegmenter } from './load-segmenter.js';
import { type SegmentationCase, trueMask } from './score-mask.js';
import { modelCover, modelView, pictureMask } from './square-view.js';
import { STRUCTURES } from './structures.js';

/** How a case is prompted. A box comes with the text if `text`. `clicks` counts simulated clicks, each on the error left by the ones before. */
export type TestPrompt =
  | { readonly kind: 'box'; readonly jitter: number; readonly text?: true }
  | { readonly kind: 'text' }
  | { readonly kind: 'points'; readonly clicks: number };

/** A segmenter compiled for testing. */
export interface CaseSegmenter {
  /**
   * Masks at the size of each picture, in the order of the cases.
   *
   * @throws {ArgumentError} if the segmenter has no room for the prompt
   */
  segment(cases: readonly SegmentationCase[], prompt: TestPrompt, seed: number): Promise<Uint8Array[]>;
  dispose(): Promise<void>;
}

/**
 * Compiles a segmenter for testing, `batch` cases at a time.
 *
 * @param options.passes of the decoder a prompt, each fed the mask of the one before; 1 as SAM is used
 * @param options.blank true: every picture is black (a control that shows what the prompt alone gives away)
 */
export async function caseSegmenter(
  { config, params, embeddings }: Omit<LoadedSegmenter, 'texts'>,
  options: { readonly batch: number; readonly passes: number; readonly blank?: boolean },
): Promise<CaseSegmenter> {
  const { batch, passes, blank = false } = options;
  const { imageSize: S, encoder, slots, prompts } = config;
  const grid = gridOfSegmenter(config);
  const side = 4 * grid;
  const embed = await compileInference(
    (weights, { images }) => ({ embedding: embedImages(weights, images!, config) }),
    {
      params,
      inputs: { images: { shape: [batch, encoder.channels, S, S] } },
      name: `${config.name} encoder`,
    },
  );
  const decode = await compileInference(
    (weights, inputs) => {
      const { embedding, masks, maskGiven } = inputs;
      const given = { ...promptsAmong(inputs), masks: masks!, maskGiven: maskGiven! };
      return { masks: maskLogits(weights, embedding!, given, config) };
    },
    {
      params,
      inputs: {
        embedding: { shape: [batch, encoder.width, grid, grid] },
        masks: { shape: [batch, 1, side, side] },
        maskGiven: { shape: [batch, 1] },
        ...promptInputs(slots, prompts.textWidth ?? 0, batch),
      },
      name: `${config.name} decoder`,
    },
  );
  const segmentSome = async (
    cases: readonly SegmentationCase[],
    prompt: TestPrompt,
    seed: number,
  ): Promise<Uint8Array[]> => {
    const images = new Float32Array(batch * encoder.channels * S * S);
    for (let b = 0; b < batch; b++) {
      const { image } = cases[Math.min(b, cases.length - 1)]!.picture;
      writePlanes(images, b, blank ? new Float32Array(S * S) : modelView(image, S), {
        channels: encoder.channels,
        normalisation: config.normalisation,
      });
    }
    const embedding = arrayOf(await embed.run({ images }), 'embedding').slice();
    const given = openingPrompts(cases, prompt, seed, config, embeddings, batch);
    let masks = new Float32Array(batch * side * side);
    let maskGiven = 0;
    const run = async (): Promise<void> => {
      const inputs = { embedding, masks, maskGiven: new Float32Array(batch).fill(maskGiven), ...given };
      masks = new Float32Array(arrayOf(await decode.run(inputs), 'masks'));
      maskGiven = 1;
    };
    const pictures = (): Uint8Array[] =>
      cases.map(({ picture }, b) =>
        pictureMask(masks.subarray(b * side * side, (b + 1) * side * side), side, picture.image),
      );
    const rounds = prompt.kind === 'points' ? prompt.clicks : 1;
    for (let round = 0; round < rounds; round++) {
      if (round > 0) addClicks(given, cases, masks, round, config);
      for (let pass = 0; pass < passes; pass++) await run();
    }
    return pictures();
  };
  return {
    async segment(cases, prompt, seed) {
      checkRoom(config, prompt);
      const result: Uint8Array[] = [];
      for (let start = 0; start < cases.length; start += batch) {
        result.push(...(await segmentSome(cases.slice(start, start + batch), prompt, seed)));
      }
      return result;
    },
    dispose: () => disposeAll([embed, decode]),
  };
}

async function disposeAll(graphs: readonly CompiledInference[]): Promise<void> {
  for (const graph of graphs) await graph.dispose();
}

const givesText = (prompt: TestPrompt): boolean => prompt.kind === 'text' || (prompt.kind === 'box' && !!prompt.text);

function checkRoom({ name, slots }: SegmenterConfig, prompt: TestPrompt): void {
  const missing = [
    prompt.kind === 'box' && !slots.box && 'a box',
    prompt.kind === 'points' && slots.points === 0 && 'clicks',
    givesText(prompt) && !slots.text && 'a text',
  ].find(Boolean);
  if (missing) throw new ArgumentError(`caseSegmenter: ${name} has no room for ${missing}`);
}

type Given = Record<string, Float32Array>;

function openingPrompts(
  cases: readonly SegmentationCase[],
  prompt: TestPrompt,
  seed: number,
  config: SegmenterConfig,
  embeddings: ReadonlyMap<string, Float32Array>,
  batch: number,
): Given {
  const { imageSize: S, slots, prompts } = config;
  const width = prompts.textWidth ?? 0;
  const kinds = [slots.points > 0, slots.box, slots.text].filter(Boolean).length;
  const given: Given = {
    ...(slots.points > 0 && {
      points: new Float32Array(batch * slots.points * 2),
      labels: new Float32Array(batch * slots.points).fill(-1),
    }),
    ...(slots.box && { boxes: new Float32Array(batch * 4) }),
    ...(slots.text && { text: new Float32Array(batch * width) }),
    ...(slots.box && kinds > 1 && { boxGiven: new Float32Array(batch) }),
    ...(slots.text && kinds > 1 && { textGiven: new Float32Array(batch) }),
  };
  cases.forEach((one, b) => {
    const cover = modelCover(trueMask(one), one.picture.image, S);
    const threshold = cover.some((share) => share > 0.5) ? 0.5 : 0;
    if (prompt.kind === 'box') {
      const random = stream(seed, `test-box/${one.frame.id}/${one.structure}`);
      const { x0, y0, x1, y1 } = jitterBox(boxOfMask(cover, S, S, threshold), prompt.jitter, random, S - 1);
      given.boxes!.set([x0, y0, x1, y1], 4 * b);
      given.boxGiven?.fill(1, b, b + 1);
    }
    if (givesText(prompt)) {
      given.text!.set(embeddings.get(STRUCTURES[one.structure].text)!, b * width);
      given.textGiven?.fill(1, b, b + 1);
    }
    if (prompt.kind === 'points') {
      placeClick(given, b, 0, new Uint8Array(S * S), cover, config, threshold);
    }
  });
  return given;
}

/** One more click an image, on the error of the masks so far. */
function addClicks(
  given: Given,
  cases: readonly SegmentationCase[],
  masks: Float32Array,
  round: number,
  config: SegmenterConfig,
): void {
  const S = config.imageSize;
  const side = 4 * gridOfSegmenter(config);
  cases.forEach((one, b) => {
    const own = masks.subarray(b * side * side, (b + 1) * side * side);
    const predicted = pictureMask(own, side, { width: S, height: S, data: new Uint8Array(0) });
    const cover = modelCover(trueMask(one), one.picture.image, S);
    placeClick(given, b, round, predicted, cover, config, cover.some((share) => share > 0.5) ? 0.5 : 0);
  });
}

function placeClick(
  given: Given,
  b: number,
  slot: number,
  predicted: Uint8Array,
  cover: Float32Array,
  { imageSize: S, slots }: SegmenterConfig,
  threshold: number,
): void {
  const truth = Uint8Array.from(cover, (share) => (share > threshold ? 1 : 0));
  const click = nextClick(predicted, truth, S, S);
  if (click === null || slot >= slots.points) return;
  given.points!.set([click.x, click.y], 2 * (b * slots.points + slot));
  given.labels![b * slots.points + slot] = click.label;
}
