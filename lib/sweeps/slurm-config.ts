import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ArgumentError, messageOf } from '../core/errors.js';

const schema = z.strictObject({
  partition: z.string().min(1).optional(),
  account: z.string().min(1).optional(),
  qos: z.string().min(1).optional(),
  constraint: z.string().min(1).optional(),
  gres: z.string().min(1).optional(),
  time: z.string().min(1).optional(),
  memoryMiB: z.int().positive().optional(),
  cores: z.int().positive().optional(),
  maxParallel: z.int().positive().optional(),
  arraySize: z.int().positive().optional(),
  pollSeconds: z.number().positive().optional(),
  setup: z.array(z.string()).optional(),
  options: z.array(z.string().startsWith('--')).optional(),
});

/** How a cluster runs cells. Everything may be left out; the cluster's own defaults hold then. */
export interface SlurmConfig {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  readonly constraint?: string | undefined;
  /** Generic resources of one cell, e.g. `gpu:1`. */
  readonly gres?: string | undefined;
  /** Limit of one attempt, as sbatch reads it: `02:00:00`. */
  readonly time?: string | undefined;
  /** Memory of one cell in MiB; default what the sweep says. */
  readonly memoryMiB?: number | undefined;
  /** Processor cores of one cell; default what the sweep says. */
  readonly cores?: number | undefined;
  /** Most tasks of an array that run at once. */
  readonly maxParallel?: number | undefined;
  /** Most tasks of one array job; default 1000, below Slurm's usual MaxArraySize of 1001. */
  readonly arraySize?: number | undefined;
  /** Time between two questions to the controller; default 15 s. */
  readonly pollSeconds?: number | undefined;
  /** Shell lines before a cell, e.g. `module load nodejs`. */
  readonly setup?: readonly string[] | undefined;
  /** Further options of sbatch, e.g. `--exclude=node7`. */
  readonly options?: readonly string[] | undefined;
}

/**
 * Reads a Slurm config from a JSON file.
 *
 * @throws {ArgumentError} naming the file, on a key or value that is not known
 */
export function readSlurmConfig(path: string): SlurmConfig {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new ArgumentError(`readSlurmConfig: ${path}: ${why}`);
  }
}
