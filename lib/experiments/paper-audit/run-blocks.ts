import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { EchoLabError } from '../../core/errors.js';
import { writeJsonWhole } from '../../core/files.js';
import { startWorker } from '../../core/workers.js';
import type { PaperAuditConfig } from './audit-config.js';
import type { BlockRow, StudyBlock } from './study-blocks.js';
import type { BlockReply, BlockRequest } from './study-worker.js';

/** Where blocks are kept, and who hears of them. */
export interface RunBlocksOptions {
  /** A finished block is a file here; a run that was killed takes it from there. */
  readonly folder: string;
  readonly progress: (studies: number) => void;
}

/**
 * Simulates blocks on all cores.
 *
 * @returns the rows of each block, in the order of `blocks`
 * @throws {EchoLabError} with the message of the first block that failed
 */
export async function runBlocks(
  config: PaperAuditConfig,
  blocks: readonly StudyBlock[],
  { folder, progress }: RunBlocksOptions,
): Promise<(readonly BlockRow[])[]> {
  const fileOf = (index: number): string => join(folder, `block-${index}.json`);
  const results = blocks.map((_, index): readonly BlockRow[] | undefined =>
    existsSync(fileOf(index)) ? (JSON.parse(readFileSync(fileOf(index), 'utf8')) as BlockRow[]) : undefined,
  );
  const left = results.flatMap((rows, index) => (rows === undefined ? [index] : [])).values();
  let studies = 0;
  results.forEach((rows, index) => {
    if (rows !== undefined) studies += blocks[index]!.studies;
  });
  const work = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      for (const index of left) {
        worker ??= startWorker(import.meta.url, './study-worker.js');
        const rows = await ask(worker, { config, block: blocks[index]! });
        writeJsonWhole(fileOf(index), rows);
        results[index] = rows;
        studies += blocks[index]!.studies;
        progress(studies);
      }
    } finally {
      await worker?.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results.map((rows) => rows ?? []);
}

function ask(worker: Worker, request: BlockRequest): Promise<readonly BlockRow[]> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      worker.off('message', onReply);
      worker.off('error', onError);
      finish();
    };
    const onReply = ({ rows, error }: BlockReply): void =>
      settle(() => (error === '' ? resolve(rows) : reject(new EchoLabError(`runBlocks: ${error}`))));
    const onError = (error: unknown): void => settle(() => reject(error));
    worker.on('message', onReply);
    worker.on('error', onError);
    worker.postMessage(request);
  });
}
