import type { CsvCell } from '../../core/csv.js';
import { stream } from '../../core/random.js';
import { sixDigits } from '../../core/six-digits.js';
import type { FeatureMatrix } from '../../embedding/feature-matrix.js';
import { isEager, resolveDevice } from '../../engine/devices.js';
import { biplaneMillilitres } from '../../evaluation/left-ventricle-volume.js';
import type { Table } from '../../records/record.js';
import { quantile } from '../../statistics/quantile.js';
import { type StartingEncoder, startingEncoder } from '../encoders/starting-encoder.js';
import type { ExperimentOutput, RunContext } from '../experiment.js';
import { echonetPredictions, echonetReferenceFile, greyOf, readEchonetReference } from './echonet-reference.js';
import type { EfArm, EfConfig } from './ef-config.js';
import { type EfClip, type EfData, readEfData } from './ef-data.js';
import { type EfCalibration, type EfModel, efModelFiles } from './ef-model.js';
import { lookAtClips, type SeenClip } from './look-at-clips.js';
import { readerEjectionFraction } from './reader-noise.js';
import { measureRealClip } from './real-clip.js';
import { makeSequenceDecoder, meanOfBeats, predictBeats } from './sequence-decoder.js';
import { showClip } from './show-clip.js';
import { type TrainedSegmenter, trainSegmenter } from './train-segmenter.js';
import { type TrainedSequence, type TrainingClip, trainSequence } from './train-sequence.js';

type Row = Record<string, CsvCell>;

/** The arm that reads the masks, and the one that does not look at pictures at all. */
export const GEOMETRIC = 'Geometric';
export const TRAINING_MEAN = 'Training mean';
export const ECHONET_REFERENCE = 'EchoNet R(2+1)D';

/** One trained arm and what it says of every clip that is not for training. */
interface ArmResult {
  readonly arm: EfArm;
  readonly seed: number;
  readonly trained: TrainedSequence;
  /** Per cent, by clip id. */
  readonly percent: ReadonlyMap<string, number>;
}

/** Runs notebook 05: outline the ventricle, find beats, train the sequence decoder on each encoder, test it on both sets. */
export async function runEjectionFraction(config: EfConfig, context: RunContext): Promise<ExperimentOutput> {
  const data = await context.stage('data', () => readEfData(config, context.data, context.progress));
  const seed = config.seeds[0] ?? 0;
  const encoders = config.arms.map(({ start }) => startingEncoder(start, 'small', context.data, seed));
  return studyClips(data, encoders, config, context);
}

/** As {@link runEjectionFraction}, from clips and encoders in hand: one encoder an arm. */
export async function studyClips(
  { clips, manifests }: EfData,
  encoders: readonly StartingEncoder[],
  config: EfConfig,
  context: RunContext,
): Promise<ExperimentOutput> {
  const seed = config.seeds[0] ?? 0;
  const segmenter = await context.stage('train outlines', () => trainSegmenter(clips, encoders[0]!, config, context));
  const seen = await context.stage('beats and features', () =>
    lookAtClips(clips, segmenter, encoders, config.imageSize, context),
  );
  const arms: ArmResult[] = [];
  for (const [index, arm] of config.arms.entries()) {
    await context.stage(`train ${arm.name}`, async () => {
      for (const each of config.seeds) arms.push(await trainArm(arm, index, each, seen, config, context));
    });
  }
  const reference = await context.stage('EchoNet R(2+1)D', () => referenceOf(clips, config, context));
  const model = modelOf(segmenter, encoders[0]!, arms[0]!, seen, config, context);
  const shown = await context.stage('one clip', () => showClip(seen, arms[0]!.percent, segmenter));
  const real = await context.stage('real clip', () => measureRealClip(model));
  const device = await resolveDevice();
  return {
    tables: tablesOf({
      samples: samplesOf(seen, arms, reference, config),
      stageOne: seen.map(stageOneRow),
      biplane: biplaneRows(seen),
      calibration: calibrationRows(seen, arms[0]!),
      readers: readerRows(seen, config),
      population: clips
        .filter(({ view }) => view === 'A4C')
        .map(({ set, split, patient, ejectionFraction }) => ({ patient, set, split, ejectionFraction })),
      training: [
        ...segmenter.rows.map((row) => trainingRow('Outlines', seed, row)),
        ...arms.flatMap(({ arm, seed: each, trained }) => trained.rows.map((row) => trainingRow(arm.name, each, row))),
      ],
      encoders: encoders.map(({ start, size, source }) => ({ start, size, source })),
      ...shown.tables,
      ...real.tables,
    }),
    assets: { ...shown.assets, ...real.assets, ...efModelFiles(model, 'model') },
    manifests,
    engine: { device, compiled: !isEager(device) },
  };
}

