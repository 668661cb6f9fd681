import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FormatError, messageOf } from '../../core/errors.js';

/** Read-only bytes of a file, fetched a range at a time so that a checkpoint is never held whole. */
export interface ByteSource {
  /** Named in errors. */
  readonly name: string;
  readonly size: number;
  /**
   * A copy of `length` bytes from `offset`.
   *
   * @throws {FormatError} if the range is not inside the file
   */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Opens a file. Close it when done. */
export function openFile(path: string): ByteSource {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new FormatError(`openFile: ${path} cannot be read: ${messageOf(error)}`);
  }
  const size = fstatSync(file).size;
  return {
    name: path,
    size,
    read(offset, length) {
      checkRange(path, size, offset, length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const count = readSync(file, bytes, done, length - done, offset + done);
        if (count === 0) throw new FormatError(`openFile: ${path} ended at byte ${offset + done}; the file shrank`);
        done += count;
      }
      return bytes;
    },
    close() {
      closeSync(file);
    },
  };
}

/** The same over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read(offset, length) {
      checkRange(name, bytes.length, offset, length);
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
    close() {},
  };
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (
    !Number.isSafeInteger(offset) ||
    !Number.isSafeInteger(length) ||
    offset < 0 ||
    length < 0 ||
    offset + length > size
  ) {
    throw new FormatError(
      `readBytes: ${name} has ${size} bytes, but bytes ${offset} to ${offset + length} are needed; the file is truncated or damaged`,
    );
  }
}
