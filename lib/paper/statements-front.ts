import type { Statement } from './statement.js';

/** Quantitative sentences of the abstract, the introduction, Figure 1 and the discussion. */
export const FRONT_STATEMENTS: readonly Statement[] = [
  {
    id: 'abstract-pretraining',
    place: 'Abstract',
    quote: 'EchoApex is pretrained on over 20 million echo images from 11 clinical centres.',
    figures: { images: '20 million', centres: '11' },
  },
  {
    id: 'abstract-tasks',
    place: 'Abstract',
    quote:
      'we demonstrate the effectiveness of EchoApex on 4 different types of clinical applications with 28 sub-tasks.',
    figures: { applications: '4', subTasks: '28' },
  },
  {
    id: 'abstract-views',
    place: 'Abstract',
    quote:
      'studied on over 26K annotated videos, EchoApex reaches a mean BACC of 0.976, showing improvement (p < 0.01) on 14 out of 18 view points over the ImageNet pretrained counterpart, with an average increment of 0.02 BACC.',
    figures: { videos: '26K', bacc: '0.976', alpha: '0.01', better: '14', views: '18', increment: '0.02' },
  },
  {
    id: 'abstract-segmentation',
    place: 'Abstract',
    quote:
      'benchmarked on the 3 largest publicly available echocardiogram datasets with a total number of 74K annotated frames, EchoApex shows an improved DICE (0.927, 95% CI 0.926-0.928) compared to sub-task specialist models (e.g. UNet and DeepLabV3, 0.904) as well as generalist model MedSAM (0.870, 95% CI 0.868-0.871) on all targets.',
    figures: {
      datasets: '3',
      frames: '74K',
      dice: '0.927',
      low: '0.926',
      high: '0.928',
      specialist: '0.904',
      medsam: '0.870',
      medsamLow: '0.868',
      medsamHigh: '0.871',
    },
  },
  {
    id: 'abstract-zero-shot',
    place: 'Abstract',
    quote:
      'In a zero-shot test, EchoApex shows improvement (0.877, 95% CI 0.873-0.880) over specialist models (0.834, 95% CI 0.829-0.840) in all evaluated datasets.',
    figures: {
      ours: '0.877',
      low: '0.873',
      high: '0.880',
      specialist: '0.834',
      specialistLow: '0.829',
      specialistHigh: '0.840',
    },
  },
  {
    id: 'abstract-measurements',
    place: 'Abstract',
    quote:
      'studied on 12K annotated videos, EchoApex shows an improved MAE of 0.2 mm compared with the specialist baseline, and a significant improvement of 1.4mm on 1K frames from a cohort of unseen data',
    figures: { videos: '12K', gain: '0.2', gainUnseen: '1.4', framesUnseen: '1K' },
  },
  {
    id: 'abstract-ejection-fraction',
    place: 'Abstract',
    quote:
      'evaluated on a dataset with over 1.2K patients and with a frozen encoder, EchoApex achieved MAE of 5.6% and AUC of 0.93 for cardiomyopathy detection with a simple spatial-temporal model extension, showing improvement compared to 6.1% of MAE and 0.89 of AUC',
    figures: { patients: '1.2K', mae: '5.6%', auc: '0.93', maeBaseline: '6.1%', aucBaseline: '0.89' },
  },
  {
    id: 'abstract-adapters',
    place: 'Abstract',
    quote:
      'EchoApex with adapters uses less than 4% of trainable parameters but showed competitive performance with a maximum of 5.1% degradation from fully finetuned models.',
    figures: { share: '4%', degradation: '5.1%' },
  },
  {
    id: 'introduction-data',
    place: '1',
    quote:
      'trained on a large-scale dataset of 20 million echocardiographic images derived from 450,338 videos involving 26,000 patients across 11 clinical centers.',
    figures: { images: '20 million', videos: '450,338', patients: '26,000', centres: '11' },
  },
  {
    id: 'figure-1-data',
    place: 'Fig. 1',
    quote:
      'A total number of 370K videos are collected from 11 clinical centres, covering different image characteristics.',
    figures: { videos: '370K', centres: '11' },
  },
  {
    id: 'figure-1-superior',
    place: 'Fig. 1',
    quote: 'EchoApex shows superior performance to the task specialist in all evaluated tasks.',
    figures: {},
  },
  {
    id: 'discussion-data',
    place: '3',
    quote:
      'we curated Echo20M, a dataset containing 20 million images derived from 450,338 videos across 11 clinical centers.',
    figures: { images: '20 million', videos: '450,338', centres: '11' },
  },
  {
    id: 'discussion-knn',
    place: '3',
    quote: 'the EchoApex model achieved an accuracy of 0.92 without any label supervision during training.',
    figures: { accuracy: '0.92' },
  },
  {
    id: 'discussion-bacc',
    place: '3',
    quote:
      'the balanced accuracy (BACC) improved to 0.98, surpassing models pretrained on ImageNet in 14 out of 18 views.',
    figures: { bacc: '0.98', better: '14', views: '18' },
  },
  {
    id: 'discussion-segmentation',
    place: '3',
    quote:
      'achieving a mean score of 0.93. This outperformed specialist models and the generalist model MedSAM, which scored 0.90 and 0.88, respectively.',
    figures: { dice: '0.93', specialist: '0.90', medsam: '0.88' },
  },
  {
    id: 'discussion-measurements',
    place: '3',
    quote:
      'EchoApex achieved better in-domain performance in both landmark detection and ventricle measurement, with an average MAE of 0.2 mm compared to specialist baselines. Notably, it showed a remarkable improvement of 1.4 mm on 1K frames from an unseen data cohort.',
    figures: { mae: '0.2', gainUnseen: '1.4', framesUnseen: '1K' },
  },
  {
    id: 'discussion-adapters',
    place: '3',
    quote:
      'With less than 4% of trainable parameters and only a portion of the computational load, the adapted model still showed competitive performance, with a maximum degradation of 5.1% compared to fully fine-tuned models.',
    figures: { share: '4%', degradation: '5.1%' },
  },
  {
    id: 'discussion-ejection-fraction',
    place: '3',
    quote:
      'EchoApex achieved an AUC of 0.93 in cardiomyopathy classification. While this is higher than the ImageNet-pretrained model’s AUC of 0.89, it is lower than the specialized spatiotemporal model with early feature fusion, which achieved an AUC of 0.97',
    figures: { auc: '0.93', aucBaseline: '0.89', aucVideo: '0.97' },
  },
];
