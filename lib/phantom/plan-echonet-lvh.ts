import type { CsvCell } from '../core/csv.js';
import { stream } from '../core/random.js';
import { type CaliperReading, placeCalipers } from './calipers.js';
import { instantOf, type PlannedClip, pictureOf, planClip } from './clip-plan.js';
import { conventionOf, type EchonetLvhConfig, type PhantomDataConfig, patientsIn, splitOf } from './data-config.js';
import type { SetPlan, VideoJob } from './set-plan.js';

const FOLDER = 'echonet-lvh';
const BATCHES = 4;

/** Columns of the official `MeasurementsList.csv`, without its index. */
export const MEASUREMENT_COLUMNS: readonly string[] = [
  'HashedFileName',
  'Calc',
  'CalcValue',
  'Frame',
  'X1',
  'X2',
  'Y1',
  'Y2',
  'Frames',
  'FPS',
  'Width',
  'Height',
  'split',
];

/**
 * The layout of EchoNet-LVH (Duffy et al. 2022): `MeasurementsList.csv` and `Batch1..Batch4/<hash>.avi`, one row a measurement, values in cm.
 */
export function planEchonetLvh(config: PhantomDataConfig, set: EchonetLvhConfig): SetPlan {
  const jobs = Array.from({ length: patientsIn(set.patients) }, (_, index): VideoJob => {
    const patient = `echonet-lvh/patient/${index}`;
    const random = stream(config.seed, `${patient}/name`);
    const hash = [random, random]
      .map((half) =>
        half
          .integer(2 ** 32)
          .toString(16)
          .toUpperCase()
          .padStart(8, '0'),
      )
      .join('');
    return {
      kind: 'video',
      file: `${FOLDER}/Batch${1 + (index % BATCHES)}/0X${hash}.avi`,
      plan: {
        seed: config.seed,
        patient,
        population: 'adult',
        clip: 'plax',
        view: 'PLAX:LV',
        size: set.size,
        frames: set.frames,
        transducer: 'any',
        gate: 'calipers',
        turn: 0,
        mirrored: false,
        ...conventionOf(config),
      },
    };
  });
  const file = `${FOLDER}/MeasurementsList.csv`;
  return {
    name: FOLDER,
    jobs,
    tableFiles: [file],
    tables: () => [
      {
        file,
        columns: MEASUREMENT_COLUMNS,
        rows: jobs.flatMap((job, index) => {
          const planned = planClip(job.plan);
          const hash = job.file.split('/').pop()!.replace('.avi', '');
          const common = {
            HashedFileName: hash,
            Frames: set.frames,
            FPS: planned.framesPerSecond,
            Width: set.size,
            Height: set.size,
            split: splitOf(set.patients, index),
          };
          return [
            ...caliperRows(planned, planned.endDiastole, 'd'),
            ...caliperRows(planned, planned.endSystole, 's'),
          ].map((row) => ({ ...common, ...row }));
        }),
      },
    ],
  };
}

/** Calipers of a frame of a clip; exact for the geometry in the picture. */
export function readCalipers(planned: PlannedClip, frame: number): CaliperReading {
  const { state, sway } = instantOf(planned, frame);
  return placeCalipers(state, pictureOf(planned), sway);
}

function caliperRows(planned: PlannedClip, frame: number, phase: 'd' | 's'): Record<string, CsvCell>[] {
  const { points, septum, cavity, posterior } = readCalipers(planned, frame);
  return (
    [
      ['IVS', septum, 0],
      ['LVID', cavity, 1],
      ['LVPW', posterior, 2],
    ] as const
  ).map(([name, millimetres, first]) => {
    const [x1, y1] = points[first]!;
    const [x2, y2] = points[first + 1]!;
    return { Calc: `${name}${phase}`, CalcValue: millimetres / 10, Frame: frame, X1: x1, X2: x2, Y1: y1, Y2: y2 };
  });
}
