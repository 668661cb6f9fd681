import { parentPort, workerData } from 'node:worker_threads';
import { runTsneThread, type TsneThread } from './tsne-descent.js';

/** Entry point of a t-SNE thread; see tsne-descent.ts. */
runTsneThread(workerData as TsneThread, (message) => parentPort?.postMessage(message));
