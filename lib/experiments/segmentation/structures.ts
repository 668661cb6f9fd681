/** The structures that the data sets trace. */
export const STRUCTURES = {
  leftVentricle: { value: 1, text: 'left ventricle', short: 'LV' },
  myocardium: { value: 2, text: 'left ventricular wall', short: 'wall' },
  leftAtrium: { value: 3, text: 'left atrium', short: 'LA' },
  rightVentricle: { value: 4, text: 'right ventricle', short: 'RV' },
  rightAtrium: { value: 5, text: 'right atrium', short: 'RA' },
} as const;

/** Name of a structure. */
export type Structure = keyof typeof STRUCTURES;

/** All names, by value. */
export const STRUCTURE_NAMES = Object.keys(STRUCTURES) as Structure[];

/** The sets of the benchmark (paper Table 8). */
export const SEGMENTATION_SETS = ['camus', 'echonet-dynamic', 'echonet-pediatric', 'vol-biplane'] as const;
export type SegmentationSet = (typeof SEGMENTATION_SETS)[number];

/** Names as the paper's tables print them. */
export const SET_TITLES: Readonly<Record<SegmentationSet, string>> = {
  camus: 'CAMUS',
  'echonet-dynamic': 'ENDym',
  'echonet-pediatric': 'ENPed',
  'vol-biplane': 'Vol-biplane',
};

/** What Table 9 has a row of: a structure in a set, by phase or by view where the paper tells them apart. */
export function targetOf(frame: {
  readonly set: SegmentationSet;
  readonly view: string;
  readonly phase: string | null;
  readonly structure: Structure;
}): string {
  const { short } = STRUCTURES[frame.structure];
  const title = SET_TITLES[frame.set];
  if (frame.set === 'echonet-pediatric') return `${title}-${frame.view} ${short}`;
  if (frame.set === 'vol-biplane') return `${title} ${short}`;
  return `${title} ${short}-${frame.phase}`;
}
