import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, workbenchRoot } from '../../core/paths.js';
import { sixDigits } from '../../core/six-digits.js';
import { openDataset } from '../../datasets/open-dataset.js';
import { readDicom } from '../../imaging/dicom/read-dicom.js';
import { frameOf, type GrayClip, type GrayImage } from '../../imaging/image.js';
import { readNifti } from '../../imaging/nifti/read-nifti.js';
import { frameStrip } from '../scaling-study/frame-strip.js';
import { REAL_CLIP, REAL_CLIP_VIEW } from '../scaling-study/real-clip.js';
import type { UsableClassifier } from './classifier-file.js';
import type { FrameClassifier } from './classify-frames.js';
import { judgeClip } from './judge-clip.js';
import type { Look } from './look-at-mistakes.js';
import { curatedFrames, squareOf } from './sequence-frames.js';
import type { Row } from './vote-rows.js';

/** A real clip with a known view, whole in memory. */
export interface RealCase {
  readonly name: string;
  readonly view: string;
  readonly clip: GrayClip;
}

/** Environment variable that names a folder with single CAMUS files, `patientNNNN_4CH_ED.nii.gz`. */
export const CAMUS_SAMPLES = 'ECHOLAB_CAMUS_SAMPLES';

/** Patients of CAMUS that are shown. */
const SHOWN_PATIENTS = 6;

/** The real cine that ships with the workbench. */
export async function shippedClip(): Promise<RealCase> {
  const cine = await readDicom(join(workbenchRoot(), REAL_CLIP));
  return { name: 'a4c-cine.dcm', view: REAL_CLIP_VIEW, clip: await cine.readClip() };
}

/**
 * Patients of the real CAMUS, ED and ES each, where there are any: from `data/real/camus`, or from the folder that
 * `$ECHOLAB_CAMUS_SAMPLES` names. CAMUS may not be passed on, so a record with these pictures must stay where it was made.
 */
export async function camusCases(environment: NodeJS.ProcessEnv = process.env): Promise<RealCase[]> {
  const folder = join(dataFolder(), 'real', 'camus');
  const samples = environment[CAMUS_SAMPLES];
  if (existsSync(folder)) return wholeCamus(folder);
  return samples === undefined ? [] : looseCamus(samples);
}

async function wholeCamus(folder: string): Promise<RealCase[]> {
  const dataset = openDataset('camus', folder);
  if (dataset.layout !== 'camus') return [];
  const patients = [...new Set(dataset.samples.map(({ patient }) => patient))].slice(0, SHOWN_PATIENTS);
  const cases: RealCase[] = [];
  for (const sample of dataset.samples.filter(({ patient }) => patients.includes(patient))) {
    const phases = [await sample.readPhase('ED'), await sample.readPhase('ES')];
    cases.push({ name: sample.id, view: sample.view, clip: joined(phases.map(({ image }) => image)) });
  }
  return cases;
}

async function looseCamus(folder: string): Promise<RealCase[]> {
  const tags = { '4CH': 'A4C', '2CH': 'A2C' } as const;
  const names = readdirSync(folder)
    .map((file) => /^(patient\d{4}_[24]CH)_ED\.nii\.gz$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort()
    .slice(0, SHOWN_PATIENTS);
  const cases: RealCase[] = [];
  for (const name of names) {
    const phases: GrayImage[] = [];
    for (const phase of ['ED', 'ES']) {
      const { shape, data } = await readNifti(join(folder, `${name}_${phase}.nii.gz`));
      phases.push({ width: shape[0], height: shape[1], data: Uint8Array.from(data, (value) => Math.round(value)) });
    }
    cases.push({ name, view: tags[name.slice(-3) as keyof typeof tags], clip: joined(phases) });
  }
  return cases;
}

function joined(images: readonly GrayImage[]): GrayClip {
  const { width, height } = images[0]!;
  const data = new Uint8Array(images.length * width * height);
  for (const [n, image] of images.entries()) data.set(image.data, n * width * height);
  return { width, height, frameCount: images.length, framesPerSecond: null, data };
}

/** Side of the shown pictures, pixels. */
const SHOWN_SIDE = 128;

/** Columns of realClip.csv and realCamus.csv. */
export const CASE_COLUMNS = ['sample', 'label', 'prediction', 'score', 'votes', 'frames', 'noveltyP', 'reasons'];

/** Votes and the voting frames of each case, whatever they are. */
export async function lookAtCases(
  compiled: FrameClassifier,
  usable: UsableClassifier,
  cases: readonly RealCase[],
  name: string,
): Promise<Look> {
  if (cases.length === 0) return { tables: { [name]: [] }, assets: {} };
  const rows: Row[] = [];
  const pictures: GrayImage[] = [];
  for (const { name: sample, view, clip } of cases) {
    const judged = await judgeClip(compiled, usable, clip);
    const counts = new Map<string, number>();
    for (const frame of judged.frames) counts.set(frame.view, (counts.get(frame.view) ?? 0) + 1);
    rows.push({
      sample,
      label: view,
      prediction: judged.view,
      score: sixDigits(judged.probability),
      votes: [...counts].map(([said, count]) => `${said} ${count}`).join(', '),
      frames: judged.frames.map((each) => `${each.frame} ${each.view} ${each.probability.toFixed(2)}`).join('; '),
      noveltyP: sixDigits(judged.noveltyP),
      reasons: judged.reasons.join('; '),
    });
    const { clip: curated } = curatedFrames(clip, SHOWN_SIDE);
    pictures.push(...judged.frames.map(({ frame }) => squareOf(frameOf(curated, frame), SHOWN_SIDE)));
  }
  return { tables: { [name]: rows }, assets: { [`${name}.png`]: await frameStrip(pictures) } };
}
