import { type OverlayFrame, overlayGrid } from '../../figures/overlay-grid.js';
import { toBytes } from '../../imaging/image.js';
import { resample } from '../../imaging/resample.js';
import type { RunContext } from '../experiment.js';
import { readFrames } from './annotated-frames.js';
import { findRealCamus, writeRealOverlay } from './camus-samples.js';
import { ellipseInBox } from './prompt-controls.js';
import {
  EXACT_BOX,
  EXACT_BOX_AND_TEXT,
  jitteredBox,
  jitteredBoxAndText,
  type NamedPrompt,
  scoreSegmenter,
  TEXT_ALONE,
  type TestSegmenter,
} from './score-cases.js';
import { casesOf, type ScoreRow, type SegmentationCase, scoreMask, trueMask } from './score-mask.js';
import type { SegmentationConfig } from './segmentation-config.js';
import type { SpecialistScorer } from './specialist-models.js';
import { STRUCTURES, type Structure } from './structures.js';

/** What real frames came to. */
export interface RealCamusResult {
  readonly rows: readonly ScoreRow[];
  /** Name and hash of what was found; empty if nothing. */
  readonly manifests: Readonly<Record<string, string>>;
}

/** What real frames are tried on. */
export interface RealCamusTrial {
  /** The interactive model, which takes every kind of prompt. */
  readonly segmenter: TestSegmenter;
  /** Models that take boxes alone, of cavities. */
  readonly boxModels: readonly TestSegmenter[];
  /** The specialist of CAMUS, which gets no prompt. */
  readonly unet: SpecialistScorer | null;
  readonly config: SegmentationConfig;
  /** As sentences and figures name it. */
  readonly trainedOn: string;
}

/** Width of a picture in the overlays, pixels. */
const OVERLAY_WIDTH = 180;

/** Frames in the overlays. */
const OVERLAY_FRAMES = 12;

/** Structures in the overlays, side by side. */
const OVERLAY_STRUCTURES: readonly Structure[] = ['leftVentricle', 'myocardium', 'leftAtrium'];

/**
 * Real CAMUS frames through a trained segmenter: exact box and jittered box, each alone and with the text, and text alone, beside the models that take
 * boxes alone, the U-Net, which gets no prompt, and two controls that show what a prompt gives away: an ellipse in the box, and the same model on a
 * black picture.
 *
 * The overlays go to `data/real-overlays/` and not into the record: the pictures' licence (CC BY-NC-SA 4.0) is not the repository's.
 */
export async function scoreRealCamus(
  { segmenter, boxModels, unet, config, trainedOn }: RealCamusTrial,
  context: RunContext,
): Promise<RealCamusResult> {
  const found = findRealCamus();
  if (found === null) {
    context.note('real CAMUS frames: not present');
    return { rows: [], manifests: {} };
  }
  const cases = casesOf(found.frames, await readFrames(found.frames), ({ structures }) => structures);
  const seed = config.seeds[0] ?? 0;
  const { testJitter, testBatch: batch, testPasses: passes } = config;
  const jittered = jitteredBox(testJitter);
  const jitteredWithText = jitteredBoxAndText(testJitter);
  const prompts = [EXACT_BOX, jittered, EXACT_BOX_AND_TEXT, jitteredWithText, TEXT_ALONE];
  const seen = new Map<string, readonly Uint8Array[]>();
  const at = { seed, batch, passes };
  const rows = [
    ...(await scoreSegmenter(segmenter, cases, {
      ...at,
      model: segmenter.config.name,
      prompts,
      look: (prompt, masks) => seen.set(prompt, masks),
    })),
    ...(await boxRows(boxModels, cases, [EXACT_BOX, jittered], at)),
    ...(unet ? await unet(cases) : []),
    ...(await scoreSegmenter(segmenter, cases, {
      ...at,
      model: 'control: black picture',
      prompts,
      blank: true,
    })),
    ...[EXACT_BOX, jittered].flatMap(({ name, prompt }) =>
      cases.map((one) => ({
        ...scoreMask(one, ellipseInBox(one, prompt.kind === 'box' ? prompt.jitter : 0, seed), seed),
        model: 'control: ellipse in the box',
        prompt: name,
      })),
    ),
  ];
  const name = `camus-${context.data}-${context.scale}`;
  await drawOverlays(cases, seen, name, trainedOn, [TEXT_ALONE.name, jittered.name, jitteredWithText.name]);
  context.note(
    `real CAMUS: ${found.kind}, model trained on ${trainedOn}; overlays in data/real-overlays/${name}.html, outside the record because of their licence`,
  );
  return { rows, manifests: { 'camus (real frames)': found.hash } };
}

/** The wall is none of theirs. */
async function boxRows(
  models: readonly TestSegmenter[],
  cases: readonly SegmentationCase[],
  prompts: readonly NamedPrompt[],
  at: { readonly seed: number; readonly batch: number; readonly passes: number },
): Promise<ScoreRow[]> {
  const cavities = cases.filter(({ structure }) => structure !== 'myocardium');
  const rows: ScoreRow[] = [];
  for (const model of models) {
    rows.push(...(await scoreSegmenter(model, cavities, { ...at, model: model.config.name, prompts })));
  }
  return rows;
}

/** A row a frame and prompt, its structures side by side. */
async function drawOverlays(
  cases: readonly SegmentationCase[],
  seen: ReadonlyMap<string, readonly Uint8Array[]>,
  name: string,
  trainedOn: string,
  prompts: readonly string[],
): Promise<void> {
  const ids = [...new Set(cases.map(({ frame }) => frame.id))].slice(0, OVERLAY_FRAMES);
  const frames = ids.flatMap((id) =>
    prompts.flatMap((prompt) =>
      OVERLAY_STRUCTURES.flatMap((structure) => {
        const index = cases.findIndex((one) => one.frame.id === id && one.structure === structure);
        return index < 0 ? [] : [overlayOf(cases[index]!, seen.get(prompt)![index]!, prompt)];
      }),
    ),
  );
  const figure = overlayGrid({
    name,
    title: `Real CAMUS frames, EchoApex-SAM-S trained on ${trainedOn}`,
    dataOrigin: 'real',
    frames,
    columns: OVERLAY_STRUCTURES.length,
    caption: `Left ventricle, its wall and left atrium, a row a frame and prompt; green solid: traced, vermilion dotted: predicted. CAMUS, Leclerc et al. 2019, CC BY-NC-SA 4.0: not to be put into the record.`,
  });
  await writeRealOverlay(figure);
}

function overlayOf(one: SegmentationCase, predicted: Uint8Array, prompt: string): OverlayFrame {
  const { frame, picture, structure } = one;
  const { width, height } = picture.image;
  const rows = Math.round((height * OVERLAY_WIDTH) / width);
  const shrink = (data: Uint8Array): Float32Array =>
    resample({ width, height, data }, OVERLAY_WIDTH, rows, 'bilinear').data;
  const grey = toBytes(shrink(picture.image.data));
  const half = (data: Uint8Array): Uint8Array => Uint8Array.from(shrink(data), (value) => (value > 0.5 ? 1 : 0));
  const { score } = scoreMask(one, predicted, 0);
  return {
    image: { width: OVERLAY_WIDTH, height: rows, data: grey },
    lines: [
      `${frame.patient.replace('camus/', '')} ${frame.phase}`,
      prompt,
      `${STRUCTURES[structure].short} Dice ${Number(score).toFixed(3)}`,
    ],
    trueMask: half(trueMask(one)),
    predictedMask: half(predicted),
  };
}
