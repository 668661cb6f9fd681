import type { Statement } from './statement.js';

/** Quantitative sentences of the methods, A.1 to A.7, and of the supplement. */
export const METHOD_STATEMENTS: readonly Statement[] = [
  {
    id: 'methods-data',
    place: 'A.1',
    quote: 'echocardiographic images from 450,338 videos involving 26,704 patients across 11 clinical centers.',
    figures: { videos: '450,338', patients: '26,704', centres: '11' },
  },
  {
    id: 'methods-vendors',
    place: 'A.1',
    quote: 'Siemens Healthineers (68%, by number of videos), GE (15%), Philips (16%), and Samsung (1%).',
    figures: { siemens: '68%', ge: '15%', philips: '16%', samsung: '1%' },
  },
  {
    id: 'methods-slices',
    place: 'A.1',
    quote:
      '12 slices were extracted at 15-degree intervals from the AB-plane views (sagittal and coronal views), and 3 slices from the C-plane view (transverse view).',
    figures: { slices: '12', degrees: '15', transverse: '3' },
  },
  {
    id: 'methods-images',
    place: 'A.1',
    quote: 'A total of 37.4 million images were extracted from the entire dataset.',
    figures: { images: '37.4 million' },
  },
  {
    id: 'methods-vit',
    place: 'A.1',
    quote:
      'ViT-B, which has 12 blocks, a patch size of 14, and a feature embedding dimension of 768, as well as the smaller model, ViT-S, which has 12 blocks, a patch size of 8, and an embedding dimension of 384.',
    figures: { blocksB: '12', patchB: '14', widthB: '768', blocksS: '12', patchS: '8', widthS: '384' },
  },
  {
    id: 'methods-hyperparameters',
    place: 'A.1',
    quote:
      'We followed the same training hyperparameters as detailed in the DINO papers, which are outlined in Table 1.',
    figures: {},
  },
  {
    id: 'methods-view-size',
    place: 'A.2',
    quote:
      'Images were resized to 112x112 for the ViT-B models, 128x128 for the ViT-S models and the ResNet50 baseline.',
    figures: { sizeB: '112', sizeS: '128' },
  },
  {
    id: 'methods-view-split',
    place: 'A.2',
    quote: 'Train (21500 / 2.5M) ; Validation (2150 / 250K) ; Test (2100 / 250K).',
    figures: {
      train: '21500',
      trainImages: '2.5M',
      validation: '2150',
      validationImages: '250K',
      test: '2100',
      testImages: '250K',
    },
    setting: true,
  },
  {
    id: 'methods-view-frames',
    place: 'A.2',
    quote:
      'we used 5 frames from the sequence and performed a majority voting to determine the label associated to the sequence. Namely, given a sequence with N frames, we selected the frames at index 0, 0.25N , 0.5N , 0.75N and N − 1.',
    figures: { frames: '5' },
    setting: true,
  },
  {
    id: 'methods-dynamic',
    place: 'A.3',
    quote:
      'comprises 10,030 apical-4-chamber echocardiography videos from 10,030 patients over a three-year period. Each video includes two traces of the left ventricle at end-systole and end-diastole.',
    figures: { videos: '10,030', patients: '10,030' },
  },
  {
    id: 'methods-camus',
    place: 'A.3',
    quote: 'includes 1,000 echocardiography videos from 500 patients.',
    figures: { videos: '1,000', patients: '500' },
  },
  {
    id: 'methods-pediatric',
    place: 'A.3',
    quote:
      'includes 3,176 apical-4-chamber echocardiography videos and 4,424 parasternal short axis echocardiography videos, with a spanning period of 7 years (2014-2021). Each video includes tracings of left ventricle at end-systole and end-diastole by human experts.',
    figures: { a4c: '3,176', psax: '4,424', years: '7', first: '2014', last: '2021' },
  },
  {
    id: 'methods-biplane',
    place: 'A.3',
    quote:
      'The internal dataset comprises 975 volumetric transthoracic echocardiograms (TTE) and 195 volumetric transesophageal echocardiograms (TEE).',
    figures: { tte: '975', tee: '195' },
  },
  {
    id: 'methods-forward',
    place: 'A.3',
    quote: 'We found that a forward factor of 4 and a decayed loss weight of 0.9 yielded the best performance.',
    figures: { forwards: '4', decay: '0.9' },
    setting: true,
  },
  {
    id: 'methods-lvh-split',
    place: 'A.4',
    quote: 'with respectively 20254, 2275 and 683 annotated frames',
    figures: { train: '20254', validation: '2275', test: '683' },
    setting: true,
  },
  {
    id: 'methods-unity',
    place: 'A.4',
    quote: 'the validation split was employed to evaluate the model performance on 1095 unseen frames.',
    figures: { frames: '1095' },
    setting: true,
  },
  {
    id: 'methods-lvh-size',
    place: 'A.4',
    quote: 'resized to 256x256 and to 266x266 for ViT-S and ViT-B experiments, respectively.',
    figures: { sizeS: '256', sizeB: '266' },
  },
  {
    id: 'methods-ef-frames',
    place: 'A.5',
    quote:
      '8 frames were sampled between the ED and ES frames and independently processed by the EchoApex encoder to obtain feature embeddings.',
    figures: { frames: '8' },
    setting: true,
  },
  {
    id: 'methods-bootstrap',
    place: 'A.6',
    quote:
      'we perform nonparametric bootstrapping using 1000 samples and compute the balanced accuracy using the bootstrapped data.',
    figures: { draws: '1000' },
    setting: true,
  },
  {
    id: 'methods-permutation',
    place: 'A.6',
    quote:
      'we use a nonparametric one-sided permutation test on the bootstrapped data, where the observations are randomly paired between the two samples.',
    figures: {},
  },
  {
    id: 'methods-alpha',
    place: 'A.6',
    quote: 'The default significance level was set to 0.01.',
    figures: { alpha: '0.01' },
    setting: true,
  },
  {
    id: 'methods-hours',
    place: 'A.7',
    quote: 'Pretraining of EchoApex vitB model takes approximately 2100 H100 GPU hours.',
    figures: { hours: '2100' },
  },
  {
    id: 'methods-scipy',
    place: 'A.7',
    quote: 'The statistical tests were performed using the Python library scipy 1.7.3.',
    figures: {},
  },
  {
    id: 'table-1-hours',
    place: 'Table 1',
    quote: 'taking a total number of 2100 GPU hours for the pretraining on Echo20M dataset.',
    figures: { hours: '2100' },
  },
  {
    id: 'table-3-means',
    place: 'Table 3',
    quote: 'Model performance for TTE view classification task, averaged over the 18 classes.',
    figures: { views: '18' },
  },
  {
    id: 'table-8-split',
    place: 'Table 8',
    quote:
      'We used three publicly available dataset and their official training/validation/testing split for the model assessment.',
    figures: {},
  },
  {
    id: 'table-9-means',
    place: 'Table 9',
    quote: 'Metric represents average Dice Similarity Coefficient.',
    figures: {},
  },
  {
    id: 'figure-9',
    place: 'Fig. 9',
    quote: '(a) IVS measurement. MAE(mm): 0.12',
    figures: { mae: '0.12' },
  },
  {
    id: 'methods-pretraining-size',
    place: 'A.1',
    quote: 'padded to square, and resized to 112× 112 pixels.',
    figures: { size: '112' },
    setting: true,
  },
  {
    id: 'methods-view-sites',
    place: 'A.2',
    quote: 'The datasets used for view classification come from 6 different clinical sites',
    figures: { sites: '6' },
    setting: true,
  },
  {
    id: 'methods-boxes',
    place: 'A.3',
    quote:
      'box prompts were generated from ground truth annotations and then randomly perturbed up to 15% translation at each corner.',
    figures: { jitter: '15%' },
    setting: true,
  },
  {
    id: 'methods-segmentation-size',
    place: 'A.3',
    quote: 'The input size to EchoApex-SAM-B was the same as during pretraining, 112× 112 pixels.',
    figures: { size: '112' },
    setting: true,
  },
  {
    id: 'methods-segmentation-optimizer',
    place: 'A.3',
    quote:
      'we used the AdamW optimizer with a learning rate of 5e− 4, weight decay of 0.005, and a linear learning rate decay schedule.',
    figures: { decay: '0.005' },
    setting: true,
  },
  {
    id: 'methods-segmentation-epochs',
    place: 'A.3',
    quote: 'All models were trained for 60 epochs',
    figures: { epochs: '60' },
    setting: true,
  },
  {
    id: 'methods-deeplab-size',
    place: 'A.4',
    quote: 'When training the DeepLabV3 baseline from [37], the images were resized to 640x640 pixels.',
    figures: { size: '640' },
    setting: true,
  },
  {
    id: 'methods-threshold',
    place: 'A.4',
    quote:
      'we first filtered the outputs using a threshold value of 0.3, as per [37]. The landmark location was then computed using the centroid of the pixels whose value was greater than 0.3.',
    figures: { threshold: '0.3' },
    setting: true,
  },
  {
    id: 'methods-ef-scale',
    place: 'A.5',
    quote:
      'A Sigmoid final layer mapped the decoder’s prediction into the (0,1) range, and a multiplication factor of 100 scaled it to (0,100).',
    figures: { factor: '100' },
    setting: true,
  },
  {
    id: 'methods-ef-optimizer',
    place: 'A.5',
    quote: 'The model was trained using the AdamW optimizer with a learning rate of 5e-4 and a weight decay of 0.005.',
    figures: { rate: '5e-4', decay: '0.005' },
    setting: true,
  },
  {
    id: 'methods-nodes',
    place: 'A.7',
    quote:
      'Model pretraining and finetuning for all tasks are performed on nodes with 8 80GB NVIDIA H100 or A100 GPUs.',
    figures: { gpus: '8' },
    setting: true,
  },
  {
    id: 'table-1-node',
    place: 'Table 1',
    quote: 'A single node of 8 × 80GB Nvidia GPUs is used to train EchoApex-B',
    figures: { gpus: '8' },
    setting: true,
  },
  {
    id: 'supplement-images',
    place: 'C',
    quote: 'EchoApex is pretrained on over 20 million echo images from 11 clinical centres.',
    figures: { images: '20 million', centres: '11' },
  },
  {
    id: 'supplement-tasks',
    place: 'C',
    quote:
      'we demonstrate the effectiveness of EchoApex on 4 different kind of clinical applications with 28 sub-tasks',
    figures: { applications: '4', subTasks: '28' },
  },
];