async function trainArm(
  arm: EfArm,
  encoder: number,
  seed: number,
  seen: readonly SeenClip[],
  config: EfConfig,
  context: RunContext,
): Promise<ArmResult> {
  const dynamic = seen.filter(({ clip }) => clip.set === 'EchoNet-Dynamic');
  const side = (split: EfClip['split']): TrainingClip[] =>
    dynamic
      .filter(({ clip }) => clip.split === split)
      .map(({ clip, stage1, features }) => ({
        features: features[encoder]!,
        beats: trainingBeats(clip, stage1.corrected),
        label: config.labels.training === 'exact' ? clip.ejectionFraction : readerOf(clip, 1, config),
      }));
  const trained = await trainSequence(
    `${arm.name}, seed ${seed}`,
    { train: side('train'), validation: side('validation') },
    config,
    seed,
    context,
  );
  const decoder = await makeSequenceDecoder(trained.params, trained.config);
  try {
    const others = seen.filter(({ clip }) => clip.split !== 'train');
    const beats = await predictBeats(
      decoder,
      trained.config,
      others.map(({ stage1, features }) => ({ features: features[encoder]!, beats: stage1.corrected.beats })),
    );
    const percent = new Map(others.map(({ clip }, i) => [clip.id, meanOfBeats(beats[i]!)]));
    return { arm, seed, trained, percent };
  } finally {
    await decoder.dispose();
  }
}

/** The cycles that stage 1 found; where it found no contraction, the one that was outlined. */
function trainingBeats(clip: EfClip, found: SeenClip['stage1']['corrected']): TrainingClip['beats'] {
  const [diastole, systole] = clip.outlined;
  return found.found === 'whole-clip' && diastole && systole
    ? [{ endDiastole: diastole.frame, endSystole: systole.frame, whole: true }]
    : found.beats;
}

async function referenceOf(
  clips: readonly EfClip[],
  config: EfConfig,
  context: RunContext,
): Promise<ReadonlyMap<string, number> | null> {
  const path = echonetReferenceFile();
  if (path === null) {
    context.note(
      'EchoNet R(2+1)D is left out: its weights are not in data/weights (data-manifests/weights says where to get them)',
    );
    return null;
  }
  const test = clips.filter(({ split }) => split === 'test');
  const grey = await greyOf(
    clips.filter(({ split, set }) => split === 'train' && set === 'EchoNet-Dynamic').slice(0, 128),
  );
  const values = await echonetPredictions(readEchonetReference(path), test, grey, config.referenceClips);
  return new Map(test.map(({ id }, i) => [id, values[i]!]));
}

