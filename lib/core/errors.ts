/**
 * Named errors. Every message says who, expected, got and remedy:
 * `knnProbe: k must be <= 120 training samples, got 200; lower config.k`.
 */

/** Base of every error that this library throws on purpose. */
export class EchoLabError extends Error {
  override name: string = 'EchoLabError';
}

/** A tensor or array has the wrong rank, size or dtype. */
export class ShapeError extends EchoLabError {
  override name = 'ShapeError';
}

/** An option or argument is outside what the function accepts. */
export class ArgumentError extends EchoLabError {
  override name = 'ArgumentError';
}

/** Data on disk is missing, damaged, or contradicts itself. */
export class DataError extends EchoLabError {
  override name = 'DataError';
}

/** A file is not what its format demands (truncated, hostile, unsupported). */
export class FormatError extends DataError {
  override name = 'FormatError';
}

/** The same patient stands on both sides of a split. */
export class LeakError extends DataError {
  override name = 'LeakError';
}

/** A package, program or device that the call needs is not there. */
export class EnvironmentError extends EchoLabError {
  override name = 'EnvironmentError';
}

/** A loss, metric or tensor became NaN or infinite. */
export class NumericalError extends EchoLabError {
  override name = 'NumericalError';
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
