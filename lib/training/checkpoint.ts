import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, messageOf } from '../core/errors.js';
import { sweepPartials, writeFileWhole } from '../core/files.js';
import { sha256 } from '../core/hash.js';
import { sizeOf } from '../core/shape.js';
import type { HostTensor } from '../engine/compile.js';

/** Checkpoints kept of a run. */
const KEPT = 3;

/** Everything that a run needs to go on bit for bit. */
export interface Checkpoint<Extra> {
  /** Steps done. */
  readonly step: number;
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** Whatever else the run carries, plain JSON: rows so far, counters. */
  readonly extra: Extra;
}

interface Header {
  readonly __metadata__: { readonly step: string; readonly sha256: string; readonly extra: string };
  readonly [tensor: string]:
    | { readonly dtype: 'F32'; readonly shape: number[]; readonly data_offsets: [number, number] }
    | Header['__metadata__'];
}

function fileOf(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(8, '0')}.safetensors`);
}

/** Checkpoint files of a folder, newest first. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^step-\d{8}\.safetensors$/.test(file))
    .sort()
    .reverse()
    .map((file) => join(folder, file));
}

/**
 * Writes a checkpoint, whole or not at all, as a safetensors file that carries the hash of its data; keeps the last three.
 */
export function saveCheckpoint<Extra>(folder: string, checkpoint: Checkpoint<Extra>): void {
  sweepPartials(folder);
  const entries = Object.entries(checkpoint.tensors);
  const chunks = entries.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const data = Buffer.concat(chunks);
  let offset = 0;
  const described = entries.map(([name, { shape, data: values }]) => {
    const start = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }] as const;
  });
  const metadata = {
    step: String(checkpoint.step),
    sha256: sha256(data),
    extra: JSON.stringify(checkpoint.extra),
  };
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(described) });
  const header = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileWhole(fileOf(folder, checkpoint.step), Buffer.concat([length, header, data]));
  for (const old of files(folder).slice(KEPT)) rmSync(old);
}

/**
 * The newest checkpoint that is whole. A damaged one is named through `say` and the one before is used.
 *
 * @returns `undefined` if there is none
 */
export function loadCheckpoint<Extra>(folder: string, say: (text: string) => void): Checkpoint<Extra> | undefined {
  for (const path of files(folder)) {
    try {
      return readCheckpoint<Extra>(path);
    } catch (error) {
      say(`${messageOf(error)}; using the one before`);
    }
  }
  return undefined;
}

function readCheckpoint<Extra>(path: string): Checkpoint<Extra> {
  const bytes = readFileSync(path);
  const size = bytes.length >= 8 ? Number(bytes.readBigUInt64LE(0)) : 0;
  let header: Header;
  try {
    header = JSON.parse(bytes.subarray(8, 8 + size).toString('utf8')) as Header;
  } catch {
    throw new FormatError(`loadCheckpoint: ${path} is damaged: its header cannot be read`);
  }
  const data = bytes.subarray(8 + size);
  const { step, sha256: expected, extra } = header.__metadata__;
  if (sha256(data) !== expected)
    throw new FormatError(`loadCheckpoint: ${path} is damaged: its data do not match its hash`);
  const tensors: Record<string, HostTensor> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (!('data_offsets' in entry)) continue;
    const values = new Float32Array(sizeOf(entry.shape));
    Buffer.from(values.buffer).set(data.subarray(entry.data_offsets[0], entry.data_offsets[1]));
    tensors[name] = { shape: entry.shape, data: values };
  }
  return { step: Number(step), tensors, extra: JSON.parse(extra) as Extra };
}
