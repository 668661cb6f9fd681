import {
  type Claim,
  holdsIf,
  numberClaim,
  outside,
  relationClaim,
  type Sourced,
  sumOfValues,
  uncheckedClaim,
} from './claim.js';
import { cellOf } from './paper-table.js';
import { statedFigure } from './statements.js';
import { TABLE_8 } from './tables-segmentation.js';
import { compareNumber } from './verdict.js';

const annotation = (row: string): Sourced => cellOf(TABLE_8, row, 'Annotation');
const count = (value: number): string => value.toLocaleString('en-GB');

/** Rows of Table 8 that are public. */
const PUBLIC_ROWS = TABLE_8.rows.filter((row) => row !== 'Vol-biplane');

/** Claims on how much data there is: pretraining, splits, annotations. */
export const DATA_CLAIMS: readonly Claim[] = [
  relationClaim({
    id: 'videos-370k',
    statement: 'figure-1-data',
    says: 'videos collected for pretraining',
    claimed: '370K videos',
    from: [statedFigure('methods-data', 'videos')],
    finds: () => {
      const { value } = statedFigure('methods-data', 'videos');
      const { value: figure, step } = statedFigure('figure-1-data', 'videos');
      return { recomputed: count(value), verdict: holdsIf(Math.abs(value - figure) <= step) };
    },
    why: 'Figure 1 counts 370K videos; the introduction, the discussion and A.1 count 450,338.',
  }),
  relationClaim({
    id: 'patients-26k',
    statement: 'introduction-data',
    says: 'patients of Echo-20M, in thousands',
    claimed: '26,000',
    from: [statedFigure('methods-data', 'patients')],
    finds: () => {
      const { value } = statedFigure('methods-data', 'patients');
      const inThousands = { ...statedFigure('introduction-data', 'patients'), step: 1000 };
      return { recomputed: count(value), verdict: compareNumber(inThousands, value) };
    },
    why: 'A.1 counts 26,704; in thousands that rounds to 27,000.',
  }),
  ...['introduction-data', 'discussion-data'].map((id) =>
    relationClaim({
      id: `images-20-million-${id}`,
      statement: id,
      says: '20 million images come from 450,338 videos',
      claimed: '20 million from 450,338 videos',
      from: [statedFigure('methods-images', 'images'), statedFigure('methods-data', 'videos')],
      finds: () => {
        const { value: all } = statedFigure('methods-images', 'images');
        const { value: used, step } = statedFigure(id, 'images');
        return { recomputed: `${count(all)} from 450,338 videos`, verdict: holdsIf(Math.abs(all - used) <= step / 2) };
      },
      why: 'A.1 extracts 37.4 million images from those videos and samples Echo20M from them (53 %); how many of the 450,338 videos and 26,704 patients the sample still holds is not said.',
    }),
  ),
  relationClaim({
    id: 'echo20m-subset',
    statement: 'subsets',
    says: 'Echo20M is a subset of Echo12M',
    claimed: '20 million within 12 million',
    from: [statedFigure('subsets', 'echo12m'), statedFigure('subsets', 'echo20m')],
    finds: () => {
      const small = statedFigure('subsets', 'echo12m').value;
      const large = statedFigure('subsets', 'echo20m').value;
      return { recomputed: `${count(large)} > ${count(small)}`, verdict: holdsIf(large <= small) };
    },
    why: 'A set of 20 million cannot be a subset of one of 12 million; a superset is meant.',
  }),
  relationClaim({
    id: 'images-over-20-million',
    statement: 'abstract-pretraining',
    says: 'over 20 million images',
    claimed: 'over 20 million',
    from: [statedFigure('subsets', 'echo20m'), statedFigure('methods-images', 'images')],
    finds: () => ({ recomputed: 'Echo20M: 20 million', verdict: 'cannot be checked without their data' }),
    why: 'The size of Echo20M is given to the nearest million only.',
  }),
  relationClaim({
    id: 'videos-over-26k',
    statement: 'abstract-views',
    says: 'over 26K annotated videos',
    claimed: 'over 26K',
    from: ['train', 'validation', 'test'].map((name) => statedFigure('methods-view-split', name)),
    finds: () => {
      const total = sumOfValues(
        ['train', 'validation', 'test'].map((name) => statedFigure('methods-view-split', name).value),
      );
      const { value } = statedFigure('abstract-views', 'videos');
      return { recomputed: count(total), verdict: holdsIf(total > value) };
    },
    why: '21,500 + 2,150 + 2,100 sequences; it rounds to 26K but is not over it.',
  }),
  uncheckedClaim({
    id: 'sub-tasks',
    statement: 'abstract-tasks',
    says: '28 sub-tasks',
    why: 'The paper lists no sub-tasks. 18 views, 6 segmentation targets (rows of Table 8 by data set and structure), 3 measurements and 1 ejection fraction would make 28; so would 5 targets and 2 ejection-fraction tasks.',
  }),
  numberClaim({
    id: 'annotated-74k',
    statement: 'abstract-segmentation',
    figure: 'frames',
    says: 'annotations in the three public sets',
    from: PUBLIC_ROWS.map(annotation),
    by: sumOfValues,
    why: 'Sum of the column Annotation of Table 8 without Vol-biplane.',
  }),
  relationClaim({
    id: 'frames-74k',
    statement: 'abstract-segmentation',
    says: 'the annotations are as many frames',
    claimed: '74K annotated frames',
    from: PUBLIC_ROWS.filter((row) => !row.startsWith('CAMUS LA')).map(annotation),
    finds: () => {
      const frames = sumOfValues(
        PUBLIC_ROWS.filter((row) => !row.startsWith('CAMUS LA')).map((row) => annotation(row).value),
      );
      const { value, step } = statedFigure('abstract-segmentation', 'frames');
      return { recomputed: count(frames), verdict: holdsIf(Math.abs(frames - value) <= step) };
    },
    why: 'CAMUS traces ventricle and atrium on the same frames, so its atrial annotations are no further frames.',
  }),
  numberClaim({
    id: 'dynamic-patients',
    statement: 'methods-dynamic',
    figure: 'patients',
    says: 'patients of EchoNet-Dynamic',
    from: [cellOf(TABLE_8, 'EchoNet-Dynamic LV A4C', 'Patients')],
    by: ([patients]) => patients!,
    why: 'Table 8.',
  }),
  relationClaim({
    id: 'dynamic-two-traces',
    statement: 'methods-dynamic',
    says: 'each EchoNet-Dynamic video has two traces',
    claimed: '2 x 10,030 = 20,060',
    from: [annotation('EchoNet-Dynamic LV A4C'), cellOf(TABLE_8, 'EchoNet-Dynamic LV A4C', 'Videos')],
    finds: () => twoTraces('EchoNet-Dynamic LV A4C'),
    why: 'Table 8 has 20,048: twelve traces fewer than two a video.',
  }),
  relationClaim({
    id: 'pediatric-two-traces',
    statement: 'methods-pediatric',
    says: 'each A4C video of EchoNet-Pediatric has two traces',
    claimed: '2 x 3,176 = 6,352',
    from: [annotation('EchoNet-Pediatric LV A4C'), cellOf(TABLE_8, 'EchoNet-Pediatric LV A4C', 'Videos')],
    finds: () => twoTraces('EchoNet-Pediatric LV A4C'),
    why: 'Table 8 has more annotations than two a video.',
  }),
  relationClaim({
    id: 'pediatric-two-traces-psax',
    statement: 'methods-pediatric',
    says: 'each PSAX video of EchoNet-Pediatric has two traces',
    claimed: '2 x 4,424 = 8,848',
    from: [annotation('EchoNet-Pediatric LV PSAX'), cellOf(TABLE_8, 'EchoNet-Pediatric LV PSAX', 'Videos')],
    finds: () => twoTraces('EchoNet-Pediatric LV PSAX'),
    why: 'Table 8 has more annotations than two a video.',
  }),
  numberClaim({
    id: 'camus-videos',
    statement: 'methods-camus',
    figure: 'videos',
    says: 'two views of 500 patients',
    from: [cellOf(TABLE_8, 'CAMUS LV A4C', 'Videos'), cellOf(TABLE_8, 'CAMUS LV A2C', 'Videos')],
    by: sumOfValues,
    why: '500 A4C and 500 A2C videos in Table 8.',
  }),
  relationClaim({
    id: 'biplane-volumes',
    statement: 'methods-biplane',
    says: '975 TTE and 195 TEE volumes are the internal set of Table 8',
    claimed: '975 + 195 = 1,170',
    from: [
      statedFigure('methods-biplane', 'tte'),
      statedFigure('methods-biplane', 'tee'),
      cellOf(TABLE_8, 'Vol-biplane', 'Patients'),
    ],
    finds: () => {
      const stated = statedFigure('methods-biplane', 'tte').value + statedFigure('methods-biplane', 'tee').value;
      const table = cellOf(TABLE_8, 'Vol-biplane', 'Patients').value;
      return { recomputed: `Table 8: ${count(table)}`, verdict: holdsIf(stated === table) };
    },
    why: 'Table 8 lists 1,231 patients and videos for Vol-biplane, 61 more than the text.',
  }),
  relationClaim({
    id: 'official-split-camus',
    statement: 'table-8-split',
    says: 'the official test split of CAMUS was used',
    claimed: '50 test patients, 100 frames a view',
    from: [
      cellOf(TABLE_8, 'CAMUS LV A4C', 'Evaluation'),
      outside('CAMUS release, database_split/subgroup_testing.txt', 50, 1),
    ],
    finds: () => {
      const frames = cellOf(TABLE_8, 'CAMUS LV A4C', 'Evaluation').value;
      return { recomputed: `${frames} frames, ${frames / 2} patients`, verdict: holdsIf(frames / 2 === 50) };
    },
    why: 'Table 8 evaluates 80 frames (ED and ES) a view: 40 patients, where the released split has 50.',
  }),
  relationClaim({
    id: 'ef-patients',
    statement: 'abstract-ejection-fraction',
    says: 'over 1.2K test patients of EchoNet-Dynamic',
    claimed: 'over 1.2K',
    from: [cellOf(TABLE_8, 'EchoNet-Dynamic LV A4C', 'Evaluation')],
    finds: () => {
      const patients = cellOf(TABLE_8, 'EchoNet-Dynamic LV A4C', 'Evaluation').value / 2;
      const { value } = statedFigure('abstract-ejection-fraction', 'patients');
      return { recomputed: count(patients), verdict: holdsIf(patients > value) };
    },
    why: '2,552 evaluated frames, ED and ES of each patient.',
  }),
  numberClaim({
    id: 'unity-1k',
    statement: 'abstract-measurements',
    figure: 'framesUnseen',
    says: 'unseen frames of Unity',
    from: [statedFigure('methods-unity', 'frames')],
    by: ([frames]) => frames!,
    why: 'A.4 counts 1,095.',
  }),
  numberClaim({
    id: 'unity-1k-discussion',
    statement: 'discussion-measurements',
    figure: 'framesUnseen',
    says: 'unseen frames of Unity',
    from: [statedFigure('methods-unity', 'frames')],
    by: ([frames]) => frames!,
    why: 'A.4 counts 1,095.',
  }),
  relationClaim({
    id: 'lvh-12k-videos',
    statement: 'abstract-measurements',
    says: '12K annotated videos',
    claimed: '12K',
    from: ['train', 'validation', 'test'].map((name) => statedFigure('methods-lvh-split', name)),
    finds: () => {
      const frames = sumOfValues(
        ['train', 'validation', 'test'].map((name) => statedFigure('methods-lvh-split', name).value),
      );
      return { recomputed: `${count(frames)} frames`, verdict: 'cannot be checked without their data' };
    },
    why: 'A.4 counts frames, not videos; two frames a video would make 11,606.',
  }),
  relationClaim({
    id: 'lvh-training-size',
    statement: 'lvh-training-size',
    says: 'tens of thousands against millions of training samples',
    claimed: 'orders of magnitude smaller',
    from: [statedFigure('methods-lvh-split', 'train'), statedFigure('methods-view-split', 'trainImages')],
    finds: () => {
      const ratio =
        statedFigure('methods-view-split', 'trainImages').value / statedFigure('methods-lvh-split', 'train').value;
      return { recomputed: `${ratio.toFixed(0)} times smaller`, verdict: holdsIf(ratio >= 100) };
    },
    why: '2.5 million frames of the views against 20,254 of EchoNet-LVH; counted by annotated sequence the views have 21,500.',
  }),
  uncheckedClaim({
    id: 'medsam-share',
    statement: 'segmentation-medsam-share',
    says: 'echo is about 5 % of the training data of MedSAM',
    why: 'The paper gives no counts for it.',
  }),
];

function twoTraces(row: string): { recomputed: string; verdict: 'holds' | 'does not follow' } {
  const traces = annotation(row).value;
  const videos = cellOf(TABLE_8, row, 'Videos').value;
  return { recomputed: count(traces), verdict: traces === 2 * videos ? 'holds' : 'does not follow' };
}
