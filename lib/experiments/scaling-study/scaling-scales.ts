import type { Scale } from '../../records/record.js';
import type { Arm, ScalingStudyConfig, Subset } from './scaling-config.js';
import { PAPER_STUDY, PHANTOM_STUDY, withBatch } from './scaling-recipes.js';

/** Files that the full phantom run keeps: `encoder-<start>-<size>.safetensors`. */
const KEPT = { echoSmall: 'encoder-echo-small', echoBase: 'encoder-echo-base', generic: 'encoder-generic-small' };

interface Lengths {
  readonly small: Readonly<Record<Subset, number>>;
  readonly base: Readonly<Record<'echo12m' | 'echo20m', number>>;
  readonly resnet: Readonly<Record<'echo12m' | 'echo20m', number>>;
  readonly generic: number;
  /** Of stage 2 on the Echo20M set, and on generic pictures; `null`: ViT-B ends with stage 1. */
  readonly stage2: { readonly small: number; readonly base: number | null; readonly generic: number };
}

/**
 * The runs of the study: each encoder on the Echo12M set and on from there on the Echo20M set, ViT-S on biplanes too, the whole of DINOv2 after
 * DINOv1, and the generic counterpart. Epochs by set and encoder.
 */
function arms(epochs: Lengths, probes: number, keep: boolean): Arm[] {
  const first = (name: string, model: Arm['model'], images: Arm['images'], length: number): Arm => {
    return {
      name,
      model,
      images,
      stage: 1,
      epochs: length,
      probes,
      everySeed: model === 'vit-small' && images !== 'generic',
    };
  };
  const on = (before: Arm, name: string, length: number): Arm => {
    return { ...before, name, images: 'echo20m', continues: before.name, epochs: length };
  };
  const second = (before: Arm, name: string, length: number, file: string): Arm => ({
    ...before,
    name,
    stage: 2,
    continues: before.name,
    epochs: length,
    everySeed: false,
    ...(keep && { keeps: `${file}.safetensors` }),
  });
  const small12 = first('Echo12M', 'vit-small', 'echo12m', epochs.small.echo12m);
  const small20 = on(small12, 'Echo20M', epochs.small.echo20m);
  const base12 = first('ViT-B, Echo12M', 'vit-base', 'echo12m', epochs.base.echo12m);
  const base20 = {
    ...on(base12, 'ViT-B, Echo20M', epochs.base.echo20m),
    ...(keep && epochs.stage2.base === null && { keeps: `${KEPT.echoBase}.safetensors` }),
  };
  const resnet12 = first('ResNet50, Echo12M', 'resnet50', 'echo12m', epochs.resnet.echo12m);
  const generic = first('Generic', 'vit-small', 'generic', epochs.generic);
  return [
    first('Echo3M', 'vit-small', 'echo3m', epochs.small.echo3m),
    small12,
    small20,
    second(small20, 'Echo20M, DINOv2', epochs.stage2.small, KEPT.echoSmall),
    base12,
    base20,
    ...(epochs.stage2.base === null
      ? []
      : [second(base20, 'ViT-B, Echo20M, DINOv2', epochs.stage2.base, KEPT.echoBase)]),
    resnet12,
    on(resnet12, 'ResNet50, Echo20M', epochs.resnet.echo20m),
    generic,
    second(generic, 'Generic, DINOv2', epochs.stage2.generic, KEPT.generic),
  ];
}

const PROBE = { k: 20, temperature: 0.07, inverseRegularisation: 0.1 } as const;
const MAPPED = 'Echo20M, DINOv2';

/** The four scales. */
export const SCALING_CONFIGS: Readonly<Record<Scale, ScalingStudyConfig>> = Object.freeze({
  smoke: {
    ...withBatch(PHANTOM_STUDY, 16),
    seeds: [1],
    phantom: 'smoke',
    arms: arms(
      {
        small: { echo3m: 3, echo12m: 2, echo20m: 1 },
        base: { echo12m: 1, echo20m: 1 },
        resnet: { echo12m: 1, echo20m: 1 },
        generic: 1,
        stage2: { small: 1, base: null, generic: 1 },
      },
      1,
      false,
    ),
    probe: { ...PROBE, framesPerClip: 1, alsoK: [10] },
    map: { arm: MAPPED, perplexity: 50, frames: 200, iterations: 500 },
    paperTrial: false,
    checkpointEvery: 20,
  },
  mini: {
    ...PHANTOM_STUDY,
    seeds: [1],
    phantom: 'mini',
    framesPerClip: 4,
    arms: arms(
      {
        small: { echo3m: 6, echo12m: 4, echo20m: 2 },
        base: { echo12m: 1, echo20m: 1 },
        resnet: { echo12m: 1, echo20m: 1 },
        generic: 5,
        stage2: { small: 1, base: null, generic: 3 },
      },
      3,
      false,
    ),
    probe: { ...PROBE, framesPerClip: 2, alsoK: [10, 100, 200] },
    map: { arm: MAPPED, perplexity: 50, frames: 1000, iterations: 1000 },
    paperTrial: false,
    checkpointEvery: 100,
  },
  full: {
    ...PHANTOM_STUDY,
    seeds: [1, 2, 3, 4, 5],
    phantom: 'full',
    arms: arms(
      {
        small: { echo3m: 2, echo12m: 1, echo20m: 1 },
        base: { echo12m: 1, echo20m: 1 },
        resnet: { echo12m: 1, echo20m: 1 },
        generic: 2,
        stage2: { small: 2, base: null, generic: 4 },
      },
      4,
      true,
    ),
    probe: { ...PROBE, framesPerClip: 1, alsoK: [10, 100, 200] },
    map: { arm: MAPPED, perplexity: 50, frames: 10_000, iterations: 1000 },
    paperTrial: true,
    checkpointEvery: 50,
  },
  paper: {
    ...PAPER_STUDY,
    seeds: [1],
    phantom: null,
    arms: arms(
      {
        small: { echo3m: 100, echo12m: 100, echo20m: 50 },
        base: { echo12m: 100, echo20m: 50 },
        resnet: { echo12m: 100, echo20m: 50 },
        generic: 100,
        stage2: { small: 50, base: 50, generic: 50 },
      },
      20,
      true,
    ).filter(({ images }) => images !== 'generic'), // the paper's counterpart is ImageNet's own weights
    probe: { ...PROBE, framesPerClip: 5, alsoK: [10, 100, 200] },
    map: { arm: MAPPED, perplexity: 50, frames: 10_000, iterations: 1000 },
    paperTrial: false,
    checkpointEvery: 500,
  },
});
