import { paperTable } from './paper-table.js';

/** Table 8: counts of the segmentation study. */
export const TABLE_8 = paperTable(
  8,
  'Details of dataset for structure segmentation',
  ['Structure', 'Views', 'Patients', 'Videos', 'Annotation', 'Evaluation'],
  [
    ['EchoNet-Dynamic LV A4C', 'LV', 'A4C', '10030', '10030', '20048', '2552'],
    ['CAMUS LV A4C', 'LV', 'A4C', '500', '500', '9964', '80'],
    ['CAMUS LV A2C', 'LV', 'A2C', '500', '500', '9268', '80'],
    ['CAMUS LA A4C', 'LA', 'A4C', '500', '500', '9964', '80'],
    ['CAMUS LA A2C', 'LA', 'A2C', '500', '500', '9264', '80'],
    ['Vol-biplane', 'four chambers', '-', '1231', '1231', '9129', '1827'],
    ['EchoNet-Pediatric LV A4C', 'LV', 'A4C', '1958', '3176', '6449', '1386'],
    ['EchoNet-Pediatric LV PSAX', 'LV', 'PSAX', '1958', '4424', '9001', '1928'],
  ],
  'The table prints the 500 patients of CAMUS and the 1958 of EchoNet-Pediatric once for all their rows.',
);

/** Table 9: Dice of the segmentation models. */
export const TABLE_9 = paperTable(
  9,
  'Benchmark of segmentation performance with state-of-the-art models. Metric represents average Dice Similarity Coefficient',
  ['Specialist', 'MedSAM', 'EchoApex-SAM-AdaB', 'EchoApex-SAM-B'],
  [
    ['CAMUS LV-ES', '0.916', '0.856', '0.920', '0.930'],
    ['CAMUS LV-ED', '0.939', '0.887', '0.937', '0.945'],
    ['CAMUS LV mean', '0.928', '0.872', '0.929', '0.938'],
    ['CAMUS LA-ES', '0.918', '0.825', '0.901', '0.920'],
    ['CAMUS LA-ED', '0.889', '0.780', '0.874', '0.896'],
    ['CAMUS LA mean', '0.904', '0.803', '0.888', '0.908'],
    ['ENDym LV-ES', '0.903', '0.845', '0.910', '0.917'],
    ['ENDym LV-ED', '0.927', '0.885', '0.930', '0.939'],
    ['ENDym LV mean', '0.915', '0.865', '0.920', '0.928'],
    ['ENPed-A4C LV', '0.891', '0.872', '0.913', '0.921'],
    ['ENPed-PSAX LV', '0.896', '0.880', '0.925', '0.930'],
  ],
);