/** One row a clip of the test split and arm (and seed, of the learned ones). */
function samplesOf(
  seen: readonly SeenClip[],
  arms: readonly ArmResult[],
  reference: ReadonlyMap<string, number> | null,
  config: EfConfig,
): Row[] {
  const train = seen.filter(({ clip }) => clip.split === 'train').map(({ clip }) => clip.ejectionFraction);
  const mean = meanOfBeats(train);
  const seed = config.seeds[0] ?? 0;
  const rows: Row[] = [];
  const add = ({ clip, stage1 }: SeenClip, arm: string, prediction: number | null | undefined, of: number): void => {
    if (prediction === null || prediction === undefined) return;
    rows.push({
      sample: clip.id,
      patient: clip.patient,
      split: 'test',
      label: clip.ejectionFraction,
      prediction: sixDigits(prediction),
      score: sixDigits(100 - prediction),
      seed: of,
      arm,
      set: clip.set,
      view: clip.view,
      quality: clip.quality,
      beats: stage1.corrected.beats.length,
      found: stage1.corrected.found,
    });
  };
  for (const each of seen.filter(({ clip }) => clip.split === 'test')) {
    for (const { arm, seed: of, percent } of arms) add(each, arm.name, percent.get(each.clip.id), of);
    add(each, GEOMETRIC, each.stage1.corrected.ejectionFractionPercent, seed);
    if (reference !== null) add(each, ECHONET_REFERENCE, reference.get(each.clip.id), seed);
    add(each, TRAINING_MEAN, mean, seed);
  }
  return rows;
}

function stageOneRow({ clip, stage1 }: SeenClip): Row {
  const { corrected, areaLength, released } = stage1;
  const [diastole, systole] = clip.outlined;
  const first = corrected.beats[0]!;
  return {
    sample: clip.id,
    patient: clip.patient,
    set: clip.set,
    view: clip.view,
    split: clip.split,
    label: clip.ejectionFraction,
    framesPerSecond: clip.framesPerSecond,
    frames: corrected.curve.length,
    missingFrames: corrected.missingFrames,
    trueED: diastole?.frame ?? null,
    trueES: systole?.frame ?? null,
    found: corrected.found,
    beats: corrected.beats.length,
    foundED: first.endDiastole,
    foundES: first.endSystole,
    releasedFound: released?.found ?? 'too short',
    releasedED: released?.beats[0]?.endDiastole ?? null,
    releasedES: released?.beats[0]?.endSystole ?? null,
    diceED: rounded(stage1.dice[0]),
    diceES: rounded(stage1.dice[1]),
    simpson: rounded(corrected.ejectionFractionPercent),
    areaLength: rounded(areaLength.ejectionFractionPercent),
    releasedPixels: rounded(released?.ejectionFractionPercent),
    atTrueFrames: rounded(stage1.atTrueFramesPercent),
    trueOutlines: rounded(stage1.trueOutlinesPercent),
    certainty: sixDigits(stage1.certainty),
    slenderness: rounded(stage1.slenderness),
  };
}

/** Biplane Simpson of CAMUS patients with both views, each view in its own extremes. */
function biplaneRows(seen: readonly SeenClip[]): Row[] {
  const byPatient = new Map<string, Partial<Record<EfClip['view'], SeenClip>>>();
  for (const each of seen) {
    if (each.clip.set !== 'CAMUS') continue;
    const views = byPatient.get(each.clip.patient) ?? {};
    views[each.clip.view] = each;
    byPatient.set(each.clip.patient, views);
  }
  const rows: Row[] = [];
  for (const [patient, { A4C: four, A2C: two }] of byPatient) {
    if (!four || !two) continue;
    const [largest, smallest] = [0, 1].map((phase) =>
      biplaneMillilitres(
        { mask: four.stage1.extremes[phase]!.mask, spacing: four.stage1.maskSpacing },
        { mask: two.stage1.extremes[phase]!.mask, spacing: two.stage1.maskSpacing },
      ),
    );
    if (largest == null || smallest == null) continue;
    rows.push({
      patient,
      quality: four.clip.quality,
      label: four.clip.ejectionFraction,
      biplane: sixDigits(100 * (1 - smallest / largest)),
      endDiastolicMillilitres: sixDigits(largest),
      endSystolicMillilitres: sixDigits(smallest),
    });
  }
  return rows;
}

/** Validation patients: what intervals and the warning of disagreement are set by. */
function calibrationRows(seen: readonly SeenClip[], { percent }: ArmResult): Row[] {
  return seen
    .filter(({ clip }) => clip.split === 'validation')
    .map(({ clip, stage1 }) => ({
      patient: clip.patient,
      label: clip.ejectionFraction,
      learned: sixDigits(percent.get(clip.id)!),
      geometric: rounded(stage1.corrected.ejectionFractionPercent),
    }));
}

