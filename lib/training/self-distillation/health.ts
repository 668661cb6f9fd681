import * as tf from '@tensorflow/tfjs';
import { arrayOf, type RunOutputs, scalarOf } from '../../engine/compile.js';
import { effectiveRank } from '../effective-rank.js';
import type { ScheduleValues } from './stage.js';

/** One row of the health table: an update. */
export interface HealthRow {
  /** The terms of the loss stand here too, under their names. */
  readonly [name: string]: number;
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Cross-entropy between the views of an image, nats; ln K if the student knows nothing. */
  readonly dino: number;
  /** Nats, mean over views; near ln K together with a loss near ln K: collapse to uniform; near 0 with one prototype in use: collapse to it. */
  readonly teacherEntropy: number;
  readonly centreNorm: number;
  /** Over all parameters, before clipping. */
  readonly gradientNorm: number;
  /** Different prototypes that the teacher chose for this batch's global views. */
  readonly prototypesUsed: number;
  /** Effective rank of the teacher's embeddings of first global views, at most {@link RANK_ROWS} of one run. */
  readonly featureRank: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

/** Embeddings whose rank is taken. */
export const RANK_ROWS = 64;

/**
 * What a step reports of the teacher, for {@link healthRow}.
 *
 * @param targets `[2B, K]` distributions of the global views
 * @param embeddings `[2B, D]`, first global views first
 * @param centre `[1, K]`
 */
export function teacherSigns(
  targets: tf.Tensor,
  embeddings: tf.Tensor,
  centre: tf.Tensor,
): Record<'teacherEntropy' | 'centreNorm' | 'prototype' | 'features', tf.Tensor> {
  const [rows = 0, width = 0] = embeddings.shape;
  return {
    teacherEntropy: tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.log(tf.add(targets, 1e-12))), -1))),
    centreNorm: tf.sqrt(tf.sum(tf.square(centre))),
    prototype: tf.argMax(targets, -1),
    features: tf.slice(embeddings, [0, 0], [Math.min(rows / 2, RANK_ROWS), width]),
  };
}

/** Scalars that every stage reports, beside its terms. */
const SCALARS = ['loss', 'dino', 'teacherEntropy'] as const;

/**
 * The row of an update from the outputs of its runs: means of losses and entropy, the last run's norms, all runs' prototypes, the first run's rank.
 *
 * Outputs of a run: `loss`, `dino`, `teacherEntropy`, `centreNorm`, `gradientNorm`, the terms, `prototype` `[2B]`, `features` `[n, D]`.
 */
export function healthRow(
  runs: readonly RunOutputs[],
  terms: readonly string[],
  values: ScheduleValues,
  at: { readonly step: number; readonly epoch: number; readonly imagesPerSecond: number; readonly width: number },
): HealthRow {
  const mean = (name: string): number => runs.reduce((sum, run) => sum + scalarOf(run, name), 0) / runs.length;
  const last = runs.at(-1)!;
  const prototypes = new Set(runs.flatMap((run) => [...(run.prototype as Int32Array)]));
  const losses = Object.fromEntries([...SCALARS, ...terms].map((name) => [name, mean(name)])) as Record<
    (typeof SCALARS)[number],
    number
  >;
  return {
    step: at.step,
    epoch: at.epoch,
    ...losses,
    centreNorm: scalarOf(last, 'centreNorm'),
    gradientNorm: scalarOf(last, 'gradientNorm'),
    prototypesUsed: prototypes.size,
    featureRank: effectiveRank(arrayOf(runs[0]!, 'features'), at.width),
    learningRate: values.learningRate,
    imagesPerSecond: at.imagesPerSecond,
  };
}

/** What the live line says of an update: `loss 4.213 (dino 3.90, ibot 4.10), entropy 2.10 of 4.85, rank 14.2, 131 images/s`. */
export function healthLine(row: HealthRow, terms: readonly string[], prototypes: number): string {
  const parts = terms.map((name) => `${name} ${row[name]!.toFixed(2)}`);
  const loss = `loss ${row.loss.toFixed(3)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
  const entropy = `entropy ${row.teacherEntropy.toFixed(2)} of ${Math.log(prototypes).toFixed(2)}`;
  return `${loss}, ${entropy}, rank ${row.featureRank.toFixed(1)}, ${row.imagesPerSecond.toPrecision(3)} images/s`;
}
