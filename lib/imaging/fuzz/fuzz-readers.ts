import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, messageOf } from '../../core/errors.js';
import { type ProgressFactory, silentProgress } from '../../core/progress.js';
import { stream } from '../../core/random.js';
import { openAvi } from '../avi/open-avi.js';
import { readDicomBytes } from '../dicom/read-dicom.js';
import { parseNifti } from '../nifti/read-nifti.js';
import { mutate } from './mutate.js';

/** Formats that are fuzzed. */
export type FuzzedFormat = 'avi' | 'dicom' | 'nifti';

/** Options of {@link fuzzReaders}. */
export interface FuzzOptions {
  readonly format: FuzzedFormat;
  /** Good files that are damaged, in turn. */
  readonly originals: readonly Uint8Array[];
  readonly mutations: number;
  readonly seed: number;
  readonly progress?: ProgressFactory;
}

/** What came of damaged files. */
export interface FuzzReport {
  /** Read to the end in spite of the damage. */
  readonly read: number;
  /** Refused with a named error. */
  readonly refused: number;
  /** Anything else, with the number of the mutation that does it again. */
  readonly failures: readonly { readonly mutation: number; readonly message: string }[];
  /** The slowest file. */
  readonly slowest: { readonly mutation: number; readonly seconds: number };
}

/** A clip larger than this is not decoded whole here; damaged headers may announce one. */
const MAXIMUM_DECODED_BYTES = 2 ** 24;

/** Feeds seeded damaged files to a reader. Every one must be read, or refused by a {@link DataError}; anything else is a defect of the reader. */
export async function fuzzReaders(options: FuzzOptions): Promise<FuzzReport> {
  const { format, originals, mutations, seed } = options;
  const folder = mkdtempSync(join(tmpdir(), 'echolab-fuzz-'));
  const bar = (options.progress ?? silentProgress)(`fuzz ${format}`, mutations, 'files');
  const failures: { mutation: number; message: string }[] = [];
  let [read, refused] = [0, 0];
  let slowest = { mutation: -1, seconds: 0 };
  try {
    for (let mutation = 0; mutation < mutations; mutation++) {
      const random = stream(seed, `fuzz/${format}/${mutation}`);
      const bytes = mutate(originals[mutation % originals.length]!, random);
      const start = performance.now();
      try {
        await READERS[format](bytes, folder);
        read++;
      } catch (error) {
        if (error instanceof DataError) refused++;
        else
          failures.push({
            mutation,
            message: error instanceof Error ? (error.stack ?? messageOf(error)) : String(error),
          });
      }
      const seconds = (performance.now() - start) / 1000;
      if (seconds > slowest.seconds) slowest = { mutation, seconds };
      bar.update(mutation + 1);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  bar.finish();
  return { read, refused, failures, slowest };
}

const READERS: Readonly<Record<FuzzedFormat, (bytes: Uint8Array, folder: string) => Promise<void>>> = {
  async avi(bytes, folder) {
    const path = join(folder, 'damaged.avi');
    writeFileSync(path, bytes);
    const reader = await openAvi(path);
    try {
      const affordable = Math.floor(MAXIMUM_DECODED_BYTES / (reader.width * reader.height));
      for (let index = 0; index < Math.min(reader.frameCount, affordable); index++) await reader.readFrame(index);
    } finally {
      await reader.close();
    }
  },
  async dicom(bytes) {
    const cine = readDicomBytes(bytes, 'damaged.dcm');
    const affordable = Math.floor(MAXIMUM_DECODED_BYTES / (cine.width * cine.height));
    for (let index = 0; index < Math.min(cine.frameCount, Math.max(1, affordable)); index++)
      await cine.readFrame(index);
  },
  async nifti(bytes) {
    parseNifti(bytes, 'damaged.nii');
  },
};
