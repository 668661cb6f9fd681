import type { CsvRow } from '../../core/csv.js';
import { attentionGrid } from '../../figures/attention-grid.js';
import type { DataOrigin, Figure } from '../../figures/figure.js';
import type { PicturePoint } from '../../figures/truth-marks.js';
import { readFrames } from '../scaling-study/frame-strip.js';
import { PRIMARY_TEST } from './hypertrophy-metrics.js';
import type { LvhSet } from './landmark-frames.js';
import { stripName } from './shown-frames.js';

/** Figs 5g and 9: attention of the last block with true and predicted landmarks, from the least to the greatest error. */
export async function attentionFigure(
  shown: readonly CsvRow[],
  assets: Readonly<Record<string, Uint8Array>>,
  set: LvhSet,
  dataOrigin: DataOrigin,
): Promise<Figure | null> {
  const rows = shown.filter((row) => row.set === set);
  if (rows.length === 0) return null;
  const pictures = await readFrames(assets[stripName(set)]);
  return attentionGrid({
    name: `attention-${set === 'EchoNet-LVH' ? 'internal' : 'external'}`,
    title: `${set}: attention of the last block and landmarks, from the least to the greatest error`,
    dataOrigin,
    columns: 4,
    frames: rows.map((row, index) => ({
      image: pictures[index]!,
      attention: {
        rows: Number(row.rows),
        columns: Number(row.columns),
        values: row.attention!.split(' ').map(Number),
      },
      lines: [
        `rank ${row.rank} of ${row.of}`,
        row.error === ''
          ? 'no measurement of a landmark'
          : `landmark error ${Number(row.error).toFixed(1)} ${row.unit}`,
      ],
      hover: row.sample!,
      trueLandmarks: points(row.truth!),
      predictedLandmarks: points(row.predicted!),
    })),
    caption: `${PRIMARY_TEST.better}: what each patch receives from all patches, mean over heads; each map is scaled to its own range. Frames lie evenly between the least and the greatest error.`,
  });
}

function points(text: string): PicturePoint[] {
  const numbers = text.split(' ').filter(Boolean).map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, n) => [numbers[2 * n]!, numbers[2 * n + 1]!]);
}
