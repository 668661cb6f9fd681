import { stream } from '../core/random.js';
import { instantOf, type PlannedClip, pictureOf, planClip } from './clip-plan.js';
import { conventionOf, type EchonetDynamicConfig, type PhantomDataConfig, patientsIn, splitOf } from './data-config.js';
import { labelledVolume } from './label-convention.js';
import type { SetPlan, VideoJob } from './set-plan.js';
import { type ChordTracing, traceByChords } from './tracing.js';

const FOLDER = 'echonet-dynamic';

/** Columns of the official `FileList.csv`. */
export const FILE_LIST_COLUMNS: readonly string[] = [
  'FileName',
  'EF',
  'ESV',
  'EDV',
  'FrameHeight',
  'FrameWidth',
  'FPS',
  'NumberOfFrames',
  'Split',
];

/** Columns of the official `VolumeTracings.csv`. */
export const VOLUME_TRACING_COLUMNS: readonly string[] = ['FileName', 'X1', 'Y1', 'X2', 'Y2', 'Frame'];

/**
 * The layout of EchoNet-Dynamic (Ouyang et al. 2020): `FileList.csv`, `VolumeTracings.csv`, `Videos/<FileName>.avi`, one A4C clip a patient.
 *
 * As in the release, FileName has no suffix in FileList and `.avi` in the tracings. EF, EDV and ESV are those of the
 * three-dimensional cavity, not of the tracing: a foreshortened picture has the label of the heart, as a good reader's would be.
 */
export function planEchonetDynamic(config: PhantomDataConfig, set: EchonetDynamicConfig): SetPlan {
  const jobs: VideoJob[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const patient = `echonet-dynamic/patient/${index}`;
    const name = stream(config.seed, `${patient}/name`)
      .integer(2 ** 32)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0');
    jobs.push({
      kind: 'video',
      file: `${FOLDER}/Videos/0X${name}${index.toString(16).toUpperCase().padStart(5, '0')}.avi`,
      plan: {
        seed: config.seed,
        patient,
        population: 'adult',
        clip: 'a4c',
        view: 'A4C',
        size: set.size,
        frames: set.frames,
        transducer: 'any',
        gate: 'chords',
        turn: 0,
        mirrored: false,
        ...conventionOf(config),
      },
    });
  }
  return {
    name: FOLDER,
    jobs,
    tableFiles: [`${FOLDER}/FileList.csv`, `${FOLDER}/VolumeTracings.csv`],
    tables: () => {
      const clips = jobs.map((job) => ({
        name: job.file.slice(`${FOLDER}/Videos/`.length),
        planned: planClip(job.plan),
      }));
      return [
        {
          file: `${FOLDER}/FileList.csv`,
          columns: FILE_LIST_COLUMNS,
          rows: clips.map(({ name, planned }, index) => ({
            FileName: name.replace('.avi', ''),
            ...volumes(planned),
            FrameHeight: set.size,
            FrameWidth: set.size,
            FPS: planned.framesPerSecond,
            NumberOfFrames: set.frames,
            Split: splitOf(set.patients, index).toUpperCase(),
          })),
        },
        {
          file: `${FOLDER}/VolumeTracings.csv`,
          columns: VOLUME_TRACING_COLUMNS,
          rows: clips.flatMap(({ name, planned }) =>
            [planned.endDiastole, planned.endSystole].flatMap((frame) =>
              tracingRows(name, frame, traceFrame(planned, frame)),
            ),
          ),
        },
      ];
    },
  };
}

/** EF in percent, volumes in mL, of the geometry that is imaged, by the convention of its labels. */
function volumes({ heart, plan }: PlannedClip): { EF: number; ESV: number; EDV: number } {
  const largest = labelledVolume(heart, 0, plan.labels);
  const smallest = labelledVolume(heart, 1, plan.labels);
  return { EF: 100 * (1 - smallest / largest), ESV: smallest, EDV: largest };
}

function traceFrame(planned: PlannedClip, frame: number): ChordTracing {
  const { state, sway } = instantOf(planned, frame);
  return traceByChords(state, pictureOf(planned), sway);
}

function tracingRows(
  name: string,
  frame: number,
  { longAxis, chords }: ChordTracing,
): Record<string, string | number>[] {
  return [longAxis, ...chords].map(([[x1, y1], [x2, y2]]) => ({
    FileName: name,
    X1: x1,
    Y1: y1,
    X2: x2,
    Y2: y2,
    Frame: frame,
  }));
}
