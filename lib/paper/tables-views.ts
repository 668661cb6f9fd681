import { paperTable } from './paper-table.js';

/** The 18 views in the order of Tables 5 to 7, which print PLAX:Valves for the PLAX:VAL of section B.2. */
export const PAPER_VIEWS = [
  'A2C',
  'A3C',
  'A4C',
  'A5C',
  'Cont:A2C',
  'Cont:A3C',
  'Cont:A4C',
  'Cont:SAX',
  'PLAX:LV',
  'PLAX:ID',
  'PLAX:RVN',
  'PLAX:RVT',
  'PLAX:Valves',
  'PSAX:AV',
  'PSAX:PAP',
  'PSAX:MV',
  'SC:4C',
  'SC:IVC',
] as const;

/** A view of {@link PAPER_VIEWS}. */
export type PaperView = (typeof PAPER_VIEWS)[number];

/** The five models of the view study, named as in the text; Ada: frozen encoder with adapters. */
export const VIEW_MODELS = ['ResNet50-IN', 'EchoApex-AdaS', 'EchoApex-S', 'EchoApex-AdaB', 'EchoApex-B'] as const;

/** A model of {@link VIEW_MODELS}. */
export type ViewModel = (typeof VIEW_MODELS)[number];

const PER_VIEW = ['Accuracy', 'F1-Score', 'BACC'];

/** Table 2: hyperparameters of the view classification. */
export const TABLE_2 = paperTable(
  2,
  'Hyperparameters used for the view classification experiment. Batch size refers to the batch size per GPU',
  ['Optimizer', 'Learning rate', 'Batch size', 'Adapter hidden size'],
  [
    ['ResNet50-IN', 'AdamW', '1.0e-4', '256', ''],
    ['ViT-S', 'AdamW', '1.0e-4', '256', '192'],
    ['ViT-B', 'AdamW', '1.0e-5', '32', '384'],
  ],
);

/** Table 3: means over the 18 classes. */
export const TABLE_3 = paperTable(
  3,
  'Model performance for TTE view classification task, averaged over the 18 classes. BACC: Balanced Accuracy',
  ['Accuracy', 'F1-score', 'BACC'],
  [
    ['ResNet50-IN', '0.923', '0.917', '0.959'],
    ['EchoApex-AdaS', '0.940', '0.942', '0.968'],
    ['EchoApex-S', '0.948', '0.948', '0.972'],
    ['EchoApex-AdaB', '0.954', '0.955', '0.975'],
    ['EchoApex-B', '0.956', '0.954', '0.976'],
  ],
);

/** Table 4: two unseen data sets. */
export const TABLE_4 = paperTable(
  4,
  'Model performance on the TTE view classification task on two unseen datasets, CAMUS and EchoNet-Dynamic. A2C and A4C images are present in the CAMUS dataset and only A4C images are available in the EchoNet-Dynamic dataset. We only report accuracy for the EchoNet dataset',
  ['Accuracy [EchoNet]', 'Accuracy [CAMUS]', 'F1-score [CAMUS]', 'BACC [CAMUS]'],
  [
    ['ResNet50-IN', '0.764', '0.902', '0.931', '0.935'],
    ['EchoApex-AdaS', '0.922', '0.942', '0.961', '0.962'],
    ['EchoApex-S', '0.853', '0.947', '0.962', '0.963'],
    ['EchoApex-AdaB', '0.832', '0.926', '0.955', '0.957'],
    ['EchoApex-B', '0.874', '0.939', '0.962', '0.963'],
  ],
);

