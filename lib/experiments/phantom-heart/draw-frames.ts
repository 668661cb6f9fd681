import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VIEW_NAMES } from '../../core/views.js';
import { curateClip } from '../../imaging/curation/curate-clip.js';
import { readDicom } from '../../imaging/dicom/read-dicom.js';
import { frameOf, type GrayImage } from '../../imaging/image.js';
import { type ClipPlan, drawPlannedClip, drawPlannedFrame, planClip } from '../../phantom/clip-plan.js';
import { drawDicom } from '../../phantom/dicom-clip.js';
import { VENDOR_SHARES } from '../../phantom/vendors.js';
import { realClipFrames } from '../scaling-study/real-clip.js';
import { TRANSDUCERS } from './homogeneous-speckle.js';
import type { PhantomHeartConfig } from './phantom-config.js';
import { frameBytes, screenBytes } from './picture-bytes.js';
import { patientName, type Row } from './population.js';

/** Rows and pictures of one part of the run. */
export interface FramesPart {
  readonly tables: Readonly<Record<string, Row[]>>;
  readonly assets: Readonly<Record<string, Uint8Array>>;
}

/** Phantom frames beside the real one, and frames of a clip from which grey levels are taken. */
const BESIDE = 5;
const GREY_FRAMES = 6;
/** Bins of grey: 16 levels each. */
const GREY_BINS = 16;

function planOf(config: PhantomHeartConfig, seed: number, own: Partial<ClipPlan>): ClipPlan {
  return {
    seed,
    patient: patientName('adult', 0),
    population: 'adult',
    clip: own.view ?? 'A4C',
    view: 'A4C',
    size: config.frameSize,
    frames: GREY_FRAMES,
    transducer: 'any',
    gate: 'free',
    turn: 0,
    mirrored: false,
    ...own,
  };
}

/** One adult in the 18 views of EchoApex B.2. */
export async function drawViews(config: PhantomHeartConfig, seed: number): Promise<FramesPart> {
  const views: Row[] = [];
  const assets: Record<string, Uint8Array> = {};
  for (const [n, view] of VIEW_NAMES.entries()) {
    const planned = planClip(planOf(config, seed, { view, transducer: 'Siemens' }));
    const picture = `view-${String(n).padStart(2, '0')}.jpg`;
    assets[picture] = await frameBytes(drawPlannedFrame(planned, 0));
    views.push({ view, near: planned.plane.near, far: planned.plane.far, picture });
  }
  return { tables: { views }, assets };
}

/** One adult's four-chamber view as each transducer exports it, through a DICOM file and back; and the first one after curation. */
export async function drawVendors(config: PhantomHeartConfig, seed: number, folder: string): Promise<FramesPart> {
  const vendors: Row[] = [];
  const assets: Record<string, Uint8Array> = {};
  for (const [n, transducer] of TRANSDUCERS.entries()) {
    const plan = planOf(config, seed, { clip: `vendor-${transducer}`, transducer });
    const { acquisition, vendor } = planClip(plan);
    const path = join(folder, `${transducer}.dcm`);
    writeFileSync(path, await drawDicom({ kind: 'dicom', file: `${transducer}.dcm`, patient: 'PHANTOM', plan }));
    const cine = await readDicom(path);
    const { width, height, data, channels } = await cine.readFrame(GREY_FRAMES - 1);
    const picture = `vendor-${transducer.toLowerCase()}.jpg`;
    assets[picture] = await screenBytes(width, height, channels, data);
    vendors.push({
      transducer,
      share: transducer === 'volume' ? null : VENDOR_SHARES[n]!,
      sector: (360 / Math.PI) * acquisition.halfAngle,
      axial: acquisition.axial,
      lateral: acquisition.lateral * 100,
      dynamicRange: acquisition.dynamicRange,
      framesPerSecondLow: vendor.framesPerSecond[0],
      framesPerSecondHigh: vendor.framesPerSecond[1],
      aspect: width / height,
      picture,
    });
    if (n === 0) {
      const { clip } = curateClip(await cine.readClip(), { size: height });
      assets['curated.jpg'] = await frameBytes(widened(frameOf(clip, GREY_FRAMES - 1), width));
    }
  }
  return { tables: { vendors }, assets };
}

/** A picture in the middle of a wider black one. */
function widened({ width, height, data }: GrayImage, wide: number): GrayImage {
  const out = new Uint8Array(wide * height);
  const left = Math.floor((wide - width) / 2);
  for (let row = 0; row < height; row++) out.set(data.subarray(row * width, (row + 1) * width), row * wide + left);
  return { width: wide, height, data: out };
}

/** The real cine beside phantom patients, all apical four-chamber; and the grey levels of more of them. */
export async function drawBesideReal(config: PhantomHeartConfig, seed: number): Promise<FramesPart> {
  const real = (await realClipFrames(config.frameSize, GREY_FRAMES)).map(({ image }) => image);
  const assets: Record<string, Uint8Array> = { 'beside-0.jpg': await frameBytes(real[0]!) };
  const beside: Row[] = [{ origin: 'real', patient: '', transducer: '', pathology: '', picture: 'beside-0.jpg' }];
  const grey: Row[] = greyRows('real', 'real clip', real);
  for (let n = 1; n <= config.greyClips; n++) {
    const patient = patientName('adult', n);
    const planned = planClip(planOf(config, seed, { patient, clip: 'beside' }));
    const clip = drawPlannedClip(planned);
    const frames = Array.from({ length: clip.frameCount }, (_, index) => frameOf(clip, index));
    grey.push(...greyRows('phantom', patient, frames));
    if (n > BESIDE) continue;
    const picture = `beside-${n}.jpg`;
    assets[picture] = await frameBytes(frames[0]!);
    beside.push({
      origin: 'phantom',
      patient,
      transducer: planned.vendor.name,
      pathology: planned.patient.pathology,
      picture,
    });
  }
  return { tables: { beside, grey }, assets };
}

/** Share of the sector's pixels in each bin of grey. The sector is what is not black in every frame: the same rule for real and phantom. */
function greyRows(origin: 'real' | 'phantom', clip: string, frames: readonly GrayImage[]): Row[] {
  const counts = new Float64Array(GREY_BINS);
  let total = 0;
  const pixels = frames[0]!.data.length;
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (frames.every(({ data }) => data[pixel] === 0)) continue;
    for (const { data } of frames) {
      counts[(data[pixel]! * GREY_BINS) >> 8]!++;
      total++;
    }
  }
  return Array.from(counts, (count, bin) => ({
    origin,
    clip,
    grey: ((bin + 0.5) * 256) / GREY_BINS,
    share: count / total,
  }));
}
