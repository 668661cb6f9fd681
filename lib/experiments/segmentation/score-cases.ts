import type { HostTensor } from '../../engine/compile.js';
import type { Specialist } from '../../training/segmentation/specialist.js';
import type { LoadedSegmenter } from './load-segmenter.js';
import { SCORE_COLUMNS, type ScoreRow, type SegmentationCase, scoreMask } from './score-mask.js';
import { caseSegmenter, type TestPrompt } from './segment-cases.js';
import { specialistMasks } from './segment-specialist.js';
import { STRUCTURES } from './structures.js';

/** Columns of a table of scores with the model and the prompt. */
export const TEST_COLUMNS: readonly string[] = [...SCORE_COLUMNS, 'model', 'prompt'];

/** A prompt with the name that tables give it. */
export interface NamedPrompt {
  readonly name: string;
  readonly prompt: TestPrompt;
}

/** The exact box of the benchmark. */
export const EXACT_BOX: NamedPrompt = { name: 'exact box', prompt: { kind: 'box', jitter: 0 } };

/** The text alone. */
export const TEXT_ALONE: NamedPrompt = { name: 'text', prompt: { kind: 'text' } };

/** A box whose corners are off. */
export function jitteredBox(jitter: number): NamedPrompt {
  return { name: `box jittered ${100 * jitter} %`, prompt: { kind: 'box', jitter } };
}

/** The exact box and the text, which says which structure of nearly this box is meant. */
export const EXACT_BOX_AND_TEXT: NamedPrompt = {
  name: `${EXACT_BOX.name} and text`,
  prompt: { kind: 'box', jitter: 0, text: true },
};

/** A box whose corners are off, and the text. */
export function jitteredBoxAndText(jitter: number): NamedPrompt {
  return { name: `${jitteredBox(jitter).name} and text`, prompt: { kind: 'box', jitter, text: true } };
}

/** Simulated clicks. */
export function clicked(clicks: number): NamedPrompt {
  return { name: clicks === 1 ? '1 click' : `${clicks} clicks`, prompt: { kind: 'points', clicks } };
}

/** A trained segmenter. */
export type TestSegmenter = Omit<LoadedSegmenter, 'texts'>;

/** What a test is run with. */
export interface TestSetting {
  readonly model: string;
  readonly prompts: readonly NamedPrompt[];
  readonly seed: number;
  readonly batch: number;
  readonly passes: number;
  /** See `caseSegmenter`. */
  readonly blank?: boolean;
  /** Shown each prompt's masks, for pictures. */
  readonly look?: (prompt: string, masks: readonly Uint8Array[]) => void;
}

/** Scores a segmenter on cases, once a prompt. */
export async function scoreSegmenter(
  segmenter: TestSegmenter,
  cases: readonly SegmentationCase[],
  { model, prompts, seed, batch, passes, blank = false, look }: TestSetting,
): Promise<ScoreRow[]> {
  const compiled = await caseSegmenter(segmenter, { batch, passes, blank });
  try {
    const rows: ScoreRow[] = [];
    for (const { name, prompt } of prompts) {
      const masks = await compiled.segment(cases, prompt, seed);
      look?.(name, masks);
      cases.forEach((one, index) => {
        rows.push({ ...scoreMask(one, masks[index]!, seed), model, prompt: name });
      });
    }
    return rows;
  } finally {
    await compiled.dispose();
  }
}

/** Scores a specialist on those of the cases whose structure it knows. */
export async function scoreSpecialist(
  specialist: Specialist,
  params: Readonly<Record<string, HostTensor>>,
  cases: readonly SegmentationCase[],
  at: { readonly model: string; readonly imageSize: number; readonly seed: number; readonly batch: number },
): Promise<ScoreRow[]> {
  const known = cases.filter(({ structure }) => specialist.classes.includes(STRUCTURES[structure].value));
  const masks = await specialistMasks(specialist, params, known, at.imageSize, at.batch);
  return known.map((one, index) => ({ ...scoreMask(one, masks[index]!, at.seed), model: at.model, prompt: 'none' }));
}