/** Table 5: ResNet50 by view. "Accuracy" is the recall of the view. */
export const TABLE_5 = paperTable(
  5,
  'Detailed performance metrics for the ResNet50 model for the view classfication task',
  PER_VIEW,
  [
    ['A2C', '0.982', '0.985', '0.991'],
    ['A3C', '1.000', '0.889', '0.99'],
    ['A4C', '0.992', '0.99', '0.995'],
    ['A5C', '0.952', '0.968', '0.976'],
    ['Cont:A2C', '0.923', '0.835', '0.958'],
    ['Cont:A3C', '0.889', '0.923', '0.944'],
    ['Cont:A4C', '0.892', '0.938', '0.946'],
    ['Cont:SAX', '1.000', '0.987', '1.000'],
    ['PLAX:LV', '0.802', '0.838', '0.894'],
    ['PLAX:ID', '0.690', '0.813', '0.845'],
    ['PLAX:RVN', '0.936', '0.946', '0.967'],
    ['PLAX:RVT', '0.824', '0.848', '0.911'],
    ['PLAX:Valves', '0.909', '0.866', '0.949'],
    ['PSAX:AV', '1.000', '0.884', '0.996'],
    ['PSAX:PAP', '0.946', '0.96', '0.971'],
    ['PSAX:MV', '0.883', '0.866', '0.939'],
    ['SC:4C', '1.000', '0.99', '1.000'],
    ['SC:IVC', '1.000', '0.977', '1.000'],
  ],
);

/** Table 6: ViT-S by view, adapters then fine-tuned; rows are model and view. */
export const TABLE_6 = paperTable(
  6,
  'Detailed performance metrics of the EchoApex model with ViT-S backbone on the view classification task',
  PER_VIEW,
  [
    ['EchoApex-AdaS A2C', '0.982', '0.985', '0.991'],
    ['EchoApex-AdaS A3C', '1.000', '0.948', '0.996'],
    ['EchoApex-AdaS A4C', '1.000', '0.995', '0.999'],
    ['EchoApex-AdaS A5C', '0.952', '0.968', '0.976'],
    ['EchoApex-AdaS Cont:A2C', '0.942', '0.845', '0.968'],
    ['EchoApex-AdaS Cont:A3C', '0.907', '0.933', '0.953'],
    ['EchoApex-AdaS Cont:A4C', '0.860', '0.914', '0.930'],
    ['EchoApex-AdaS Cont:SAX', '1.000', '0.987', '1.000'],
    ['EchoApex-AdaS PLAX:LV', '0.942', '0.892', '0.961'],
    ['EchoApex-AdaS PLAX:ID', '0.721', '0.830', '0.860'],
    ['EchoApex-AdaS PLAX:RVN', '0.936', '0.967', '0.968'],
    ['EchoApex-AdaS PLAX:RVT', '1.000', '0.971', '1.000'],
    ['EchoApex-AdaS PLAX:Valves', '0.868', '0.890', '0.931'],
    ['EchoApex-AdaS PSAX:AV', '1.000', '1.000', '1.000'],
    ['EchoApex-AdaS PSAX:PAP', '0.984', '0.972', '0.989'],
    ['EchoApex-AdaS PSAX:MV', '0.831', '0.883', '0.915'],
    ['EchoApex-AdaS SC:4C', '1.000', '0.990', '1.000'],
    ['EchoApex-AdaS SC:IVC', '1.000', '1.000', '1.000'],
    ['EchoApex-S A2C', '0.988', '0.988', '0.994'],
    ['EchoApex-S A3C', '1.000', '0.943', '0.995'],
    ['EchoApex-S A4C', '0.997', '0.995', '0.998'],
    ['EchoApex-S A5C', '0.968', '0.984', '0.984'],
    ['EchoApex-S Cont:A2C', '0.962', '0.877', '0.978'],
    ['EchoApex-S Cont:A3C', '0.889', '0.941', '0.944'],
    ['EchoApex-S Cont:A4C', '0.925', '0.950', '0.962'],
    ['EchoApex-S Cont:SAX', '0.987', '0.981', '0.993'],
    ['EchoApex-S PLAX:LV', '0.888', '0.881', '0.936'],
    ['EchoApex-S PLAX:ID', '0.729', '0.828', '0.863'],
    ['EchoApex-S PLAX:RVN', '0.947', '0.973', '0.973'],
    ['EchoApex-S PLAX:RVT', '1.000', '0.971', '1.000'],
    ['EchoApex-S PLAX:Valves', '0.926', '0.885', '0.958'],
    ['EchoApex-S PSAX:AV', '1.000', '1.000', '1.000'],
    ['EchoApex-S PSAX:PAP', '0.984', '0.978', '0.990'],
    ['EchoApex-S PSAX:MV', '0.883', '0.907', '0.940'],
    ['EchoApex-S SC:4C', '1.000', '0.990', '1.000'],
    ['EchoApex-S SC:IVC', '1.000', '1.000', '1.000'],
  ],
);

