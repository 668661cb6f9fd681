import { type Claim, holdsIf, numberClaim, outside, relationClaim, sumOfValues, uncheckedClaim } from './claim.js';
import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { TABLE_1 } from './tables-pretraining.js';

/** Claims on sizes, hyperparameters, machines and the tests: settings that more than one place states. */
export const SETTING_CLAIMS: readonly Claim[] = [
  numberClaim({
    id: 'vendors',
    statement: 'methods-vendors',
    figure: 'siemens',
    says: 'the vendor shares make 100 %',
    from: ['ge', 'philips', 'samsung'].map((name) => statedFigure('methods-vendors', name)),
    by: (others) => 100 - sumOfValues(others),
    why: '100 - 15 - 16 - 1.',
  }),
  numberClaim({
    id: 'slices',
    statement: 'methods-slices',
    figure: 'slices',
    says: '12 slices at 15 degrees span the half turn',
    from: [statedFigure('methods-slices', 'degrees')],
    by: ([degrees]) => 180 / degrees!,
    why: '180 degrees over 15.',
  }),
  numberClaim({
    id: 'views-18',
    statement: 'views-count',
    figure: 'views',
    says: '18 views',
    from: [statedFigure('abstract-views', 'views')],
    by: ([views]) => views!,
    why: 'Tables 5 to 7 and the list of B.2 hold 18 views.',
  }),
  numberClaim({
    id: 'pediatric-years',
    statement: 'methods-pediatric',
    figure: 'years',
    says: '2014 to 2021 are 7 years',
    from: ['first', 'last'].map((name) => statedFigure('methods-pediatric', name)),
    by: ([first, last]) => last! - first!,
    why: 'Difference of the years.',
  }),
  numberClaim({
    id: 'tokens',
    statement: 'methods-vit',
    figure: 'patchB',
    says: 'patch 14 gives the 64 tokens of Table 1',
    from: [cellOf(TABLE_1, 'global crop size', 'Value'), cellOf(TABLE_1, 'no. tokens', 'Value')],
    by: ([size, tokens]) => size! / Math.sqrt(tokens!),
    why: '112 px over the square root of 64 tokens.',
  }),
  relationClaim({
    id: 'view-size',
    statement: 'methods-view-size',
    says: 'image sizes are whole numbers of patches',
    claimed: '112 / 14, 128 / 8',
    from: [statedFigure('methods-view-size', 'sizeB'), statedFigure('methods-view-size', 'sizeS')],
    finds: () => wholePatches('methods-view-size'),
    why: '8 patches of 14 px and 16 of 8 px.',
  }),
  relationClaim({
    id: 'lvh-size',
    statement: 'methods-lvh-size',
    says: 'image sizes are whole numbers of patches',
    claimed: '256 / 8, 266 / 14',
    from: [statedFigure('methods-lvh-size', 'sizeB'), statedFigure('methods-lvh-size', 'sizeS')],
    finds: () => wholePatches('methods-lvh-size'),
    why: '32 patches of 8 px and 19 of 14 px.',
  }),
  relationClaim({
    id: 'dino-hyperparameters',
    statement: 'methods-hyperparameters',
    says: 'Table 1 has the hyperparameters of the DINO papers',
    claimed: 'the same',
    from: [
      cellOf(TABLE_1, 'weight decay', 'Value'),
      cellOf(TABLE_1, 'ts bottleneck dim', 'Value'),
      outside('facebookresearch/dino, main_dino.py, --weight_decay', 0.04, 0.01),
      outside('facebookresearch/dino, vision_transformer.py, bottleneck_dim', 256, 1),
    ],
    finds: () => {
      const decay = cellOf(TABLE_1, 'weight decay', 'Value').value;
      const bottleneck = cellOf(TABLE_1, 'ts bottleneck dim', 'Value').value;
      return {
        recomputed: `weight decay ${decay} against 0.04 to 0.4, bottleneck ${bottleneck} against 256`,
        verdict: holdsIf(decay === 0.04 && bottleneck === 256),
      };
    },
    why: 'Temperatures and output width agree; weight decay, bottleneck, crop sizes and crop scales do not.',
  }),
  numberClaim({
    id: 'gpu-hours',
    statement: 'methods-hours',
    figure: 'hours',
    says: 'GPU hours agree with Table 1',
    from: [statedFigure('table-1-hours', 'hours')],
    by: ([hours]) => hours!,
    why: 'The caption of Table 1.',
  }),
  numberClaim({
    id: 'few-shot-repeats',
    statement: 'few-shot-repeats',
    figure: 'repeats',
    says: '24 repeats on 3 nodes of 8 GPUs',
    from: ['nodes', 'gpus'].map((name) => statedFigure('few-shot-repeats', name)),
    by: ([nodes, gpus]) => nodes! * gpus!,
    why: '3 x 8.',
  }),
  uncheckedClaim({
    id: 'permutation-on-bootstraps',
    statement: 'methods-permutation',
    says: 'a permutation test on bootstrap draws',
    why: 'The number of draws is chosen by the analyst, so its p falls without limit; see the simulations of this room.',
  }),
  uncheckedClaim({
    id: 'scipy-version',
    statement: 'methods-scipy',
    says: 'the tests were run with scipy 1.7.3',
    why: 'scipy has a permutation test since 1.8.0, so that of A.6 was other code, which is not released.',
  }),
  numberClaim({
    id: 'five-frames',
    statement: 'views-five-frames',
    figure: 'frames',
    says: 'frames of a sequence agree with A.2',
    from: [statedFigure('methods-view-frames', 'frames')],
    by: ([frames]) => frames!,
    why: 'Section A.2.',
  }),
  ...['methods-pretraining-size', 'methods-segmentation-size'].map((id) =>
    numberClaim({
      id: `size-${id}`,
      statement: id,
      figure: 'size',
      says: 'the image size is the global crop of Table 1',
      from: [cellOf(TABLE_1, 'global crop size', 'Value')],
      by: ([size]) => size!,
      why: 'Table 1.',
    }),
  ),
  numberClaim({
    id: 'gpus',
    statement: 'table-1-node',
    figure: 'gpus',
    says: 'GPUs of a node agree with A.7',
    from: [statedFigure('methods-nodes', 'gpus')],
    by: ([gpus]) => gpus!,
    why: 'Section A.7.',
  }),
];

function wholePatches(id: string): { recomputed: string; verdict: 'holds' | 'does not follow' } {
  const small = statedFigure(id, 'sizeS').value / statedFigure('methods-vit', 'patchS').value;
  const base = statedFigure(id, 'sizeB').value / statedFigure('methods-vit', 'patchB').value;
  return {
    recomputed: `ViT-S ${small}, ViT-B ${base} patches a side`,
    verdict: Number.isInteger(small) && Number.isInteger(base) ? 'holds' : 'does not follow',
  };
}
