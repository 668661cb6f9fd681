/** The 18 transthoracic views of EchoApex B.2, in its order. */
export const VIEW_NAMES = [
  'A2C',
  'A3C',
  'A4C',
  'A5C',
  'Cont:A2C',
  'Cont:A3C',
  'Cont:A4C',
  'Cont:SAX',
  'PLAX:ID',
  'PLAX:LV',
  'PLAX:RVN',
  'PLAX:RVT',
  'PLAX:VAL',
  'PSAX:AV',
  'PSAX:MV',
  'PSAX:PAP',
  'SC:4C',
  'SC:IVC',
] as const;

/** A view of {@link VIEW_NAMES}. */
export type ViewName = (typeof VIEW_NAMES)[number];
