import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { joinInside, writeFileWhole } from '../core/files.js';
import { writeAvi } from '../imaging/avi/write-avi.js';
import type { GrayClip, GrayImage } from '../imaging/image.js';
import { writeNifti } from '../imaging/nifti/write-nifti.js';
import { drawCPlane } from './c-plane.js';
import { writeCamusView } from './camus-files.js';
import { drawPlannedClip, drawPlannedFrame, frameNumber, planClip } from './clip-plan.js';
import { drawDicom } from './dicom-clip.js';
import { plannedMask } from './planned-mask.js';
import type { BiplaneJob, PhantomJob, StillJob, VideoJob, VolumeJob } from './set-plan.js';
import { drawTexture } from './texture.js';
import { drawVolume } from './volume.js';

/** True if a job's last file is already there. Files appear whole or not at all, so presence is enough. */
export function isDone(folder: string, job: PhantomJob): boolean {
  return existsSync(joinInside(folder, job.file));
}

/** Does one job: draws, and writes each file whole. */
export async function writeJob(folder: string, job: PhantomJob, quality: number): Promise<void> {
  const path = joinInside(folder, job.file);
  mkdirSync(dirname(path), { recursive: true });
  switch (job.kind) {
    case 'video':
      await writeAvi(path, drawVideo(job), { quality });
      return;
    case 'camus':
      writeCamusView(path, job);
      return;
    case 'dicom':
      writeFileWhole(path, await drawDicom(job));
      return;
    case 'still':
      await writeStill(path, job);
      return;
    case 'biplane':
      await writeBiplane(folder, path, job);
      return;
    case 'volume':
      writeVolume(folder, path, job);
      return;
    case 'texture':
      await writePng(path, drawTexture(job.texture, job.size, job.seed));
      return;
  }
}

function drawVideo({ plan, cPlane }: VideoJob): GrayClip {
  const planned = planClip(plan);
  return cPlane === undefined ? drawPlannedClip(planned) : drawCPlane(planned, cPlane);
}

async function writeStill(path: string, { plan, frame }: StillJob): Promise<void> {
  const planned = planClip(plan);
  await writePng(path, drawPlannedFrame(planned, frameNumber(planned, frame)));
}

async function writeBiplane(folder: string, path: string, job: BiplaneJob): Promise<void> {
  const planned = planClip(job.plan);
  const frame = frameNumber(planned, job.phase);
  await writePng(joinInside(folder, job.image), drawPlannedFrame(planned, frame));
  const { size } = job.plan;
  await writePng(path, { width: size, height: size, data: plannedMask(planned, frame) });
}

function writeVolume(folder: string, path: string, job: VolumeJob): void {
  const { picture, chambers } = drawVolume(planClip(job.plan), job.phase, job.side);
  writeNifti(joinInside(folder, job.volume), picture);
  writeNifti(path, chambers);
}

async function writePng(path: string, { width, height, data }: GrayImage): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  const raw = { width, height, channels: 1 } as const;
  writeFileWhole(
    path,
    await sharp(Buffer.from(data), { raw }).toColourspace('b-w').png({ compressionLevel: 8 }).toBuffer(),
  );
}
