import { ArgumentError } from '../core/errors.js';

export type Sex = 'female' | 'male';

/** Diastolic thickness of the walls and width of the cavity. */
export interface DiastolicWalls {
  readonly ivsMillimetres: number;
  readonly lvidMillimetres: number;
  readonly lvpwMillimetres: number;
}

/** Degree of left-ventricular hypertrophy. */
export type HypertrophySeverity = 'normal' | 'mild' | 'moderate' | 'severe';

/** Shape of the ventricle by mass index and relative wall thickness. */
export type VentricularGeometry =
  | 'normal'
  | 'concentric remodelling'
  | 'concentric hypertrophy'
  | 'eccentric hypertrophy';

/** Highest normal, mildly and moderately abnormal value, by sex. */
export interface Cutoffs {
  readonly female: readonly [number, number, number];
  readonly male: readonly [number, number, number];
}

/** Cut-offs of the linear method: Lang et al. 2005, Table 4 (mass and index as in Lang et al. 2015). */
export const HYPERTROPHY_CUTOFFS = {
  /** Left-ventricular mass over body surface area. */
  massIndexGramsPerSquareMetre: { female: [95, 108, 121], male: [115, 131, 148] },
  massGrams: { female: [162, 186, 210], male: [224, 258, 292] },
  /** Septum or posterior wall. */
  wallMillimetres: { female: [9, 12, 15], male: [10, 13, 16] },
} as const satisfies Readonly<Record<string, Cutoffs>>;

/** What {@link hypertrophySeverity} can grade. */
export type HypertrophyMeasure = keyof typeof HYPERTROPHY_CUTOFFS;

/** Relative wall thickness above which a ventricle is concentric (Lang et al. 2015). */
const CONCENTRIC = 0.42;

const DENSITY_GRAMS_PER_MILLILITRE = 1.04;

/**
 * Left-ventricular mass by the cube formula: `0.8 x 1.04 ((IVS + LVID + LVPW)^3 - LVID^3) + 0.6`, lengths in cm.
 *
 * Sources: Devereux et al. 1986; Lang et al. 2005 and 2015 (ASE). A length error of 10 % is a mass error of about 30 %.
 * @returns grams
 * @throws {ArgumentError} if a length is not > 0; take millimetres, not pixels
 * @example leftVentricularMassGrams({ ivsMillimetres: 10, lvidMillimetres: 50, lvpwMillimetres: 10 }) // 181.976
 */
export function leftVentricularMassGrams(walls: DiastolicWalls): number {
  const { ivs, lvid, lvpw } = centimetres('leftVentricularMassGrams', walls);
  return 0.8 * DENSITY_GRAMS_PER_MILLILITRE * ((ivs + lvid + lvpw) ** 3 - lvid ** 3) + 0.6;
}

/** Relative wall thickness `2 LVPW / LVID`, unitless (Lang et al. 2015). @throws {ArgumentError} if a length is not > 0 */
export function relativeWallThickness(walls: DiastolicWalls): number {
  const { lvid, lvpw } = centimetres('relativeWallThickness', walls);
  return (2 * lvpw) / lvid;
}

/**
 * Body surface area.
 *
 * @param formula `du-bois` (default; 0.007184 h^0.725 w^0.425, Du Bois 1916, used by the ASE) or `mosteller` (sqrt(h w / 3600), 1987)
 * @returns square metres
 * @throws {ArgumentError} outside 30-250 cm or 1-400 kg, which are likelier wrong units than people
 */
export function bodySurfaceAreaSquareMetres(
  heightCentimetres: number,
  weightKilograms: number,
  formula: 'du-bois' | 'mosteller' = 'du-bois',
): number {
  if (!(heightCentimetres >= 30 && heightCentimetres <= 250) || !(weightKilograms >= 1 && weightKilograms <= 400)) {
    throw new ArgumentError(
      `bodySurfaceAreaSquareMetres: expected 30-250 cm and 1-400 kg, got ${heightCentimetres} and ${weightKilograms}; check the units`,
    );
  }
  return formula === 'mosteller'
    ? Math.sqrt((heightCentimetres * weightKilograms) / 3600)
    : 0.007184 * heightCentimetres ** 0.725 * weightKilograms ** 0.425;
}

/**
 * Severity of hypertrophy by the ASE's cut-offs; a value on a cut-off belongs to the milder class.
 *
 * @param measure what `value` is; its unit is in the name
 * @throws {ArgumentError} if the value is not > 0
 * @example hypertrophySeverity('massIndexGramsPerSquareMetre', 110, 'female') // 'moderate'
 */
export function hypertrophySeverity(measure: HypertrophyMeasure, value: number, sex: Sex): HypertrophySeverity {
  if (!(value > 0)) throw new ArgumentError(`hypertrophySeverity: ${measure} must be > 0, got ${value}`);
  const [normal, mild, moderate] = HYPERTROPHY_CUTOFFS[measure][sex];
  if (value <= normal) return 'normal';
  if (value <= mild) return 'mild';
  return value <= moderate ? 'moderate' : 'severe';
}

/** Geometry of the ventricle (Lang et al. 2015, Fig. 6): mass index above normal or not, relative wall thickness above 0.42 or not. */
export function ventricularGeometry(
  massIndexGramsPerSquareMetre: number,
  relativeThickness: number,
  sex: Sex,
): VentricularGeometry {
  const thick = relativeThickness > CONCENTRIC;
  const heavy = hypertrophySeverity('massIndexGramsPerSquareMetre', massIndexGramsPerSquareMetre, sex) !== 'normal';
  if (heavy) return thick ? 'concentric hypertrophy' : 'eccentric hypertrophy';
  return thick ? 'concentric remodelling' : 'normal';
}

function centimetres(who: string, walls: DiastolicWalls): { ivs: number; lvid: number; lvpw: number } {
  for (const [name, value] of Object.entries(walls) as [string, number][]) {
    if (!(value > 0)) throw new ArgumentError(`${who}: ${name} must be > 0, got ${value}`);
  }
  return { ivs: walls.ivsMillimetres / 10, lvid: walls.lvidMillimetres / 10, lvpw: walls.lvpwMillimetres / 10 };
}
