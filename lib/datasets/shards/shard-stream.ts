import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, DataError, FormatError } from '../../core/errors.js';
import { type RandomState, type RandomStream, restoreStream, stream } from '../../core/random.js';
import { readShardIndex, type ShardIndex } from './shard-index.js';
import { BLOCK, parseTarHeader, tarLength } from './tar.js';

/** A frame from a shard, still packed. */
export interface PackedFrame {
  readonly patient: string;
  readonly clip: string;
  readonly frame: number;
  /** JPEG or PNG. */
  readonly packed: Uint8Array;
}

/** Where a frame lies: shard, byte of its header, bytes of its content. */
type Place = readonly [shard: number, offset: number, size: number];

/** Everything needed to go on with exactly the next frame; plain JSON. */
export interface ShardPosition {
  readonly epoch: number;
  /** Frames given in this epoch. */
  readonly given: number;
  /** Next shard in this epoch's order, and byte in it. */
  readonly shard: number;
  readonly offset: number;
  readonly random: RandomState;
  /** Frames that wait in the shuffle buffer, by place. */
  readonly buffer: readonly Place[];
}

/** Options of {@link ShardStream}. */
export interface ShardStreamOptions {
  readonly seed: number;
  /** Frames in the shuffle buffer; default 4096 (about 16 MB at 112 px). 1 does not shuffle. */
  readonly shuffleBuffer?: number;
  /** Goes on from here. */
  readonly position?: ShardPosition;
}

/** Bytes read at once. */
const READ_AHEAD = 2 ** 20;
/** A frame of 112 px takes 4 kB; nothing near this is one. */
const LARGEST_FRAME = 2 ** 24;

/**
 * Streams frames from shards without end: shards in a new seeded order each epoch, read from front to back, frames drawn at random from a
 * buffer. Memory is the buffer, whatever the size of the set. {@link ShardStream.position} is exact: a stream that goes on from it gives
 * the same frames as one that was never interrupted.
 */
export class ShardStream {
  readonly index: ShardIndex;
  readonly #folder: string;
  readonly #seed: number;
  readonly #capacity: number;
  #epoch = 0;
  #given = 0;
  #order: readonly number[];
  #shard = 0;
  #offset = 0;
  #random: RandomStream;
  #buffer: { readonly place: Place; readonly frame: PackedFrame }[] = [];
  #pending: readonly Place[] = [];
  #file: { readonly shard: number; readonly handle: FileHandle } | undefined;
  #ahead: { readonly start: number; readonly bytes: Buffer } | undefined;

