import { basename, dirname, join } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import type { NiftiVolume } from '../imaging/nifti/nifti-volume.js';
import { writeNifti } from '../imaging/nifti/write-nifti.js';
import { drawPlannedClip, type PlannedClip, pictureOf, planClip } from './clip-plan.js';
import { labelledVolume } from './label-convention.js';
import { insideSector, type Picture } from './picture.js';
import { plannedMask } from './planned-mask.js';
import type { CamusJob } from './set-plan.js';
import { Chamber } from './tissue.js';

/** Labels of CAMUS by {@link Chamber}: the right heart is background there. */
const CAMUS_LABEL: Readonly<Record<number, number>> = {
  [Chamber.leftVentricle]: 1,
  [Chamber.myocardium]: 2,
  [Chamber.leftAtrium]: 3,
};

/**
 * Writes one view of a patient as CAMUS does: `patientNNNN_4CH_{ED,ES,half_sequence}{,_gt}.nii.gz` and `Info_4CH.cfg`, which comes last.
 * Pictures are cropped to the sector's rows and so are wider than high, as CAMUS pictures are.
 *
 * @param path of the `.cfg`
 */
export function writeCamusView(path: string, job: CamusJob): void {
  const planned = planClip(job.plan);
  const picture = pictureOf(planned);
  const { size } = picture;
  const [top, bottom] = sectorRows(picture);
  const height = bottom - top;
  const clip = drawPlannedClip(planned);
  const frames = clip.frameCount;
  const grey = new Float32Array(frames * height * size);
  const labels = new Float32Array(grey.length);
  for (let frame = 0; frame < frames; frame++) {
    const mask = plannedMask(planned, frame);
    for (let n = 0; n < height * size; n++) {
      const at = top * size + n;
      grey[frame * height * size + n] = clip.data[frame * size * size + at]!;
      labels[frame * height * size + n] = CAMUS_LABEL[mask[at]!] ?? 0;
    }
  }
  const patient = basename(dirname(path));
  const write = (part: string, data: Float32Array, first: number, count: number): void => {
    const volume: NiftiVolume = {
      shape: [size, height, count, 1],
      spacing: [picture.spacing, picture.spacing, 1, 0],
      data: data.subarray(first * height * size, (first + count) * height * size),
    };
    writeNifti(join(dirname(path), `${patient}_${job.view}_${part}.nii.gz`), volume);
  };
  for (const [data, suffix] of [
    [grey, ''],
    [labels, '_gt'],
  ] as const) {
    write(`ED${suffix}`, data, 0, 1);
    write(`ES${suffix}`, data, frames - 1, 1);
    write(`half_sequence${suffix}`, data, 0, frames);
  }
  writeFileWhole(path, info(planned));
}

/** First row of the sector and the one after its last. */
function sectorRows(picture: Picture): readonly [number, number] {
  const { grid, face } = picture;
  const { spacing, top } = picture;
  const first = Math.max(0, Math.floor((grid.near * Math.cos(grid.halfAngle) - face - top) / spacing));
  let last = picture.size - 1;
  while (last > first && !insideSector(picture, 0, top + last * spacing)) last--;
  return [first, last + 1];
}

function info({ plan, patient, heart, framesPerSecond, acquisition }: PlannedClip): string {
  const fraction = 1 - labelledVolume(heart, 1, plan.labels) / labelledVolume(heart, 0, plan.labels);
  const grade = acquisition.quality > 0.6 ? 'Good' : acquisition.quality > 0.3 ? 'Medium' : 'Poor';
  return [
    'ED: 1',
    `ES: ${plan.frames}`,
    `NbFrame: ${plan.frames}`,
    `Sex: ${patient.sex}`,
    `Age: ${patient.age}`,
    `ImageQuality: ${grade}`,
    `EF: ${Math.round(100 * fraction)}`,
    `FrameRate: ${framesPerSecond}`,
    '',
  ].join('\n');
}
