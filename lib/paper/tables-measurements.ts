import { paperTable } from './paper-table.js';

/** The five models of the measurement study; Ada: frozen encoder with adapters. */
export const MEASUREMENT_MODELS = ['DeepLabV3', 'EchoApex-AdaS', 'EchoApex-S', 'EchoApex-AdaB', 'EchoApex-B'] as const;

/** The three measurements. */
export const MEASUREMENTS = ['IVS', 'LVID', 'LVPW'] as const;

const MEAN_AND_STD = ['IVS mean', 'IVS std', 'LVID mean', 'LVID std', 'LVPW mean', 'LVPW std'];
const SPLIT = 'Each "mean ± std" of the table is two columns here, in mm.';

/** Table 10: hyperparameters of the measurement study. */
export const TABLE_10 = paperTable(
  10,
  'Hyperparameters used for the left ventricle measurements experiment. Batch size refers to the batch size per GPU',
  [
    'Optimizer',
    'Learning rate',
    'Focal loss gamma',
    'Gaussian ball std',
    'Weighted MSE loss alpha',
    'Decoder num parameters',
    'Decoder upsampling',
    'Decoder num upsampling blocks',
    'Adapter hidden size',
    'Batch size',
  ],
  [
    ['DeepLabV3', 'AdamW', '1.0e-3', '', '1.0', '1.0e-3', '', '', '', '', '32'],
    ['ViT-S', 'AdamW', '1.0e-4', '2.0', '5.0', '', '3 M', 'ConvTranspose', '3', '192', '16'],
    ['ViT-B', 'AdamW', '1.0e-4', '2.0', '5.0', '', '14 M', 'ConvTranspose', '4', '384', '8'],
  ],
);

/** Table 11: mean absolute error, EchoNet-LVH. */
export const TABLE_11 = paperTable(
  11,
  'Model performance (MAE) on the internal EchoNet-LVH dataset. MAE: Mean absolute error',
  [...MEAN_AND_STD, 'R2'],
  [
    ['DeepLabV3', '1.77', '2.04', '3.23', '2.75', '1.56', '1.30', '0.95'],
    ['EchoApex-AdaS', '1.57', '1.64', '2.57', '2.21', '1.43', '1.15', '0.96'],
    ['EchoApex-S', '1.81', '1.82', '2.75', '2.37', '1.61', '1.29', '0.96'],
    ['EchoApex-AdaB', '1.90', '2.17', '3.15', '3.10', '1.92', '3.05', '0.93'],
    ['EchoApex-B', '2.03', '2.70', '3.06', '3.67', '1.81', '2.24', '0.94'],
  ],
  SPLIT,
);

/** Table 12: landmark error, EchoNet-LVH. */
export const TABLE_12 = paperTable(
  12,
  'Model performance (Averaged landmark error) on the internal EchoNet-LVH dataset',
  MEAN_AND_STD,
  [
    ['DeepLabV3', '4.68', '3.12', '5.35', '3.09', '5.94', '4.06'],
    ['EchoApex-AdaS', '4.10', '3.18', '4.75', '3.30', '5.63', '4.19'],
    ['EchoApex-S', '4.11', '3.10', '4.89', '3.06', '6.00', '4.89'],
    ['EchoApex-AdaB', '4.37', '3.43', '5.19', '3.99', '6.17', '4.55'],
    ['EchoApex-B', '4.73', '3.68', '5.49', '3.67', '6.99', '5.70'],
  ],
  SPLIT,
);

/** Table 13: mean absolute error, Unity. */
export const TABLE_13 = paperTable(
  13,
  'Model performance (MAE) on the external Unity dataset. MAE: Mean absolute error',
  [...MEAN_AND_STD, 'R2'],
  [
    ['DeepLabV3', '3.78', '3.90', '7.54', '8.05', '2.71', '3.18', '0.72'],
    ['EchoApex-AdaS', '2.92', '4.44', '5.60', '6.14', '2.87', '3.63', '0.81'],
    ['EchoApex-S', '2.68', '2.83', '4.82', '5.50', '2.50', '2.59', '0.87'],
    ['EchoApex-AdaB', '3.24', '4.82', '6.75', '8.76', '3.17', '3.84', '0.70'],
    ['EchoApex-B', '3.91', '5.15', '6.09', '6.70', '3.21', '4.90', '0.74'],
  ],
  SPLIT,
);

/** Table 14: landmark error, Unity. */
export const TABLE_14 = paperTable(
  14,
  'Model performance (Averaged landmark error) on the external Unity dataset',
  MEAN_AND_STD,
  [
    ['DeepLabV3', '13.86', '18.75', '11.25', '11.12', '9.27', '7.26'],
    ['EchoApex-AdaS', '6.32', '8.9', '7.66', '7.88', '9.40', '9.62'],
    ['EchoApex-S', '5.98', '7.07', '7.57', '6.49', '9.65', '9.36'],
    ['EchoApex-AdaB', '6.06', '6.52', '8.34', '7.33', '10.28', '11.42'],
    ['EchoApex-B', '8.17', '12.89', '9.03', '8.47', '10.39', '10.68'],
  ],
  SPLIT,
);
