import { join } from 'node:path';
import type { CsvCell } from '../../core/csv.js';
import { workbenchRoot } from '../../core/paths.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import { REAL_CLIP } from '../scaling-study/real-clip.js';
import type { EfModel } from './ef-model.js';
import { EfMeter } from './measure-clip.js';
import { readClipToMeasure } from './open-clip.js';

/** What the model makes of the one real cine that ships with the workbench; nobody has told its ejection fraction. */
export interface RealClipLook {
  readonly tables: Record<'realClip' | 'realCurve' | 'realBeats' | 'realReasons', Record<string, CsvCell>[]>;
  readonly assets: Record<string, Uint8Array>;
}

/** Measures the real apical four-chamber cine, as `echolab ef` does. */
export async function measureRealClip(model: EfModel): Promise<RealClipLook> {
  const { clip, spacing } = await readClipToMeasure(join(workbenchRoot(), REAL_CLIP));
  const meter = await EfMeter.open(model);
  try {
    const measured = await meter.measure(clip, spacing);
    const { framesPerSecond, interval } = measured;
    return {
      tables: {
        realClip: [
          {
            learned: measured.ejectionFractionPercent,
            low: interval.low,
            high: interval.high,
            geometric: measured.geometricPercent,
            framesPerSecond,
          },
        ],
        realCurve: measured.volumes.map((volume, frame) => ({
          frame,
          seconds: framesPerSecond === null ? null : frame / framesPerSecond,
          volume,
          traced: '',
        })),
        realBeats: measured.beats.map(({ endDiastoleFrame, endSystoleFrame, whole, learnedPercent }) => ({
          endDiastole: endDiastoleFrame,
          endSystole: endSystoleFrame,
          whole,
          learned: learnedPercent,
        })),
        realReasons: measured.reasons.map(({ code, text }) => ({ code, text })),
      },
      assets: {
        'real-frames.png': await frameStrip(measured.frames),
        'real-masks.png': await frameStrip(
          measured.masks.map(({ mask }) => ({ ...mask, data: mask.data.map((value) => 255 * value) })),
        ),
      },
    };
  } finally {
    await meter.dispose();
  }
}
