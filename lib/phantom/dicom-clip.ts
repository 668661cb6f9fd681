import sharp from 'sharp';
import { stream } from '../core/random.js';
import { drawPlannedClip, pictureOf, planClip } from './clip-plan.js';
import { type DicomElement, dicomBytes, uidOf } from './dicom-bytes.js';
import { drawScreen, type ScannerScreen } from './scanner-screen.js';
import type { DicomJob } from './set-plan.js';

const ULTRASOUND_MULTI_FRAME = '1.2.840.10008.5.1.4.1.1.3.1';
const CENTIMETRES = 3;

/**
 * A clip as its scanner would export it: a JPEG Baseline multi-frame ultrasound with furniture on the screen, an invented patient name in
 * header and picture, and calibrated regions. Curation has something to remove.
 *
 * Deviates: colour is not subsampled, so the photometric interpretation is YBR_FULL, where most scanners write YBR_FULL_422.
 */
export async function drawDicom(job: DicomJob): Promise<Uint8Array> {
  const planned = planClip(job.plan);
  const clip = drawPlannedClip(planned);
  const name = `DOE ${job.patient}`;
  const screen = drawScreen(planned, clip, name, stream(job.plan.seed, `${job.plan.patient}/${job.plan.clip}/screen`));
  const frames: Uint8Array[] = [];
  for (const { width, height, data } of screen.frames) {
    const raw = { width, height, channels: 3 } as const;
    frames.push(await sharp(Buffer.from(data), { raw }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer());
  }
  const { patient, vendor, framesPerSecond } = planned;
  const text = (tag: number, vr: string, value: string): DicomElement => ({ tag, vr, value });
  const short = (tag: number, value: number): DicomElement => ({ tag, vr: 'US', value: [value] });
  return dicomBytes(
    [
      text(0x00080016, 'UI', ULTRASOUND_MULTI_FRAME),
      text(0x00080018, 'UI', uidOf(job.file)),
      text(0x00080020, 'DA', '20240101'),
      text(0x00080060, 'CS', 'US'),
      text(0x00080070, 'LO', vendor.name),
      text(0x00080080, 'LO', 'PHANTOM HOSPITAL'),
      text(0x00081090, 'LO', 'ECHOLAB PHANTOM'),
      text(0x00100010, 'PN', `DOE^${job.patient}`),
      text(0x00100020, 'LO', job.patient),
      text(0x00100030, 'DA', `${2024 - patient.age}0101`),
      text(0x00100040, 'CS', patient.sex),
      text(0x00181063, 'DS', (1000 / framesPerSecond).toFixed(3)),
      { tag: 0x00186011, vr: 'SQ', value: regionsOf(screen, pictureOf(planned).spacing) },
      text(0x0020000d, 'UI', uidOf(`${job.plan.patient} study`)),
      text(0x0020000e, 'UI', uidOf(`${job.plan.patient} series`)),
      text(0x00200013, 'IS', '1'),
      short(0x00280002, 3),
      text(0x00280004, 'CS', 'YBR_FULL'),
      short(0x00280006, 0),
      text(0x00280008, 'IS', String(frames.length)),
      { tag: 0x00280009, vr: 'AT', value: [0x00181063] },
      short(0x00280010, screen.height),
      short(0x00280011, screen.width),
      short(0x00280100, 8),
      short(0x00280101, 8),
      short(0x00280102, 7),
      short(0x00280103, 0),
    ],
    frames,
  );
}

/** The calibrated 2-D picture and the ECG (DICOM PS3.3 C.8.5.5). */
function regionsOf(screen: ScannerScreen, spacing: number): DicomElement[][] {
  const region = (
    format: number,
    type: number,
    [x0, y0, x1, y1]: readonly [number, number, number, number],
    step: number,
  ): DicomElement[] => [
    { tag: 0x00186012, vr: 'US', value: [format] },
    { tag: 0x00186014, vr: 'US', value: [type] },
    { tag: 0x00186016, vr: 'UL', value: [0] },
    { tag: 0x00186018, vr: 'UL', value: [x0] },
    { tag: 0x0018601a, vr: 'UL', value: [y0] },
    { tag: 0x0018601c, vr: 'UL', value: [x1] },
    { tag: 0x0018601e, vr: 'UL', value: [y1] },
    { tag: 0x00186024, vr: 'US', value: [step > 0 ? CENTIMETRES : 0] },
    { tag: 0x00186026, vr: 'US', value: [step > 0 ? CENTIMETRES : 0] },
    { tag: 0x0018602c, vr: 'FD', value: [step] },
    { tag: 0x0018602e, vr: 'FD', value: [step] },
  ];
  const { left, top, size, width, traceTop, traceHeight } = screen;
  return [
    region(1, 1, [left, top, left + size - 1, top + size - 1], spacing / 10),
    region(4, 10, [0, traceTop, width - 1, traceTop + traceHeight - 1], 0),
  ];
}
