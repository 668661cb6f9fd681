import { sixDigits } from '../../core/six-digits.js';
import type { HostTensor } from '../../engine/compile.js';
import { landmarkErrors, WALL_MEASUREMENTS, wallLengths } from '../../evaluation/wall-measurements.js';
import type { Row } from '../scaling-study/probe-encoder.js';
import type { EvaluatedPicture } from './landmark-evaluator.js';
import { type LandmarkFrame, landmarksOfFrame } from './landmark-frames.js';
import type { LandmarkTools } from './train-landmarks.js';

/** What a model says of one frame; points are in the frame's own pixels. */
export interface LandmarkPrediction extends EvaluatedPicture {
  readonly frame: LandmarkFrame;
}

/** Runs a trained model over frames, in their order. */
export async function predictLandmarks(
  params: Readonly<Record<string, HostTensor>>,
  frames: readonly LandmarkFrame[],
  tools: LandmarkTools,
): Promise<LandmarkPrediction[]> {
  const evaluated = await tools.evaluator.evaluate(params, {
    count: frames.length,
    item: async (index) => ({
      picture: await tools.read(frames[index]!),
      points: landmarksOfFrame(frames[index]!),
    }),
  });
  const predictions: LandmarkPrediction[] = [];
  for (const [index, frame] of frames.entries()) {
    const { toFrame } = await tools.read(frame);
    const points = evaluated[index]!.points.map((point) => point && toFrame(point));
    predictions.push({ ...evaluated[index]!, frame, points });
  }
  return predictions;
}

/** Columns of samples.csv: one row a measured distance of a frame and a model. */
export const HYPERTROPHY_COLUMNS: readonly string[] = [
  'sample',
  'patient',
  'split',
  'label',
  'prediction',
  'score',
  'seed',
  'model',
  'set',
  'phase',
  'measurement',
  'landmarkError',
  'unit',
];

/**
 * A row for each annotated distance: true and predicted length, landmark error, and the lower peak of its two heatmaps as score. Without
 * a prediction, `prediction` and `landmarkError` are empty: no measurement, never 0.
 */
export function measurementRows({ frame, points, peaks }: LandmarkPrediction, model: string, seed: number): Row[] {
  const { calipers, millimetresPerPixel } = frame;
  const spacing = { xMillimetres: millimetresPerPixel ?? 1, yMillimetres: millimetresPerPixel ?? 1 };
  const truth = landmarksOfFrame(frame);
  const lengths = wallLengths(points, spacing);
  const errors = {
    ...landmarkErrors(points, truth, spacing),
    // LVID has a caliper of its own, whose ends need not be those of septum and posterior wall
    lvid: landmarkErrors(points, [null, ...(calipers.lvid?.ends ?? [null, null]), null], spacing).lvid,
  };
  return WALL_MEASUREMENTS.flatMap((measurement, first): Row[] => {
    const caliper = calipers[measurement];
    if (caliper === null) return [];
    const [length, error] = [lengths[measurement], errors[measurement]];
    return [
      {
        sample: frame.sample,
        patient: frame.patient,
        split: 'test',
        label: sixDigits(caliper.length),
        prediction: length === null ? null : sixDigits(length),
        score: sixDigits(Math.min(peaks[first]!, peaks[first + 1]!)),
        seed,
        model,
        set: frame.set,
        phase: frame.phase,
        measurement,
        landmarkError: error === null ? null : sixDigits(error),
        unit: millimetresPerPixel === null ? 'px' : 'mm',
      },
    ];
  });
}
