import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../core/errors.js';
import type { PaperAuditConfig } from './audit-config.js';
import { type BlockRow, runBlock, type StudyBlock } from './study-blocks.js';

/** Asks a worker for one block. */
export interface BlockRequest {
  readonly config: PaperAuditConfig;
  readonly block: StudyBlock;
}

/** `error` is empty when the rows are there. */
export interface BlockReply {
  readonly rows: readonly BlockRow[];
  readonly error: string;
}

parentPort?.on('message', ({ config, block }: BlockRequest) => {
  try {
    parentPort?.postMessage({ rows: runBlock(config, block), error: '' } satisfies BlockReply);
  } catch (error) {
    parentPort?.postMessage({ rows: [], error: messageOf(error) } satisfies BlockReply);
  }
});
