import { DataError } from '../../core/errors.js';
import { sameShape } from '../../core/shape.js';
import { resamplingMatrix } from '../interpolation.js';
import type { HostParam, ParamShapes } from '../parameters.js';
import { openWeights } from './open-weights.js';
import { resolveKeys } from './state-dict.js';
import type { WeightFile } from './weight-file.js';

/** What became of every key. */
export interface KeyReport {
  /** What stood before the model's keys in the file. */
  readonly prefix: string;
  readonly chunked: boolean;
  readonly matched: readonly string[];
  /** Keys of the model that the file lacks. */
  readonly missing: readonly string[];
  /** Keys under the prefix that the model has not. */
  readonly unexpected: readonly string[];
  /** Keys whose shape differs. */
  readonly mismatched: readonly {
    readonly key: string;
    readonly file: readonly number[];
    readonly model: readonly number[];
  }[];
  /** Positions that were resampled to the model's grid. */
  readonly reshaped: readonly string[];
  /** Keys known not to matter: batch counters and what the model's entry lists. */
  readonly ignored: readonly string[];
  /** Keys elsewhere in the file: heads, optimisers, other branches. */
  readonly outside: readonly string[];
  /** Element types that were widened or narrowed to float32. */
  readonly converted: readonly string[];
}

/** Options of {@link importParams}. */
export interface ImportOptions {
  /** Any missing, unexpected or mismatched key is an error. True if left out; false takes what matches. */
  readonly strict?: boolean;
  /** Resample `pos_embed` bicubically where its grid differs from the model's. False if left out. */
  readonly resizePositions?: boolean;
  /** Keys under the prefix that do not matter. */
  readonly ignore?: readonly RegExp[];
  /** Named in errors. */
  readonly model?: string;
}