  /** @throws {DataError} if the folder has no index, or the position belongs to another set */
  constructor(folder: string, options: ShardStreamOptions) {
    this.index = readShardIndex(folder);
    this.#folder = folder;
    this.#seed = options.seed;
    this.#capacity = options.shuffleBuffer ?? 4096;
    if (!Number.isInteger(this.#capacity) || this.#capacity < 1) {
      throw new ArgumentError(`ShardStream: shuffleBuffer must be a positive integer, got ${this.#capacity}`);
    }
    const { position } = options;
    this.#epoch = position?.epoch ?? 0;
    this.#order = this.#shardOrder();
    this.#random = stream(this.#seed, `shards/epoch/${this.#epoch}/buffer`);
    if (position === undefined) return;
    if (position.shard > this.#order.length || position.buffer.some(([shard]) => shard >= this.#order.length)) {
      throw new DataError(
        `ShardStream: the position is beyond the ${this.#order.length} shards of ${folder}; it belongs to another set`,
      );
    }
    this.#given = position.given;
    this.#shard = position.shard;
    this.#offset = position.offset;
    this.#random = restoreStream(this.#seed, `shards/epoch/${this.#epoch}/buffer`, position.random);
    this.#pending = position.buffer;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Where the stream stands, after the last frame given. */
  position(): ShardPosition {
    return {
      epoch: this.#epoch,
      given: this.#given,
      shard: this.#shard,
      offset: this.#offset,
      random: this.#random.state(),
      buffer: this.#pending.length > 0 ? this.#pending : this.#buffer.map(({ place }) => place),
    };
  }

  /** The next frame; epochs follow each other without end. */
  async next(): Promise<PackedFrame> {
    await this.#restoreBuffer();
    while (this.#buffer.length < this.#capacity && (await this.#readOne())) {}
    if (this.#buffer.length === 0) {
      if (this.#given === 0) throw new DataError(`ShardStream: ${this.#folder} holds no frames`);
      this.#startEpoch(this.#epoch + 1);
      return this.next();
    }
    const drawn = this.#random.integer(this.#buffer.length);
    const { frame } = this.#buffer[drawn]!;
    const last = this.#buffer.pop()!;
    if (drawn < this.#buffer.length) this.#buffer[drawn] = last;
    this.#given++;
    return frame;
  }

  /** Closes the shard that is open. */
  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = undefined;
    this.#ahead = undefined;
  }

  #shardOrder(): readonly number[] {
    const shards = this.index.shards.map((_, shard) => shard);
    return stream(this.#seed, `shards/epoch/${this.#epoch}/order`).shuffled(shards);
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#given = 0;
    this.#shard = 0;
    this.#offset = 0;
    this.#order = this.#shardOrder();
    this.#random = stream(this.#seed, `shards/epoch/${epoch}/buffer`);
  }

  async #restoreBuffer(): Promise<void> {
    for (const [shard, offset, size] of this.#pending) {
      const header = parseTarHeader(await this.#bytes(shard, offset, BLOCK), this.#name(shard));
      if (header === null || header.size !== size) {
        throw new DataError(`ShardStream: ${this.#name(shard)} changed since the position was saved`);
      }
      this.#buffer.push({ place: [shard, offset, size], frame: await this.#frameAt(shard, offset, header) });
    }
    this.#pending = [];
  }

  /** Reads one frame into the buffer; false at the end of the epoch. */
  async #readOne(): Promise<boolean> {
    while (this.#shard < this.#order.length) {
      const shard = this.#order[this.#shard]!;
      const end = this.index.shards[shard]!.bytes;
      const header =
        this.#offset + BLOCK <= end
          ? parseTarHeader(await this.#bytes(shard, this.#offset, BLOCK), this.#name(shard))
          : null;
      if (header === null) {
        this.#shard++;
        this.#offset = 0;
        continue;
      }
      const place: Place = [shard, this.#offset, header.size];
      this.#offset += tarLength(header.size);
      if (!/\.(jpg|png)$/.test(header.name)) continue;
      this.#buffer.push({ place, frame: await this.#frameAt(shard, place[1], header) });
      return true;
    }
    return false;
  }

  async #frameAt(
    shard: number,
    offset: number,
    header: { readonly name: string; readonly size: number },
  ): Promise<PackedFrame> {
    const match = /^([\w-]+)\/([\w-]+)\/(\d+)\.(?:jpg|png)$/.exec(header.name);
    if (match === null || header.size > LARGEST_FRAME) {
      throw new FormatError(
        `ShardStream: ${this.#name(shard)} holds ${JSON.stringify(header.name)} of ${header.size} bytes, no frame`,
      );
    }
    const packed = new Uint8Array(await this.#bytes(shard, offset + BLOCK, header.size));
    return { patient: match[1]!, clip: match[2]!, frame: Number(match[3]), packed };
  }

  #name(shard: number): string {
    return this.index.shards[shard]!.file;
  }

  /** Bytes of a shard through a read-ahead window. */
  async #bytes(shard: number, start: number, length: number): Promise<Buffer> {
    if (this.#file?.shard !== shard) {
      await this.close();
      this.#file = { shard, handle: await open(join(this.#folder, this.#name(shard)), 'r') };
    }
    const ahead = this.#ahead;
    if (ahead !== undefined && start >= ahead.start && start + length <= ahead.start + ahead.bytes.length) {
      return ahead.bytes.subarray(start - ahead.start, start - ahead.start + length);
    }
    const buffer = Buffer.allocUnsafe(Math.max(length, READ_AHEAD));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#file.handle.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled < length)
      throw new FormatError(`ShardStream: ${this.#name(shard)} is truncated at byte ${start + filled}`);
    this.#ahead = { start, bytes: buffer.subarray(0, filled) };
    return buffer.subarray(0, length);
  }
}