/** Table 7: ViT-B by view, adapters then fine-tuned; rows are model and view. */
export const TABLE_7 = paperTable(
  7,
  'Detailed performance metrics of the EchoApex model with ViT-B backbone on the view classification task',
  PER_VIEW,
  [
    ['EchoApex-AdaB A2C', '0.988', '0.988', '0.994'],
    ['EchoApex-AdaB A3C', '1.000', '0.96', '0.997'],
    ['EchoApex-AdaB A4C', '1.000', '0.997', '0.999'],
    ['EchoApex-AdaB A5C', '1.000', '1.000', '1.000'],
    ['EchoApex-AdaB Cont:A2C', '0.923', '0.881', '0.959'],
    ['EchoApex-AdaB Cont:A3C', '0.944', '0.971', '0.972'],
    ['EchoApex-AdaB Cont:A4C', '0.925', '0.945', '0.962'],
    ['EchoApex-AdaB Cont:SAX', '1.000', '0.987', '1.000'],
    ['EchoApex-AdaB PLAX:LV', '0.909', '0.896', '0.947'],
    ['EchoApex-AdaB PLAX:ID', '0.806', '0.86', '0.901'],
    ['EchoApex-AdaB PLAX:RVN', '0.947', '0.973', '0.973'],
    ['EchoApex-AdaB PLAX:RVT', '1.000', '0.971', '1.000'],
    ['EchoApex-AdaB PLAX:Valves', '0.893', '0.900', '0.944'],
    ['EchoApex-AdaB PSAX:AV', '1.000', '1.000', '1.000'],
    ['EchoApex-AdaB PSAX:PAP', '0.975', '0.972', '0.985'],
    ['EchoApex-AdaB PSAX:MV', '0.870', '0.882', '0.933'],
    ['EchoApex-AdaB SC:4C', '1.000', '1.000', '1.000'],
    ['EchoApex-AdaB SC:IVC', '1.000', '1.000', '1.000'],
    ['EchoApex-B A2C', '0.982', '0.988', '0.991'],
    ['EchoApex-B A3C', '1.000', '0.926', '0.994'],
    ['EchoApex-B A4C', '0.997', '0.994', '0.998'],
    ['EchoApex-B A5C', '0.984', '0.984', '0.992'],
    ['EchoApex-B Cont:A2C', '0.942', '0.916', '0.970'],
    ['EchoApex-B Cont:A3C', '0.963', '0.963', '0.981'],
    ['EchoApex-B Cont:A4C', '0.946', '0.967', '0.973'],
    ['EchoApex-B Cont:SAX', '1.000', '0.994', '1.000'],
    ['EchoApex-B PLAX:LV', '0.897', '0.889', '0.941'],
    ['EchoApex-B PLAX:ID', '0.791', '0.864', '0.894'],
    ['EchoApex-B PLAX:RVN', '0.947', '0.973', '0.973'],
    ['EchoApex-B PLAX:RVT', '1.000', '0.971', '1.000'],
    ['EchoApex-B PLAX:Valves', '0.884', '0.899', '0.94'],
    ['EchoApex-B PSAX:AV', '1.000', '1.000', '1.000'],
    ['EchoApex-B PSAX:PAP', '0.959', '0.97', '0.978'],
    ['EchoApex-B PSAX:MV', '0.922', '0.882', '0.958'],
    ['EchoApex-B SC:4C', '1.000', '1.000', '1.000'],
    ['EchoApex-B SC:IVC', '1.000', '1.000', '1.000'],
  ],
);