/** Parameters and what became of the file's keys. */
export interface ImportedParams {
  /** In the order of the model's shapes; without the missing ones if not strict. */
  readonly params: Record<string, HostParam>;
  readonly report: KeyReport;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a model's parameters from a weight file.
 *
 * @param shapes keys and shapes of the model, e.g. `vitShapes(VIT_S8)`
 * @throws {DataError} if strict and any key is missing, unexpected or of another shape; names them
 * @throws {FormatError} if the file is damaged, hostile or of another kind
 */
export function importParams(path: string, shapes: ParamShapes, options: ImportOptions = {}): ImportedParams {
  const file = openWeights(path);
  try {
    return takeParams(file, shapes, options);
  } finally {
    file.close();
  }
}

/** As {@link importParams}, from an open file. */
export function takeParams(file: WeightFile, shapes: ParamShapes, options: ImportOptions = {}): ImportedParams {
  const resolved = resolveKeys(file.entries, shapes);
  const ignore = [/(^|\.)num_batches_tracked$/, ...(options.ignore ?? [])];
  const params: Record<string, HostParam> = {};
  const matched: string[] = [];
  const missing: string[] = [];
  const reshaped: string[] = [];
  const converted: string[] = [];
  const mismatched: { key: string; file: readonly number[]; model: readonly number[] }[] = [];
  for (const [key, shape] of Object.entries(shapes)) {
    const entry = resolved.entries.get(key);
    if (entry === undefined) {
      missing.push(key);
      continue;
    }
    const same = sameShape(entry.shape, shape);
    const movable = !same && options.resizePositions === true && isPositions(key, entry.shape, shape);
    if (!same && !movable) {
      mismatched.push({ key, file: entry.shape, model: shape });
      continue;
    }
    params[key] = { shape, data: same ? entry.read() : resizePositions(entry.read(), entry.shape, shape) };
    (same ? matched : reshaped).push(key);
    if (entry.dtype !== 'float32') converted.push(`${key} (${entry.dtype})`);
  }
  const others = [...resolved.entries.keys()].filter((key) => !Object.hasOwn(shapes, key));
  const ignored = others.filter((key) => ignore.some((pattern) => pattern.test(key)));
  const report: KeyReport = {
    prefix: resolved.prefix,
    chunked: resolved.chunked,
    matched: matched,
    missing: missing,
    unexpected: others.filter((key) => !ignored.includes(key)),
    mismatched,
    reshaped: reshaped,
    ignored,
    outside: resolved.outside,
    converted: converted,
  };
  if (matched.length + reshaped.length === 0) {
    throw new DataError(
      `importWeights: ${file.path} holds no key of ${options.model ?? 'the model'}; its first keys are ` +
        `${file.entries
          .slice(0, 3)
          .map(({ key }) => key)
          .join(', ')}`,
    );
  }
  if (options.strict ?? true) refuseDifferences(file.path, options.model ?? 'the model', report);
  return { params, report, metadata: file.metadata };
}

function refuseDifferences(path: string, model: string, report: KeyReport): void {
  const shown = (keys: readonly string[]): string =>
    `${keys.length} (${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''})`;
  const wrong: string[] = [];
  if (report.missing.length > 0) wrong.push(`missing ${shown(report.missing)}`);
  if (report.unexpected.length > 0) wrong.push(`unexpected ${shown(report.unexpected)}`);
  if (report.mismatched.length > 0) {
    const lines = report.mismatched.map(
      ({ key, file, model: own }) => `${key} [${file.join(', ')}] for [${own.join(', ')}]`,
    );
    wrong.push(`of another shape ${shown(lines)}`);
  }
  if (wrong.length === 0) return;
  const positions = report.mismatched.some(({ key }) => key.endsWith('pos_embed'));
  throw new DataError(
    `importWeights: ${path} does not hold ${model}: keys ${wrong.join('; ')}. ` +
      `Check the model's name${positions ? ', resize the positions,' : ''} or import without strict to take the ${report.matched.length} that match`,
  );
}

function isPositions(key: string, from: readonly number[], to: readonly number[]): boolean {
  const square = (shape: readonly number[]): boolean => Number.isInteger(Math.sqrt(shape[1]! - 1));
  return key === 'pos_embed' && from.length === 3 && from[2] === to[2] && square(from) && square(to);
}

/** Bicubic, without the authors' +0.1: the new table belongs to the new grid exactly. */
function resizePositions(data: Float32Array, from: readonly number[], to: readonly number[]): Float32Array {
  const width = from[2]!;
  const [before, after] = [Math.sqrt(from[1]! - 1), Math.sqrt(to[1]! - 1)];
  const weights = resamplingMatrix(before, after, { mode: 'bicubic' });
  const result = new Float32Array(to[1]! * width);
  result.set(data.subarray(0, width)); // CLS
  const half = new Float64Array(after * before * width); // rows resampled
  for (let y = 0; y < after; y++) {
    for (let source = 0; source < before; source++) {
      const weight = weights[y * before + source]!;
      if (weight === 0) continue;
      for (let i = 0; i < before * width; i++) {
        half[y * before * width + i]! += weight * data[width + source * before * width + i]!;
      }
    }
  }
  for (let y = 0; y < after; y++) {
    for (let x = 0; x < after; x++) {
      for (let source = 0; source < before; source++) {
        const weight = weights[x * before + source]!;
        if (weight === 0) continue;
        for (let c = 0; c < width; c++) {
          result[(1 + y * after + x) * width + c]! += weight * half[(y * before + source) * width + c]!;
        }
      }
    }
  }
  return result;
}

/** A key report in lines for people. */
export function formatKeyReport(report: KeyReport): string {
  const count = (name: string, keys: readonly unknown[]): string =>
    keys.length === 0
      ? ''
      : `${name} ${keys.length}: ${keys.slice(0, 5).map(String).join(', ')}${keys.length > 5 ? ', …' : ''}`;
  return [
    `matched ${report.matched.length} keys${report.prefix ? ` under "${report.prefix}"` : ''}${report.chunked ? ', chunks flattened' : ''}`,
    count('reshaped', report.reshaped),
    count('missing', report.missing),
    count('unexpected', report.unexpected),
    count(
      'of another shape',
      report.mismatched.map(({ key, file, model }) => `${key} [${file.join(', ')}] for [${model.join(', ')}]`),
    ),
    count('ignored', report.ignored),
    count('elsewhere in the file', report.outside),
    count('converted to float32', report.converted),
  ]
    .filter((line) => line !== '')
    .join('\n');
}
