import type { Statement } from './statement.js';

/** Quantitative sentences of the results, 2.1 to 2.5. */
export const RESULT_STATEMENTS: readonly Statement[] = [
  {
    id: 'subsets',
    place: '2.1',
    quote:
      '1) 3 million biplane images (Echo3M) derived from echocardiogram acquired using volume transducers, 2) 12 million images (Echo12M) randomly sampled from the entire dataset, and 3) 20 million images (Echo20M), an enhanced subset of Echo12M encompassing a comprehensive range of image types at a larger scale.',
    figures: { echo3m: '3 million', echo12m: '12 million', echo20m: '20 million' },
  },
  {
    id: 'knn-echo3m',
    place: '2.1',
    quote: 'when pretrained on Echo3M, the ViT-S model achieves only 70.2% accuracy',
    figures: { accuracy: '70.2%' },
  },
  {
    id: 'knn-vit-s',
    place: '2.1',
    quote:
      'the same model pretrained on Echo12M achieves 87.5% accuracy, with performance steadily increasing throughout the training process and further improving to a peak of 91.5% when pretrained on Echo20M.',
    figures: { echo12m: '87.5%', echo20m: '91.5%' },
  },
  {
    id: 'knn-resnet',
    place: '2.1',
    quote:
      'The ResNet50, of similar size to ViT-S, attains a lower peak performance of 76.6% on Echo12M and 88.4% on Echo20M.',
    figures: { echo12m: '76.6%', echo20m: '88.4%' },
  },
  {
    id: 'knn-vit-b',
    place: '2.1',
    quote:
      'The larger ViT-B model pretrained on Echo12M attains 90.5% accuracy and reaches a maximum of 91.9% when pretrained on Echo20M.',
    figures: { echo12m: '90.5%', echo20m: '91.9%' },
  },
  {
    id: 'figure-2',
    place: 'Fig. 2',
    quote:
      'Two-dimensional t-SNE visualization of the embeddings of 10K images. The encoder is ViT-B pretrained on Echo20M. A perplexity of 50 is used.',
    figures: { images: '10K', perplexity: '50' },
    setting: true,
  },
  {
    id: 'views-count',
    place: '2.2',
    quote: 'A total of 18 different TTE views are covered in the datasets',
    figures: { views: '18' },
  },
  {
    id: 'views-14-of-18',
    place: '2.2.1',
    quote:
      'Our model significantly outperforms the baseline on 14 of the 18 subtasks (P < 0.01, according to a one-sided permutation test).',
    figures: { better: '14', views: '18', alpha: '0.01' },
  },
  {
    id: 'views-subcostal',
    place: '2.2.1',
    quote:
      'We omit the subcostal four chamber and inferior vena cava views (SC:4C and SC:IVC) in Fig. 3c as both models achieve mean BACC values of 0.99.',
    figures: { bacc: '0.99' },
  },
  {
    id: 'views-parasternal',
    place: '2.2.1',
    quote:
      'with the most notable improvements in the PLAX:RVT and PLAX:LV classes, where we report mean BACC values of 0.99 and 0.94 respectively, as opposed to values of 0.91 and 0.89 for the ResNet50-IN baseline.',
    figures: { rvt: '0.99', lv: '0.94', rvtBaseline: '0.91', lvBaseline: '0.89' },
  },
  {
    id: 'views-models',
    place: '2.2.1',
    quote:
      'the fine-tuned EchoApex-B model achieves the highest mean BACC (0.976) over all the classes, compared to values of 0.972 for EchoApex-S, 0.975 for EchoApex-B with a ViT-B backbone and adapters (EchoApex-AdaB), and 0.968 for EchoApex-AdaS.',
    figures: { b: '0.976', s: '0.972', adaB: '0.975', adaS: '0.968' },
  },
  {
    id: 'views-b-against-s',
    place: '2.2.1',
    quote:
      'EchoApex-B outperforms EchoApex-S significantly on 8 out of the 18 classes (P < 0.01, no significant difference in performance on 4 classes), mostly on the contrasted and parasternal views (PLAX:LV, PLAX:ID, PSAX:MV), for which the number of training samples is one or two orders of magnitude smaller compared to the apical classes.',
    figures: { better: '8', views: '18', alpha: '0.01', equal: '4' },
  },
  {
    id: 'views-out-of-distribution',
    place: '2.2.1',
    quote:
      'The EchoApex models show better generalization capabilities, with the best performing models being EchoApex-AdaS and EchoApex-B.',
    figures: {},
  },
  {
    id: 'views-adapters-models',
    place: '2.2.2',
    quote:
      'EchoApex-AdaB outperforms not only its counterpart with a Vit-S backbone but also the fine-tuned EchoApex-S (P < 0.01 for both cases).',
    figures: { alpha: '0.01' },
  },
  {
    id: 'views-adapters-classes',
    place: '2.2.2',
    quote:
      'EchoApex-AdaB significantly surpasses EchoApex-AdaS in 11 classes (no significant difference in 4 classes) and EchoApex-S in 8 classes (no significant difference in 6 classes).',
    figures: { betterAdaS: '11', equalAdaS: '4', betterS: '8', equalS: '6' },
  },
  {
    id: 'segmentation-medsam-data',
    place: '2.3',
    quote:
      'The first is MedSAM [31], a foundation model trained on 1.5 million annotated images from diverse modalities',
    figures: { images: '1.5 million' },
  },
  {
    id: 'segmentation-medsam-share',
    place: '2.3',
    quote: 'As echo represents only a small portion (approximately 5%) of the training data in MedSAM',
    figures: { share: '5%' },
  },
  {
    id: 'segmentation-specialists',
    place: '2.3',
    quote: 'We observe that the UNet specialist models generally shows better performance than MedSAM.',
    figures: {},
  },
  {
    id: 'segmentation-dice',
    place: '2.3',
    quote:
      'EchoApex-SAM-B outperforms both MedSAM and UNet-specialist on all categories in all datasets, achieving an average dice score of 0.927 (95% CI 0.926-0.928), showing an average of 0.23 and 0.57 dice improvement accordingly.',
    figures: { dice: '0.927', low: '0.926', high: '0.928', first: '0.23', second: '0.57' },
  },
  {
    id: 'few-shot-repeats',
    place: '2.3.1',
    quote: 'Each experiment is repeated 24 times, maximizing the usage of 3 node of 8-GPUs on the compute cluster.',
    figures: { repeats: '24', nodes: '3', gpus: '8' },
  },
  {
    id: 'few-shot-dice',
    place: '2.3.1',
    quote:
      'when sample size increases more than 500, with an average of 0.042, 0.039, 0.052 dice increment, reaching an average score of 0.893 (500 samples), 0.906 (1000 samples), and 0.923 (5000 samples) respectively.',
    figures: {
      gain500: '0.042',
      gain1000: '0.039',
      gain5000: '0.052',
      dice500: '0.893',
      dice1000: '0.906',
      dice5000: '0.923',
    },
  },
  {
    id: 'few-shot-spread',
    place: '2.3.1',
    quote:
      'the standard deviation of the EchoApex model (0.060 for 500, 0.053 for 1000 and 0.037 for 5000) is also consistently smaller than the imagenet pretrained model (0.064 for 500, 0.054 for 1000 and 0.052 for 5000)',
    figures: {
      ours500: '0.060',
      ours1000: '0.053',
      ours5000: '0.037',
      baseline500: '0.064',
      baseline1000: '0.054',
      baseline5000: '0.052',
    },
  },
  {
    id: 'zero-shot-ours',
    place: '2.3.2',
    quote:
      'EchoApex-SAM-S achieves an average dice score of 0.923 (95% CI 0.922-0.925) on the in-domain test set, and an average dice score 0.877 (95% CI 0.873-0.880) on the generalization test set, with 0.756, 0.905, 0.889 on Vol-Biplane, CAMUS and EchoNet-Pediatric respectively.',
    figures: {
      inDomain: '0.923',
      low: '0.922',
      high: '0.925',
      mean: '0.877',
      meanLow: '0.873',
      meanHigh: '0.880',
      biplane: '0.756',
      camus: '0.905',
      pediatric: '0.889',
    },
  },
  {
    id: 'zero-shot-specialist',
    place: '2.3.2',
    quote:
      'The DeepLabV3 model achieves an average dice score of 0.915 (95% CI 0.913-0.917) on the in-domain test set, and an average dice score 0.834 (95% CI 0.829-0.840) on the generalization test set, with 0.744, 0.848, 0.844 on Vol-Biplane, CAMUS and EchoNet-Pediatric respectively.',
    figures: {
      inDomain: '0.915',
      low: '0.913',
      high: '0.917',
      mean: '0.834',
      meanLow: '0.829',
      meanHigh: '0.840',
      biplane: '0.744',
      camus: '0.848',
      pediatric: '0.844',
    },
  },
  {
    id: 'lvh-superior',
    place: '2.4.1',
    quote:
      'EchoApex-S achieves superior performance compared to the DeepLabV3 baseline on the internal EchoNet-LVH dataset.',
    figures: {},
  },
  {
    id: 'lvh-landmark-significance',
    place: '2.4.1',
    quote:
      'Landmark error is significantly improved on IVS and LVID measurements, with P < 0.01, according to a one-sided t-test.',
    figures: { alpha: '0.01' },
  },
  {
    id: 'lvh-landmark',
    place: '2.4.1',
    quote: 'We report mean values of 4.11 mm and 4.89 mm for IVS and LVID, respectively, for our',
    figures: { ivs: '4.11', lvid: '4.89' },
  },
  {
    id: 'lvh-landmark-baseline',
    place: '2.4.1',
    quote: 'DeepLabV3 achieves values 4.69 mm and 5.35 mm, respectively.',
    figures: { ivs: '4.69', lvid: '5.35' },
  },
  {
    id: 'lvh-mae',
    place: '2.4.1',
    quote:
      'MAE on LVID measurements is also reduced for EchoApex-S with a value of 2.71 mm compared to a value of 3.23 mm for DeepLabV3.',
    figures: { ours: '2.71', baseline: '3.23' },
  },
  {
    id: 'lvh-r2',
    place: '2.4.1',
    quote:
      'We report R2 values between the model and human measurements of 0.96 and 0.95 for the EchoApex-S and DeepLabV3 models',
    figures: { ours: '0.96', baseline: '0.95' },
  },
  {
    id: 'unity-landmark',
    place: '2.4.1',
    quote:
      'with a mean landmark errors of 5.98 mm and 7.57 mm on IVS and LVID, as opposed to 13.86 mm and 11.25 for the DeepLabV3 baseline.',
    figures: { ivs: '5.98', lvid: '7.57', ivsBaseline: '13.86', lvidBaseline: '11.25' },
  },
  {
    id: 'unity-mae',
    place: '2.4.1',
    quote:
      'MAE values obtained by EchoApex-S are 2.69 mm and 4.82 mm for IVS and LVID, respectively while the DeepLabV3 performance on the unseen test distribution is worse, with MAE values of 3.78 mm and 7.54 mm for IVS and LVID, respectively.',
    figures: { ivs: '2.69', lvid: '4.82', ivsBaseline: '3.78', lvidBaseline: '7.54' },
  },
  {
    id: 'unity-r2',
    place: '2.4.1',
    quote: 'EchoApex-S achieves a R2 of 0.87 on the external test dataset, as opposed to 0.72 for DeepLabV3.',
    figures: { ours: '0.87', baseline: '0.72' },
  },
  {
    id: 'lvh-adapters',
    place: '2.4.2',
    quote:
      'EchoApex-AdaS outperforms significantly (P < 0.01) the DeepLabV3 baseline in both landmark error and MAE for the IVS and LVID measurements.',
    figures: { alpha: '0.01' },
  },
  {
    id: 'lvh-adapters-r2',
    place: '2.4.2',
    quote: 'We report at R2 of 0.81 for EchoApex-AdaS on this dataset.',
    figures: { r2: '0.81' },
  },
  {
    id: 'unity-adapters',
    place: '2.4.2',
    quote:
      'EchoApex-AdaS shows superior performance compared to DeepLabV3, with significantly better results for both landmark error and MAE in the measurements of IVS and LVID (P < 0.01)',
    figures: { alpha: '0.01' },
  },
  {
    id: 'unity-adapters-lvid',
    place: '2.4.2',
    quote:
      'There are no statistically significant difference between the performance of the EchoApex-S and EchoApex-AdaS on both datasets except for the MAE on the Unity LVID measurements, where EchoApex-AdaS outperforms its fine-tuned counterpart.',
    figures: {},
  },
  {
    id: 'unity-adapters-r2',
    place: '2.4.2',
    quote: 'with a R2 of 0.87 on the Unity dataset, as opposed to 0.81 for its adapter counterpart.',
    figures: { ours: '0.87', adapter: '0.81' },
  },
  {
    id: 'lvh-training-size',
    place: '2.4.2',
    quote:
      'the training dataset was orders of magnitude smaller compared to the view classification task. Indeed, tens of thousand of training samples were used for this task as opposed to millions in the view classification experiment.',
    figures: {},
  },
  {
    id: 'ef-dynamic',
    place: '2.5',
    quote:
      'EchoApex-ST achieved a mean absolute error (MAE) of 5.6% for LVEF, reducing the error by 0.5% compared to ImageNet-ST (6.1%).',
    figures: { mae: '5.6%', gain: '0.5%', baseline: '6.1%' },
  },
  {
    id: 'ef-dynamic-auc',
    place: '2.5',
    quote:
      'When using an LVEF threshold of less than 50% to classify cardiomyopathy, EchoApex-ST had an area under the curve (AUC) of 0.93, whereas ImageNet-ST had an AUC of 0.89',
    figures: { threshold: '50%', auc: '0.93', baseline: '0.89' },
  },
  {
    id: 'ef-camus',
    place: '2.5',
    quote: 'EchoApex-ST achieved an MAE of 10.7% for LVEF, a reduction of 7.7% compared to ImageNet-ST’s 18.4%.',
    figures: { mae: '10.7%', gain: '7.7%', baseline: '18.4%' },
  },
  {
    id: 'ef-camus-auc',
    place: '2.5',
    quote: 'again had an AUC of 0.69, while ImageNet-ST had an AUC of 0.62',
    figures: { auc: '0.69', baseline: '0.62' },
  },
  {
    id: 'views-five-frames',
    place: '2.2.1',
    quote:
      'we extract 5 frames from each video sequence, classify them individually and apply majority voting to obtain a sequence label.',
    figures: { frames: '5' },
    setting: true,
  },
  {
    id: 'few-shot-sizes',
    place: '2.3.1',
    quote: 'We randomly sample 50, 100, 500, 1000 and 5000 annotated images from the whole dataset',
    figures: { first: '50', second: '100', third: '500', fourth: '1000', fifth: '5000' },
    setting: true,
  },
  {
    id: 'few-shot-small',
    place: '2.3.1',
    quote:
      'EchoApex does not show superior performance to the imagenet pretrained model when samples are very few, e.g. 50 or 100.',
    figures: { first: '50', second: '100' },
  },
  {
    id: 'unity-significance',
    place: '2.4.1',
    quote:
      'EchoApex-S achieves substantial improvement on the IVS and LVID measurements compared to DeepLabV3 (P value < 0.01), both for landmark error and MAE',
    figures: { alpha: '0.01' },
  },
  {
    id: 'ef-camus-threshold',
    place: '2.5',
    quote: 'Using the same LVEF threshold of less than 50% for cardiomyopathy classification',
    figures: { threshold: '50%' },
    setting: true,
  },
  {
    id: 'figure-5',
    place: 'Fig. 5',
    quote: 'p < 0.01 is from a one-sided t-test showing significant improvement between EchoApex-S and DeepLabV3.',
    figures: { alpha: '0.01' },
  },
  {
    id: 'figure-6',
    place: 'Fig. 6',
    quote: 'shows ROC of cardiomyopathy using a threshold of 50%.',
    figures: { threshold: '50%' },
    setting: true,
  },
];
