import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, messageOf } from '../../core/errors.js';
import { resultsFolder } from '../../core/paths.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import type { HostTensor } from '../../engine/compile.js';
import type { PixelNormalisation } from '../../evaluation/vit-encoder.js';
import { type EfDecoderConfig, efDecoderShapes } from '../../models/ef-decoder.js';
import type { VitConfig } from '../../models/vit-config.js';
import { vitShapes } from '../../models/vit-params.js';
import { importParams } from '../../models/weights/import-weights.js';
import { openWeights } from '../../models/weights/open-weights.js';
import { encodeSafetensors } from '../../models/weights/safetensors.js';
import type { DataKind } from '../../records/record.js';
import { type SegmenterNetwork, segmenterShapes } from './segmenter.js';

/** What validation patients say about trust: each sorted or summed before any test patient was seen. */
export interface EfCalibration {
  /** Validation patients. */
  readonly patients: number;
  /** Absolute errors of the learned fraction, rising, points. */
  readonly absoluteErrors: readonly number[];
  /** Absolute differences between the learned and the geometric fraction, rising, points. */
  readonly disagreements: readonly number[];
  /** 5 % quantile of the mean certainty of the outline over the training clips. */
  readonly lowestCertainty: number;
  /** 5 % and 95 % quantiles of long axis over mean width at end-diastole, over the training clips. */
  readonly slenderness: readonly [number, number];
}

/** Everything that `echolab ef` needs, in one folder. */
export interface EfModelInfo {
  readonly format: 'echolab-ef-1';
  /** What it was trained on; `phantom` is said with every result. */
  readonly origin: DataKind;
  readonly encoder: VitConfig;
  readonly normalisation: PixelNormalisation;
  readonly segmenter: { readonly network: SegmenterNetwork; readonly imageSize: number };
  readonly sequence: EfDecoderConfig;
  /** Of the frames that the encoder sees. */
  readonly imageSize: number;
  readonly calibration: EfCalibration;
}

/** A trained model for ejection fraction. */
export interface EfModel extends EfModelInfo {
  readonly encoderParams: Record<string, HostTensor>;
  /** Keys of `segmenterShapes`. */
  readonly segmenterParams: Record<string, HostTensor>;
  readonly sequenceParams: Record<string, HostTensor>;
  /** One embedding a training patient: what new clips are compared with. */
  readonly known: FeatureMatrix;
}

const INFO = 'model.json';
const FILES = {
  encoder: 'encoder.safetensors',
  segmenter: 'segmenter.safetensors',
  sequence: 'sequence.safetensors',
  known: 'known.safetensors',
} as const;

/** Where the model of the phantom's record lies. */
export function standardModelFolder(): string {
  return join(resultsFolder(), 'e05-ejection-fraction', 'phantom-mini', 'assets', 'model');
}

/** The files of a model, by their path under `folder`. */
export function efModelFiles(model: EfModel, folder: string): Record<string, Uint8Array> {
  const { encoderParams, segmenterParams, sequenceParams, known, ...info } = model;
  return {
    [`${folder}/${INFO}`]: Buffer.from(`${JSON.stringify(info, null, 2)}\n`),
    [`${folder}/${FILES.encoder}`]: encodeSafetensors(encoderParams),
    [`${folder}/${FILES.segmenter}`]: encodeSafetensors(segmenterParams),
    [`${folder}/${FILES.sequence}`]: encodeSafetensors(sequenceParams),
    [`${folder}/${FILES.known}`]: encodeSafetensors({ known: { shape: [known.count, known.width], data: known.data } }),
  };
}

/**
 * Reads a model.
 *
 * @param folder that holds `model.json` and its four safetensors files
 * @throws {DataError} naming what is missing or of another kind, and the remedy
 */
export function readEfModel(folder: string): EfModel {
  const path = join(folder, INFO);
  if (!existsSync(path)) {
    throw new DataError(
      `readEfModel: ${path} is missing; run "npm run reproduce -- --notebook 05", or name the assets/model folder of a record`,
    );
  }
  let info: EfModelInfo;
  try {
    info = JSON.parse(readFileSync(path, 'utf8')) as EfModelInfo;
  } catch (error) {
    throw new DataError(`readEfModel: ${path} is no JSON (${messageOf(error)}); run notebook 05 again`);
  }
  if (info.format !== 'echolab-ef-1') {
    throw new DataError(`readEfModel: ${path} must have the format echolab-ef-1, got ${String(info.format)}`);
  }
  return {
    ...info,
    encoderParams: importParams(join(folder, FILES.encoder), vitShapes(info.encoder)).params,
    segmenterParams: importParams(join(folder, FILES.segmenter), segmenterShapes(info.segmenter.network)).params,
    sequenceParams: importParams(join(folder, FILES.sequence), efDecoderShapes(info.sequence)).params,
    known: readKnown(join(folder, FILES.known), info.encoder.width),
  };
}

function readKnown(path: string, width: number): FeatureMatrix {
  const file = openWeights(path);
  try {
    const entry = file.entries.find(({ key }) => key === 'known');
    if (entry?.shape.length !== 2 || entry.shape[1] !== width) {
      throw new DataError(
        `readEfModel: ${path} must hold known [N, ${width}], got ${entry?.shape.join(' x ') ?? 'none'}`,
      );
    }
    return { count: entry.shape[0]!, width, data: entry.read() };
  } finally {
    file.close();
  }
}
