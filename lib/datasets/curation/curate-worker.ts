import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../core/errors.js';
import { type CurateFileOptions, type CurationOutcome, curateFile } from './curate-file.js';

/** One file to curate. */
export interface CurationTask {
  readonly path: string;
  readonly options: CurateFileOptions;
}

/** Answer to a {@link CurationTask}; `failure` is a defect or a full disk, not a bad file. */
export type CurationAnswer = { readonly outcome: CurationOutcome } | { readonly failure: string };

parentPort?.on('message', (task: CurationTask) => {
  curateFile(task.path, task.options).then(
    (outcome) => parentPort?.postMessage({ outcome } satisfies CurationAnswer),
    (error: unknown) => parentPort?.postMessage({ failure: messageOf(error) } satisfies CurationAnswer),
  );
});
