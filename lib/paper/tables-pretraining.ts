import { paperTable } from './paper-table.js';

/** Table 1: hyperparameters of the pretraining. */
export const TABLE_1 = paperTable(
  1,
  'Hyperparameters of EchoApex with ViT-B encoder',
  ['Module', 'Value'],
  [
    ['blocks', 'Network', '12'],
    ['heads', 'Network', '12'],
    ['embedding dim', 'Network', '768'],
    ['no. tokens', 'Network', '64'],
    ['patch size', 'Network', '14'],
    ['global crop size', 'Augmentation', '112'],
    ['global crop scale', 'Augmentation', '(0.25, 1.0)'],
    ['local crop size', 'Augmentation', '42'],
    ['local crop scale', 'Augmentation', '(0.05, 0.25)'],
    ['random mask ratio', 'Augmentation', '(0.1, 0.5)'],
    ['ts hidden dim', 'DINOv1', '2048'],
    ['ts bottleneck dim', 'DINOv1', '64'],
    ['ts output dim', 'DINOv1', '65536'],
    ['warmup teacher temp', 'DINOv1', '0.04'],
    ['teacher temp', 'DINOv1', '0.07'],
    ['optimizer', 'DINOv1', 'AdamW'],
    ['learning rate', 'DINOv1', '0.0005'],
    ['weight decay', 'DINOv1', '0.005'],
    ['ibot hidden dim', 'DINOv2', '2048'],
    ['ibot output dim', 'DINOv2', '65536'],
    ['ibot seperate head', 'DINOv2', 'true'],
    ['ibot loss weight', 'DINOv2', '1.0'],
  ],
  'The caption adds: a single node of 8 GPUs of 80 GB, 2100 GPU hours on Echo20M.',
);
