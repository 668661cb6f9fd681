import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, messageOf } from '../core/errors.js';
import { sweepPartials, writeFileWhole } from '../core/files.js';
import type { HostTensor } from '../engine/compile.js';
import { openWeights } from '../models/weights/open-weights.js';
import { encodeSafetensors } from '../models/weights/safetensors.js';

/** Checkpoints kept of a run. */
const KEPT = 3;

/** Everything that a run needs to go on bit for bit; all else is a function of the seed and the step. */
export interface Checkpoint {
  /** Steps done. */
  readonly step: number;
  readonly tensors: Readonly<Record<string, HostTensor>>;
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

/** Hash over names and numbers, in their order. */
function hashOfTensors(tensors: Readonly<Record<string, HostTensor>>): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of Object.entries(tensors)) {
    hash.update(`${name}\0`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/**
 * Writes a checkpoint, whole or not at all, as a safetensors file that carries the hash of its tensors; keeps the last three.
 */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint): void {
  sweepPartials(folder);
  const metadata = { step: String(checkpoint.step), sha256: hashOfTensors(checkpoint.tensors) };
  writeFileWhole(fileOf(folder, checkpoint.step), encodeSafetensors(checkpoint.tensors, metadata));
  for (const old of files(folder).slice(KEPT)) rmSync(old);
}

/**
 * The newest checkpoint that is whole. A damaged one is named through `say` and the one before is used.
 *
 * @returns `undefined` if there is none
 */
export function loadCheckpoint(folder: string, say: (text: string) => void): Checkpoint | undefined {
  for (const path of files(folder)) {
    try {
      return readCheckpoint(path);
    } catch (error) {
      say(`loadCheckpoint: ${path} is damaged (${messageOf(error)}); using the one before`);
    }
  }
  return undefined;
}

function readCheckpoint(path: string): Checkpoint {
  const file = openWeights(path);
  try {
    const tensors = Object.fromEntries(
      file.entries.map((entry): [string, HostTensor] => [entry.key, { shape: entry.shape, data: entry.read() }]),
    );
    const { step = '', sha256 = '' } = file.metadata;
    if (hashOfTensors(tensors) !== sha256) throw new FormatError('its numbers do not match its hash');
    return { step: Number(step), tensors };
  } finally {
    file.close();
  }
}
