import type { FileHandle } from 'node:fs/promises';
import { FormatError } from '../../core/errors.js';

/** One RIFF chunk: where its payload lies. */
export interface Chunk {
  readonly tag: string;
  /** Of the payload, from the start of the file. */
  readonly start: number;
  readonly size: number;
  /** Form of a `RIFF` or `LIST` chunk, e.g. `movi`; its children start 4 bytes in. */
  readonly form?: string;
}

/** Reads a file in pieces and never past its end. */
export class RiffSource {
  readonly #file: FileHandle;
  readonly origin: string;
  readonly size: number;
  #windowStart = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle, origin: string, size: number) {
    this.#file = file;
    this.origin = origin;
    this.size = size;
  }

  /** Exactly `length` bytes at `position`. */
  async bytes(position: number, length: number): Promise<Buffer> {
    if (position < 0 || length < 0 || position + length > this.size) {
      throw new FormatError(
        `openAvi: ${this.origin} is truncated: bytes ${position} to ${position + length} are needed, the file has ${this.size}`,
      );
    }
    const buffer = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#file.read(buffer, done, length - done, position + done);
      if (bytesRead === 0) throw new FormatError(`openAvi: ${this.origin} became shorter while it was read`);
      done += bytesRead;
    }
    return buffer;
  }

  /** The chunk whose header stands at `position`; its payload must end before `end`. */
  async chunkAt(position: number, end: number): Promise<Chunk> {
    const head = await this.#header(position);
    const tag = head.toString('latin1', 0, 4);
    const size = head.readUInt32LE(4);
    const start = position + 8;
    if (start + size > end) {
      throw new FormatError(
        `openAvi: ${this.origin} is truncated or damaged: chunk ${JSON.stringify(tag)} at byte ${position} claims ${size} bytes, ${end - start} are left`,
      );
    }
    if (tag !== 'RIFF' && tag !== 'LIST') return { tag, start, size };
    if (size < 4) throw new FormatError(`openAvi: ${this.origin} has an empty ${tag} at byte ${position}`);
    return { tag, start, size, form: head.toString('latin1', 8, 12) };
  }

  /** The chunks from `start` to `end`, in file order; a missing last pad byte is forgiven. */
  async *chunks(start: number, end: number): AsyncGenerator<Chunk> {
    for (let position = start; position + 8 <= end; ) {
      const chunk = await this.chunkAt(position, end);
      yield chunk;
      position = chunk.start + chunk.size + (chunk.size % 2);
    }
  }

  /** 12 bytes (fewer at the end of the file) through a window, so that a scan does not read 8 bytes at a time. */
  async #header(position: number): Promise<Buffer> {
    const inside = position >= this.#windowStart && position + 12 <= this.#windowStart + this.#window.length;
    if (!inside) {
      const length = Math.min(4096, this.size - position);
      if (length < 8) throw new FormatError(`openAvi: ${this.origin} is truncated at byte ${this.size}`);
      this.#window = await this.bytes(position, length);
      this.#windowStart = position;
    }
    const at = position - this.#windowStart;
    return this.#window.subarray(at, at + 12);
  }
}
