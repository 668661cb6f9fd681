import { type FeatureMatrix, selectRows } from '../../embedding/feature-matrix.js';
import { framesOfBeat } from '../../evaluation/beats.js';
import { encodeAll } from '../../evaluation/feature-extraction.js';
import { type NoveltyReference, noveltyOf, noveltyReference } from '../../evaluation/novelty.js';
import { type FrameEncoder, makeVitEncoder } from '../../evaluation/vit-encoder.js';
import type { GrayClip, GrayImage, PixelSpacing } from '../../imaging/image.js';
import { type ClipBeats, readBeats } from './clip-beats.js';
import { conformalReach, INTERVAL_LEVEL } from './conformal.js';
import { squareFrames, UNKNOWN_SCALE } from './ef-data.js';
import type { EfModel } from './ef-model.js';
import { type EfReason, reasonsOf } from './ef-reasons.js';
import { makeSegmenter, type Segmenter, type VentricleMask } from './segmenter.js';
import { makeSequenceDecoder, meanOfBeats, predictBeats, type SequenceDecoder } from './sequence-decoder.js';
import { slendernessOf, touchesBorder } from './ventricle-shape.js';

/** One beat of a measured clip. */
export interface MeasuredBeat {
  readonly endDiastoleFrame: number;
  readonly endSystoleFrame: number;
  /** False where the clip's start may have cut it. */
  readonly whole: boolean;
  readonly learnedPercent: number;
  /** `null` where the outline shows no contraction. */
  readonly geometricPercent: number | null;
  /** Frames that the sequence decoder saw. */
  readonly frames: readonly number[];
}

/** What the model says about one clip, and how far to trust it. */
export interface ClipMeasurement {
  readonly ejectionFractionPercent: number;
  /** Split-conformal interval from the validation patients. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number };
  readonly geometricPercent: number | null;
  readonly found: ClipBeats['found'];
  readonly beats: readonly MeasuredBeat[];
  /** Volume in each frame, single-plane Simpson; `null` where no ventricle was found. */
  readonly volumes: readonly (number | null)[];
  /** `mL`, or `relative` where the scale is not known. */
  readonly volumeUnit: 'mL' | 'relative';
  readonly framesPerSecond: number | null;
  /** Empty where nothing speaks against the result but the limits of the method. */
  readonly reasons: readonly EfReason[];
  /** Frames as the segmenter saw them, and the outline in each. */
  readonly frames: readonly GrayImage[];
  readonly masks: readonly VentricleMask[];
}

/** A model compiled for clips. */
export class EfMeter {
  readonly #model: EfModel;
  readonly #encoder: FrameEncoder;
  readonly #segmenter: Segmenter;
  readonly #decoder: SequenceDecoder;
  readonly #novelty: NoveltyReference;

  private constructor(
    model: EfModel,
    encoder: FrameEncoder,
    segmenter: Segmenter,
    decoder: SequenceDecoder,
    novelty: NoveltyReference,
  ) {
    this.#model = model;
    this.#encoder = encoder;
    this.#segmenter = segmenter;
    this.#decoder = decoder;
    this.#novelty = novelty;
  }

  static async open(model: EfModel): Promise<EfMeter> {
    const { encoder, normalisation, imageSize, known } = model;
    return new EfMeter(
      model,
      await makeVitEncoder(model.encoderParams, encoder, normalisation, { batchSize: 16, imageSize }),
      await makeSegmenter(model.segmenterParams, { ...model.segmenter, normalisation }),
      await makeSequenceDecoder(model.sequenceParams, model.sequence),
      await noveltyReference(known, Math.min(5, known.count - 1)),
    );
  }

  /**
   * Measures one clip.
   *
   * @param clip curated: the sector and nothing else
   * @param spacing of its pixels; `null` where it is not known
   */
  async measure(clip: GrayClip, spacing: PixelSpacing | null): Promise<ClipMeasurement> {
    const { imageSize, segmenter, sequence, calibration } = this.#model;
    const scaled = { clip, spacing: spacing ?? UNKNOWN_SCALE };
    const { frames, spacing: square } = squareFrames(scaled, segmenter.imageSize);
    const features = await encodeAll(this.#encoder, squareFrames(scaled, imageSize).frames);
    const masks = await this.#segmenter.segment(frames);
    const { framesPerSecond } = clip;
    const stage1 = readBeats(masks, { spacing: square, framesPerSecond });
    const [values = []] = await predictBeats(this.#decoder, sequence, [{ features, beats: stage1.beats }]);
    const learned = meanOfBeats(values);
    const reach = conformalReach(calibration.absoluteErrors, INTERVAL_LEVEL);
    const endDiastole = masks[stage1.beats[0]!.endDiastole]!;
    return {
      ejectionFractionPercent: learned,
      interval: { low: Math.max(0, learned - reach), high: Math.min(100, learned + reach), level: INTERVAL_LEVEL },
      geometricPercent: stage1.ejectionFractionPercent,
      found: stage1.found,
      beats: stage1.beats.map((beat, i) => ({
        endDiastoleFrame: beat.endDiastole,
        endSystoleFrame: beat.endSystole,
        whole: beat.whole,
        learnedPercent: values[i]!,
        geometricPercent: stage1.perBeatPercent?.[i] ?? null,
        frames: framesOfBeat(beat, sequence.frames),
      })),
      volumes: stage1.curve,
      volumeUnit: spacing === null ? 'relative' : 'mL',
      framesPerSecond,
      reasons: reasonsOf({
        origin: this.#model.origin,
        calibration,
        stage1,
        learned,
        framesPerSecond,
        frameCount: frames.length,
        certainty: meanOfBeats(masks.map(({ certainty }) => certainty)),
        slenderness: slendernessOf(endDiastole.mask),
        cutOff: touchesBorder(endDiastole.mask),
        noveltyP: await this.#noveltyP(features),
      }),
      frames,
      masks,
    };
  }

  /** Conformal p-value of the middle frame among the training patients. */
  async #noveltyP(features: FeatureMatrix): Promise<number> {
    const middle = selectRows(features, [Math.floor(features.count / 2)]);
    return (await noveltyOf(this.#novelty, middle)).pValues[0]!;
  }

  async dispose(): Promise<void> {
    for (const part of [this.#encoder, this.#segmenter, this.#decoder]) await part.dispose();
  }
}
