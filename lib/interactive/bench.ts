import { join } from 'node:path';
import { resultsFolder } from '../core/paths.js';
import type { DataBenchRow } from '../datasets/bench-data.js';
import { type LoadedSegmenter, loadSegmenter } from '../experiments/segmentation/load-segmenter.js';
import { drawPlannedFrame, planClip } from '../phantom/clip-plan.js';
import { quantile } from '../statistics/quantile.js';
import type { FrameGroup } from './frame-source.js';
import { compileSegmenter } from './prompt-segmenter.js';
import type { PromptStep } from './prompt-steps.js';
import { SegmentationSession } from './segmentation-session.js';

/** Pixels a side, as EchoNet-Dynamic has them. */
const SIZE = 112;
const LATER_CLICKS = 10;
/** Milliseconds that a click after the first may take. */
const LIMIT = { tool: 'limit', value: 200 };

/**
 * Measures clicks on one phantom frame through the session that the page uses: the first, which embeds the frame, then ten more, each on top of
 * those before, from prompts to mask and outlines at the size of the frame. The server and the drawing in the browser are not in it.
 *
 * After each click the graph for one more is compiled, as the page has it done while the person looks; that is a row of its own, for a click
 * that comes at once waits for it.
 *
 * @param model default: the one of the full phantom record of notebook 03
 */
export async function benchClicks(model: LoadedSegmenter = recorded()): Promise<DataBenchRow[]> {
  const session = new SegmentationSession([phantomFrame()], await compileSegmenter(model, 'bench'));
  const place = { group: 'bench', clip: 'A4C', frame: 0 };
  const [clicks, preparations]: [number[], number[]] = [[], []];
  try {
    await session.frame(place);
    const steps: PromptStep[] = [];
    for (let click = 0; click <= LATER_CLICKS; click++) {
      steps.push(clickAt(click));
      const start = performance.now();
      await session.segment(place, steps);
      const answered = performance.now();
      await session.prepare(steps);
      clicks.push(answered - start);
      preparations.push(performance.now() - answered);
    }
  } finally {
    await session.close();
  }
  const [first = Number.NaN, ...later] = clicks;
  const row = (what: string, value: number, reference: DataBenchRow['reference']): DataBenchRow => ({
    what,
    unit: 'ms',
    value,
    reference,
  });
  return [
    row(`first click on a frame of ${SIZE} px`, first, null),
    row(`median of ${LATER_CLICKS} further clicks`, quantile(later, 0.5), LIMIT),
    row(`worst of ${LATER_CLICKS} further clicks`, Math.max(...later), LIMIT),
    row('longest preparation between two clicks', Math.max(...preparations), null),
  ];
}

function recorded(): LoadedSegmenter {
  return loadSegmenter(join(resultsFolder(), 'e03-segmentation', 'phantom-full', 'assets', 'echoapex-sam.safetensors'));
}

/** Around the middle of the picture, where the ventricle is; every third click is outside of it. */
function clickAt(click: number): PromptStep {
  const inside = click % 3 !== 2;
  const angle = 2.4 * click;
  const away = SIZE * (inside ? 0.08 : 0.35);
  return { kind: 'point', x: SIZE / 2 + away * Math.cos(angle), y: SIZE / 2 + away * Math.sin(angle), inside };
}

function phantomFrame(): FrameGroup {
  const image = drawPlannedFrame(
    planClip({
      seed: 1,
      patient: 'bench',
      population: 'adult',
      clip: 'clicks',
      view: 'A4C',
      size: SIZE,
      frames: 1,
      transducer: 'any',
      gate: 'free',
      turn: 0,
      mirrored: false,
    }),
    0,
  );
  return {
    id: 'bench',
    title: 'Bench',
    origin: 'phantom',
    clips: [{ id: 'A4C', title: 'A4C', patient: 'bench', attributes: {} }],
    open: async () => ({
      frameCount: 1,
      spacing: null,
      marks: [],
      readFrame: async () => image,
      readTruth: async () => [],
      close: async () => {},
    }),
  };
}
