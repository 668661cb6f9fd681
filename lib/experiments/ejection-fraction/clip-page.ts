import { beatCurve } from '../../figures/beat-curve.js';
import { type Figure, figureHtml } from '../../figures/figure.js';
import type { DataOrigin } from '../../figures/make-figure.js';
import type { ClipMeasurement } from './measure-clip.js';

/** Most frames that a page holds as pictures. */
const MOST_FRAMES = 160;

/** The beat-to-beat figure of a measured clip. */
export function clipFigure(measured: ClipMeasurement, title: string, origin: DataOrigin): Figure {
  const { frames, masks, volumes, framesPerSecond, beats, volumeUnit } = measured;
  const largest = volumes.reduce<number>((most, value) => Math.max(most, value ?? 0), 0) || 1;
  const scale = volumeUnit === 'mL' ? 1 : 100 / largest;
  const shown = frames.slice(0, MOST_FRAMES);
  return beatCurve({
    name: 'beat-to-beat',
    title,
    dataOrigin: origin,
    frames: shown.map((image, frame) => {
      const volume = volumes[frame] ?? null;
      return {
        image,
        ...(volume !== null && { mask: masks[frame]!.mask.data }),
        volume: volume === null ? null : volume * scale,
      };
    }),
    seconds: framesPerSecond === null ? null : shown.map((_, frame) => frame / framesPerSecond),
    beats: beats
      .map(({ endDiastoleFrame, endSystoleFrame }) => ({ endDiastole: endDiastoleFrame, endSystole: endSystoleFrame }))
      .filter(({ endDiastole, endSystole }) => Math.max(endDiastole, endSystole) < shown.length),
    ordinate: volumeUnit === 'mL' ? 'Volume (mL)' : 'Volume (% of the largest)',
    caption: `Ejection fraction ${measured.ejectionFractionPercent.toFixed(0)} % (${measured.interval.low.toFixed(0)} to ${measured.interval.high.toFixed(0)}), by geometry ${measured.geometricPercent?.toFixed(0) ?? 'none'}. ${measured.reasons.length === 0 ? '' : `Not to be trusted blindly: ${measured.reasons.map(({ text }) => text).join('; ')}.`}`,
  });
}

/** The same as a page of its own, which holds plotly. */
export function clipPage(measured: ClipMeasurement, title: string, origin: DataOrigin): Promise<string> {
  return figureHtml(clipFigure(measured, title, origin), { plotly: 'standalone' });
}
