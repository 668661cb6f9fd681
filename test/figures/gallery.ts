import { stream } from '../../lib/core/random.js';
import { attentionGrid } from '../../lib/figures/attention-grid.js';
import { blandAltman } from '../../lib/figures/bland-altman.js';
import { boxDistribution } from '../../lib/figures/box-distribution.js';
import { classBars } from '../../lib/figures/class-bars.js';
import { confusionMatrix } from '../../lib/figures/confusion-matrix.js';
import { curve } from '../../lib/figures/curve.js';
import { distribution } from '../../lib/figures/distribution.js';
import { distributionPanels } from '../../lib/figures/distribution-panels.js';
import { drawsLesson } from '../../lib/figures/draws-lesson.js';
import { embeddingMap } from '../../lib/figures/embedding-map.js';
import { fewShotCurve } from '../../lib/figures/few-shot-curve.js';
import type { Figure } from '../../lib/figures/figure.js';
import { frameGrid } from '../../lib/figures/frame-grid.js';
import { knnCurve } from '../../lib/figures/knn-curve.js';
import { overlayGrid } from '../../lib/figures/overlay-grid.js';
import { pngAddress, toRgba } from '../../lib/figures/picture.js';
import { pictureSlider } from '../../lib/figures/picture-slider.js';
import { reliabilityDiagram } from '../../lib/figures/reliability-diagram.js';
import { rocFigure } from '../../lib/figures/roc-curve.js';
import { scatterAgreement } from '../../lib/figures/scatter-agreement.js';
import { trainingCurves } from '../../lib/figures/training-curves.js';
import type { GrayImage } from '../../lib/imaging/image.js';

/** The paper's 18 views (Table 5), the longest names that figures must hold. */
export const VIEWS = [
  'A2C',
  'A2C:Contrast',
  'A3C',
  'A3C:Contrast',
  'A4C',
  'A4C:Contrast',
  'A5C',
  'PLAX:LV',
  'PLAX:ID',
  'PLAX:Valves',
  'PLAX:RVT',
  'PSAX:AV',
  'PSAX:MV',
  'PSAX:PM',
  'PSAX:AP',
  'SC:4C',
  'SC:IVC',
  'SSN',
] as const;

/** A dark frame with a bright ring, different for each index. */
export function ringFrame(side: number, index: number): GrayImage {
  const random = stream(index, 'test/ring-frame');
  const data = new Uint8Array(side * side);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const radius = Math.hypot((pixel % side) - side / 2, Math.floor(pixel / side) - side / 2) / side;
    data[pixel] = Math.abs(radius - 0.25) < 0.06 ? 170 + random.integer(60) : random.integer(50);
  }
  return { width: side, height: side, data };
}

function disc(side: number, shift: number): Uint8Array {
  return Uint8Array.from({ length: side * side }, (_value, pixel) =>
    Math.hypot((pixel % side) - side / 2 - shift, Math.floor(pixel / side) - side / 2) < side * 0.2 ? 1 : 0,
  );
}