function modelOf(
  segmenter: TrainedSegmenter,
  encoder: StartingEncoder,
  { trained, percent }: ArmResult,
  seen: readonly SeenClip[],
  config: EfConfig,
  context: RunContext,
): EfModel {
  const train = seen.filter(({ clip }) => clip.split === 'train');
  const validation = seen.filter(({ clip }) => clip.split === 'validation');
  const rising = (values: number[]): number[] => values.map(sixDigits).sort((a, b) => a - b);
  const slenderness = train.flatMap(({ stage1 }) => (stage1.slenderness === null ? [] : [stage1.slenderness]));
  const calibration: EfCalibration = {
    patients: validation.length,
    absoluteErrors: rising(validation.map(({ clip }) => Math.abs(percent.get(clip.id)! - clip.ejectionFraction))),
    disagreements: rising(
      validation.flatMap(({ clip, stage1 }) => {
        const geometric = stage1.corrected.ejectionFractionPercent;
        return geometric === null ? [] : [Math.abs(percent.get(clip.id)! - geometric)];
      }),
    ),
    lowestCertainty: sixDigits(
      quantile(
        train.map(({ stage1 }) => stage1.certainty),
        0.05,
      ),
    ),
    slenderness:
      slenderness.length === 0
        ? [0, 100]
        : [sixDigits(quantile(slenderness, 0.05)), sixDigits(quantile(slenderness, 0.95))],
  };
  return {
    format: 'echolab-ef-1',
    origin: context.data,
    encoder: encoder.config,
    normalisation: encoder.normalisation,
    segmenter: { network: segmenter.config.network, imageSize: segmenter.config.imageSize },
    sequence: trained.config,
    imageSize: config.imageSize,
    calibration,
    encoderParams: encoder.params,
    segmenterParams: segmenter.params,
    sequenceParams: trained.params,
    known: middleFrames(train.map(({ features }) => features[0]!)),
  };
}

/** The embedding of each clip's middle frame. */
function middleFrames(clips: readonly FeatureMatrix[]): FeatureMatrix {
  const width = clips[0]!.width;
  const data = new Float32Array(clips.length * width);
  clips.forEach(({ count, data: own }, i) => {
    const middle = Math.floor(count / 2);
    data.set(own.subarray(middle * width, (middle + 1) * width), i * width);
  });
  return { count: clips.length, width, data };
}

/** Two readers' labels of each test patient, as they would be had they traced the ventricle. */
function readerRows(seen: readonly SeenClip[], config: EfConfig): Row[] {
  return seen
    .filter(({ clip }) => clip.split === 'test' && clip.view === 'A4C')
    .map(({ clip }) => ({
      sample: clip.id,
      patient: clip.patient,
      set: clip.set,
      truth: clip.ejectionFraction,
      reader1: sixDigits(readerOf(clip, 1, config)),
      reader2: sixDigits(readerOf(clip, 2, config)),
      noise: config.labels.readerNoise,
    }));
}

function readerOf(clip: EfClip, reader: number, config: EfConfig): number {
  const random = stream(config.seeds[0] ?? 0, `reader/${reader}/${clip.patient}`);
  return readerEjectionFraction(Math.min(99, Math.max(0, clip.ejectionFraction)), config.labels.readerNoise, random);
}

function trainingRow(arm: string, seed: number, row: Readonly<Record<string, number>>): Row {
  const { epoch = 0, loss = 0, validationLoss = 0, learningRate = 0 } = row;
  return { arm, seed, epoch, loss: sixDigits(loss), validationLoss: sixDigits(validationLoss), learningRate };
}

function tablesOf(rows: Readonly<Record<string, readonly Row[]>>): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => [name, { columns: Object.keys(list[0]!), rows: list }]),
  );
}

function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : sixDigits(value);
}
