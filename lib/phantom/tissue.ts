/** What a point of the body is made of. The numbers index echogenicity tables. */
export const Tissue = {
  outside: 0,
  blood: 1,
  myocardium: 2,
  rightBlood: 3,
  rightWall: 4,
  atrialBlood: 5,
  atrialWall: 6,
  vesselWall: 7,
  leaflet: 8,
  papillary: 9,
  pericardium: 10,
  fat: 11,
  liver: 12,
  vein: 13,
  diaphragm: 14,
  effusion: 15,
  lung: 16,
} as const;

/** Number of tissues. */
export const TISSUE_COUNT = 17;

/** The label that a reader would draw at a point; valves, papillary muscles and trabeculae count as cavity. */
export const Chamber = {
  none: 0,
  leftVentricle: 1,
  myocardium: 2,
  leftAtrium: 3,
  rightVentricle: 4,
  rightAtrium: 5,
} as const;

/** Indices into the array that `HeartFrame.sample` fills. */
export const Sample = {
  /** One of {@link Tissue}. */
  tissue: 0,
  /** dB added to the tissue's echo; a leaflet falls off with the distance from its middle surface. */
  level: 1,
  /** Tissue coordinates, mm: where this bit of tissue was at end-diastole. Speckle hangs on them. */
  x: 2,
  y: 3,
  z: 4,
  /** Surface normal of layered tissue, unit length; 0 where tissue has no direction. */
  normalX: 5,
  normalY: 6,
  normalZ: 7,
  /** One of {@link Chamber}. */
  chamber: 8,
  /** Depth in a wall, 0 inner to 1 outer; or normalised distance from the axis in the left ventricle's cavity. */
  depth: 9,
  /** The point's z at end-diastole, as if its tissue moved with the left ventricle, mm. */
  material: 10,
  /** mm beyond the left ventricle's epicardium. */
  beyond: 11,
} as const;

/** Length of the array that `HeartFrame.sample` fills. */
export const SAMPLE_LENGTH = 12;