/** One figure of each kind, from seeded numbers that only have the shape of results. */
export function gallery(): Figure[] {
  const random = stream(7, 'test/gallery');
  const normals = (count: number, mean: number, deviation: number): number[] =>
    Array.from({ length: count }, () => mean + deviation * random.normal());
  const labels = (name: string): { name: string; title: string; dataOrigin: 'phantom' } => ({
    name,
    title: `Figure ${name.replaceAll('-', ' ')} with a title that is longer than one line of a phone`,
    dataOrigin: 'phantom',
  });
  const truth = normals(120, 55, 12);
  const predicted = truth.map((value) => value + 5 * random.normal());
  const steps = Array.from({ length: 40 }, (_value, index) => index * 10);
  const frames = [0, 1, 2, 3].map((index) => ringFrame(32, index));
  const models = ['ResNet50-IN', 'EchoApex-S', 'EchoApex-B'].map((model, index) => ({
    model,
    scores: VIEWS.map(() => Math.min(0.99, 0.86 + 0.03 * index + 0.02 * random.normal())),
    deviations: VIEWS.map(() => 0.01),
  }));
  const boxes = ['DeepLabV3', 'EchoApex-S'].map((name, index) => ({
    name,
    values: [5, 6, 7].map((mean) => normals(40, mean - 0.4 * index, 1.3).map(Math.abs)),
  }));
  return [
    knnCurve({
      ...labels('knn-curve'),
      unit: 'epoch',
      k: 20,
      segments: [
        {
          name: 'Echo12M analogue',
          at: [0, 1, 2, 3],
          accuracy: [0.3, 0.5, 0.65, 0.7],
          interval: { low: [0.25, 0.45, 0.6, 0.66], high: [0.35, 0.55, 0.7, 0.74] },
        },
        { name: 'Echo20M analogue, continued', at: [3, 4, 5], accuracy: [0.7, 0.8, 0.86] },
      ],
      published: [{ name: 'Paper, ViT-S', accuracy: 0.884 }],
    }),
    embeddingMap({
      ...labels('embedding-map'),
      method: 't-SNE, perplexity 30',
      classes: VIEWS,
      points: [
        ...VIEWS.flatMap((label) => {
          const [x, y] = [20 * random.normal(), 20 * random.normal()];
          return Array.from({ length: 25 }, (_value, index) => ({
            x: x + 2 * random.normal(),
            y: y + 2 * random.normal(),
            label,
            sample: `clip ${index}`,
            patient: `p${index % 5}`,
            vendor: 'Vendor A',
          }));
        }),
        { x: 0, y: 0, label: 'A4C', sample: 'real', patient: 'real', highlight: 'Real clip' },
      ],
    }),
    confusionMatrix({
      ...labels('confusion-matrix'),
      classes: VIEWS,
      counts: VIEWS.map((_row, r) =>
        VIEWS.map((_column, c) => (r === c ? 40 + random.integer(20) : random.chance(0.15) ? random.integer(8) : 0)),
      ),
    }),
    classBars({
      ...labels('class-bars'),
      classes: VIEWS,
      models: models.slice(0, 2),
      score: 'Balanced accuracy',
      marks: VIEWS.map((_view, index) => (index % 4 === 0 ? '*' : '')),
      marksMean: '* P < 0.01, paired permutation test by patient',
    }),
    classBars({ ...labels('class-points'), classes: VIEWS, models, score: 'Balanced accuracy', from: 0.75 }),
    frameGrid({
      ...labels('frame-grid'),
      frames: frames.map((image, index) => ({ image, lines: [VIEWS[index] as string, 'patient p1, Vendor A'] })),
    }),
    overlayGrid({
      ...labels('overlay-grid'),
      frames: frames.map((image, index) => ({
        image,
        lines: [`Dice 0.9${index}`],
        trueMask: disc(32, 0),
        predictedMask: disc(32, index),
        trueLandmarks: [[10, 16]],
        predictedLandmarks: [[12, 16]],
      })),
    }),
    attentionGrid({
      ...labels('attention-grid'),
      frames: frames.slice(0, 2).map((image, index) => ({
        image,
        lines: [VIEWS[index] as string],
        trueLandmarks: [[10, 16]],
        predictedLandmarks: [[12, 16]],
        attention: { rows: 4, columns: 4, values: normals(16, 1, 0.3) },
      })),
    }),
    trainingCurves({
      ...labels('training-curves'),
      abscissa: 'Step',
      panels: [
        {
          title: 'Loss (nats)',
          series: ['DINO', 'iBOT', 'KoLeo × 0.1'].map((name, index) => ({
            name,
            at: steps,
            values: steps.map((step) => 8 * Math.exp(-step / (200 + 50 * index))),
          })),
        },
        {
          title: 'Entropy (nats)',
          series: [{ name: 'Teacher', at: steps, values: steps.map((step) => 6 - step / 200) }],
          reference: { name: 'ln K, collapse', value: 6.93 },
        },
        {
          title: 'Learning rate',
          logarithmic: true,
          series: [{ name: 'AdamW', at: steps, values: steps.map((step) => 1e-3 * Math.exp(-step / 100)) }],
        },
      ],
    }),
    rocFigure({
      ...labels('roc-curve'),
      condition: 'ejection fraction < 50 %',
      series: [
        {
          name: 'EchoApex-ST',
          falsePositiveRate: [0, 0, 0.1, 0.3, 1],
          truePositiveRate: [0, 0.5, 0.8, 0.95, 1],
          auc: 0.93,
          interval: [0.9, 0.95],
        },
        { name: 'ImageNet-ST', falsePositiveRate: [0, 0.2, 1], truePositiveRate: [0, 0.7, 1], auc: 0.75 },
      ],
    }),
    scatterAgreement({
      ...labels('scatter-agreement'),
      quantity: 'ejection fraction',
      unit: '%',
      threshold: 50,
      series: [{ name: 'EchoApex-ST', truth, predicted, summary: 'MAE 4.0 %, R² 0.83' }],
    }),
    blandAltman({
      ...labels('bland-altman'),
      dataOrigin: 'real',
      quantity: 'ejection fraction',
      unit: '%',
      truth,
      predicted,
      bias: { value: 0.1, interval: [-0.8, 1] },
      lower: { value: -9.7, interval: [-11.2, -8.2] },
      upper: { value: 9.9, interval: [8.4, 11.4] },
    }),
    distribution({
      ...labels('distribution'),
      quantity: 'LVEF (%)',
      series: [
        { name: 'EchoNet-Dynamic twin', values: truth },
        { name: 'CAMUS twin', values: normals(50, 48, 12) },
      ],
    }),
    boxDistribution({
      ...labels('box-distribution'),
      groups: ['IVS', 'LVID', 'LVPW'],
      quantity: 'Landmark error (mm)',
      series: boxes,
      tests: ['p < 0.01', 'p < 0.01', ''],
      testsMean: 'one-sided paired t-test by patient',
    }),
    boxDistribution({
      ...labels('violin-distribution'),
      groups: ['IVS', 'LVID', 'LVPW'],
      quantity: 'Landmark error (mm)',
      series: boxes,
      marks: 'violin',
    }),
    fewShotCurve({
      ...labels('few-shot-curve'),
      score: 'Dice',
      abscissa: 'Training images',
      spread: 'one standard deviation over 5 draws',
      series: [
        { name: 'EchoApex-SAM-S', samples: [50, 100, 500], mean: [0.84, 0.87, 0.9], deviation: [0.02, 0.015, 0.01] },
        { name: 'ImageNet-SAM-S', samples: [50, 100, 500], mean: [0.7, 0.78, 0.86], deviation: [0.04, 0.03, 0.015] },
      ],
    }),
    reliabilityDiagram({
      ...labels('reliability-diagram'),
      calibrationError: 0.043,
      bins: Array.from({ length: 10 }, (_value, index) => ({
        from: index / 10,
        to: (index + 1) / 10,
        count: index < 2 ? 0 : 10 + index,
        confidence: index / 10 + 0.06,
        accuracy: index / 10 + 0.02,
      })),
    }),
    curve({
      ...labels('curve'),
      abscissa: 'Patients',
      ordinate: 'Power',
      logarithmic: { x: true },
      levels: [{ name: '80 %', y: 0.8 }],
      series: [
        {
          name: 'BACC 0.01 higher',
          x: [10, 100, 1000],
          y: [0.06, 0.3, 0.99],
          interval: { low: [0.04, 0.26, 0.98], high: [0.08, 0.34, 1] },
        },
      ],
    }),
    drawsLesson({
      ...labels('draws-lesson'),
      draws: [10, 100, 1000, 10000],
      threshold: 0.01,
      series: [
        { name: 'Published: test on bootstrapped values', log10P: [-0.4, -2, -17, -160.2] },
        { name: 'Valid: paired permutation by patient', log10P: [-0.5, -0.5, -0.5, -0.5] },
      ],
    }),
    distributionPanels({
      ...labels('distribution-panels'),
      groups: ['Adults', 'Children'],
      panels: ['Ejection fraction (%)', 'End-diastolic volume (mL)', 'Septum (mm)', 'Heart rate (1/min)'].map(
        (quantity, index) => ({
          quantity,
          binWidth: 4,
          values: [normals(80, 50 + 10 * index, 12), normals(40, 40 + 10 * index, 8)],
        }),
      ),
    }),
    pictureSlider({
      ...labels('picture-slider'),
      panels: ['Geometry', 'Frame'].map((heading) => ({
        heading,
        aspect: 1.3,
        sources: frames.map((frame) => pngAddress(toRgba(frame))),
      })),
      stops: ['0 % (ED)', '25 %', '50 % (ES)', '75 %'],
      prefix: 'Time in the beat: ',
      active: 2,
      legend: [
        { name: 'LV cavity', colour: '#D55E00' },
        { name: 'Right ventricle', colour: '#0072B2' },
        { name: 'Great arteries', colour: '#E69F00' },
      ],
      curve: {
        abscissa: 'Time in the beat (%)',
        ordinate: 'LV volume (mL)',
        x: [0, 25, 50, 75, 100],
        y: [120, 70, 50, 90, 120],
        stops: [
          { x: 0, y: 120 },
          { x: 25, y: 70 },
          { x: 50, y: 50 },
          { x: 75, y: 90 },
        ],
      },
    }),
  ];
}
