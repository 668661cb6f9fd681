import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of this library.
 *
 * Tests run the TypeScript sources, which Node cannot load in a worker; they get the compiled twin in lib/dist.
 *
 * @param importMetaUrl `import.meta.url` of the caller
 * @param file compiled name relative to the caller, e.g. `./tsne-worker.js`
 */
export function startWorker(importMetaUrl: string, file: string, options?: WorkerOptions): Worker {
  return new Worker(workerUrl(importMetaUrl, file), options);
}

/** Where {@link startWorker} finds the compiled module. */
export function workerUrl(importMetaUrl: string, file: string): URL {
  const url = new URL(file, importMetaUrl);
  if (!importMetaUrl.endsWith('.ts')) return url;
  return new URL(url.href.replace(/\/lib\/(?!dist\/)/, '/lib/dist/'));
}
