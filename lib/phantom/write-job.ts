import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { joinInside } from '../core/files.js';
import { writeAvi } from '../imaging/avi/write-avi.js';
import { drawPlannedClip, planClip } from './clip-plan.js';
import type { ClipJob } from './set-plan.js';

/** True if a job's file is already there. Files appear whole or not at all, so presence is enough. */
export function isDone(folder: string, job: ClipJob): boolean {
  return existsSync(joinInside(folder, job.file));
}

/** Draws one file and writes it whole. */
export async function writeJob(folder: string, job: ClipJob, quality: number): Promise<void> {
  const path = joinInside(folder, job.file);
  await mkdir(dirname(path), { recursive: true });
  await writeAvi(path, drawPlannedClip(planClip(job.plan)), { quality });
}
