import type { RandomStream } from '../core/random.js';
import { CAMUS_SHAPE, CAMUS_WALL_GROWTH } from './camus-site.js';
import { monotoneCurve } from './cardiac-cycle.js';
import type { VentricleShape } from './left-ventricle.js';

/** What is wrong with the heart. `healthy` includes mild disease that a phantom cannot tell from health. */
export type Pathology = 'healthy' | 'hypertensive' | 'hypertrophic' | 'dilated' | 'ischaemic' | 'effusion';

/** Which people a patient is drawn from; `camus` are adults whose ventricles look as readers of CAMUS trace them, see `camus-site.ts`. */
export type Population = 'adult' | 'paediatric' | 'camus';

/** One person: what a registry would hold and what the heart is built from. Lengths in mm at end-diastole. */
export interface Patient {
  readonly sex: 'F' | 'M';
  /** Years. */
  readonly age: number;
  /** Centimetres. */
  readonly height: number;
  /** Kilograms. */
  readonly weight: number;
  readonly pathology: Pathology;
  /** Beats a minute. */
  readonly heartRate: number;
  /** Fraction of the end-diastolic volume that is ejected, 0 to 1. */
  readonly ejectionFraction: number;
  /** Largest inner diameter of the left ventricle. */
  readonly cavityDiameter: number;
  /** Base plane to endocardial apex. */
  readonly cavityLength: number;
  readonly septumThickness: number;
  readonly posteriorThickness: number;
  /** Width of pericardial fluid; 0 without effusion. */
  readonly effusion: number;
  /** Ratio of this body's lengths to a 1.75 m adult's; scales what has no distribution of its own. */
  readonly scale: number;
  /** Default: the usual one. */
  readonly shape?: VentricleShape;
}

/**
 * Shares of the pathologies in a hospital's echo laboratory.
 *
 * Chosen so that ejection fraction falls as in EchoNet-Dynamic (Ouyang et al. 2020, Nature 580:252: mean 55.7 %, median near
 * 58 %, a tail to 15 %) and walls as in EchoNet-LVH (Duffy et al. 2022, JAMA Cardiol 7:386: enriched in thick walls).
 */
const PATHOLOGIES: readonly (readonly [Pathology, number])[] = [
  ['healthy', 0.63],
  ['hypertensive', 0.14],
  ['hypertrophic', 0.03],
  ['dilated', 0.09],
  ['ischaemic', 0.08],
  ['effusion', 0.03],
];

/**
 * Draws one patient.
 *
 * Adult dimensions follow the reference values of Lang et al. 2015 (J Am Soc Echocardiogr 28:1, tables 1 to 4: internal
 * dimension 50.2 +- 4.1 mm in men and 45.0 +- 3.6 mm in women, walls 6-10 and 6-9 mm, EF 62 +- 5 and 64 +- 5 %); walls stand at
 * their upper half, as in a laboratory's older patients. Children
 * follow allometry on body surface (Pettersen et al. 2008, J Am Soc Echocardiogr 21:922: internal dimension near
 * 39.5 BSA^0.45 mm, walls near 6.1 BSA^0.36 mm).
 *
 * Body size of adults: means of height and body-mass index of Ogden et al. 2004 (Advance Data 347, United States 1999 to 2002: men 5 ft 9.5 in,
 * women 5 ft 4 in, 28 kg/m2); of children: {@link CHILD_HEIGHT}. Their spreads are not cited.
 *
 * Heart rate of adults: resting and seated, 71 in men and 74 in women (Ostchega et al. 2011, National Health Statistics Reports 41), less the 4 that a person
 * lying down has fewer than seated (Gonzales et al. 2020, medRxiv 2020.07.01.20144154: 67.6 +- 9.8 seated, 63.5 +- 8.9 lying). The spread, 12, is between
 * those volunteers' and the 14.5 of people with and without disease in daily life (Avram et al. 2019, npj Digit Med 2:58). That a dilated heart beats 10
 * faster is a guess. Children: {@link CHILD_HEART_RATE}.
 */
export function drawPatient(random: RandomStream, population: Population = 'adult'): Patient {
  if (population === 'paediatric') return drawChild(random);
  const adult = drawAdult(random);
  return population === 'adult' ? adult : asInCamus(adult, random);
}

/** The same person with the walls that readers of CAMUS trace: the trabeculated layer counts, so they are thicker than the guideline's. */
function asInCamus(adult: Patient, random: RandomStream): Patient {
  const growth = random.between(...CAMUS_WALL_GROWTH);
  return {
    ...adult,
    septumThickness: growth * adult.septumThickness,
    posteriorThickness: growth * adult.posteriorThickness,
    shape: CAMUS_SHAPE,
  };
}

function drawAdult(random: RandomStream): Patient {
  const sex = random.chance(0.48) ? 'F' : 'M';
  const age = Math.round(clamp(normal(random, 62, 16), 18, 96));
  const height = clamp(normal(random, sex === 'M' ? 176.5 : 162.6, 7), 145, 205);
  const weight = clamp(normal(random, 28, 5) * (height / 100) ** 2, 42, 150);
  const pathology = PATHOLOGIES[random.weighted(PATHOLOGIES.map(([, share]) => share))]![0];
  const build = (bodySurface(height, weight) / 1.97) ** 0.33;
  const wall = (sex === 'M' ? 9.9 : 9.0) * build * (1 + 0.0025 * (age - 60));
  const draft = {
    cavity: normal(random, sex === 'M' ? 49.5 : 45.2, 3.7) * build,
    septum: wall * (1 + 0.11 * random.normal()),
    posterior: wall * (0.97 + 0.1 * random.normal()),
    ejection: normal(random, 0.593, 0.052),
    lengthRatio: normal(random, 1.71, 0.13),
    effusion: 0,
  };
  applyPathology(random, pathology, draft);
  const cavity = clamp(draft.cavity, 33, 72);
  return {
    sex,
    age,
    height: Math.round(height * 10) / 10,
    weight: Math.round(weight * 10) / 10,
    pathology,
    heartRate: clamp(normal(random, (sex === 'M' ? 67 : 70) + (pathology === 'dilated' ? 10 : 0), 12), 42, 125),
    ejectionFraction: clamp(draft.ejection, 0.12, 0.8),
    cavityDiameter: cavity,
    cavityLength: clamp(cavity * draft.lengthRatio, 62, 116),
    septumThickness: clamp(draft.septum, 5.6, 24),
    posteriorThickness: clamp(draft.posterior, 5.6, 20),
    effusion: draft.effusion,
    scale: height / 175,
  };
}

interface Draft {
  cavity: number;
  septum: number;
  posterior: number;
  ejection: number;
  lengthRatio: number;
  effusion: number;
}

function applyPathology(random: RandomStream, pathology: Pathology, draft: Draft): void {
  switch (pathology) {
    case 'hypertensive': {
      const growth = random.between(1.25, 1.75);
      draft.septum *= growth;
      draft.posterior *= growth * random.between(0.9, 1.03);
      draft.cavity *= random.between(0.9, 1.04);
      break;
    }
    case 'hypertrophic':
      draft.septum *= random.between(1.75, 2.4);
      draft.posterior *= random.between(1.05, 1.5);
      draft.cavity *= random.between(0.82, 0.95);
      draft.ejection = normal(random, 0.67, 0.05);
      break;
    case 'dilated':
      draft.cavity *= random.between(1.14, 1.45);
      draft.septum *= random.between(0.8, 1.05);
      draft.posterior *= random.between(0.8, 1.05);
      draft.lengthRatio = normal(random, 1.55, 0.1); // rounder
      draft.ejection = random.between(0.15, 0.43);
      break;
    case 'ischaemic':
      draft.cavity *= random.between(1.0, 1.2);
      draft.ejection = normal(random, 0.43, 0.08);
      break;
    case 'effusion':
      draft.effusion = random.between(4, 20);
      break;
    case 'healthy':
      break;
  }
}

/**
 * Medians of height in cm by age in years: WHO child growth standards (2006) and growth reference (de Onis et al. 2007, Bull World Health Organ 85:660),
 * rounded. Age 0 stands for the first half-year and takes the height at three months.
 */
const CHILD_HEIGHT = {
  M: monotoneCurve([
    [0, 61.4],
    [1, 75.7],
    [2, 87.1],
    [3, 96.1],
    [5, 110],
    [8, 127.3],
    [10, 137.8],
    [12, 149.1],
    [14, 163.2],
    [16, 172.9],
    [18, 176.1],
  ]),
  F: monotoneCurve([
    [0, 59.8],
    [1, 74],
    [2, 85.7],
    [3, 95.1],
    [5, 109.4],
    [8, 126.6],
    [10, 138.6],
    [12, 151.2],
    [14, 159.8],
    [16, 162.5],
    [18, 163.1],
  ]),
};

/**
 * Medians of heart rate by age in years: Fleming et al. 2011 (Lancet 377:1011, web table 5), each at the middle of its band. Its 10th and 90th centiles
 * lie 34 to 41 apart, a deviation of 13 to 16.
 */
const CHILD_HEART_RATE = monotoneCurve([
  [0.125, 143],
  [0.375, 140],
  [0.625, 134],
  [0.875, 128],
  [1.25, 123],
  [1.75, 116],
  [2.5, 110],
  [3.5, 104],
  [5, 98],
  [7, 91],
  [10, 84],
  [13.5, 78],
  [16.5, 73],
]);

function drawChild(random: RandomStream): Patient {
  const sex = random.chance(0.43) ? 'F' : 'M';
  const age = Math.round(18 * random.uniform() ** 0.8);
  const height = clamp(CHILD_HEIGHT[sex](age) * (1 + 0.045 * random.normal()), 48, 195);
  const weight = clamp((15.2 + 0.38 * age) * (height / 100) ** 2 * (1 + 0.14 * random.normal()), 3, 110);
  const surface = bodySurface(height, weight);
  const cavity = 39.5 * surface ** 0.45 * (1 + 0.07 * random.normal());
  const wall = 6.1 * surface ** 0.36;
  const failing = random.chance(0.09);
  return {
    sex,
    age,
    height: Math.round(height * 10) / 10,
    weight: Math.round(weight * 10) / 10,
    pathology: failing ? 'dilated' : 'healthy',
    heartRate: clamp(normal(random, CHILD_HEART_RATE(age), 14), 45, 180),
    ejectionFraction: clamp(failing ? random.between(0.2, 0.5) : normal(random, 0.625, 0.045), 0.15, 0.8),
    cavityDiameter: clamp(cavity * (failing ? random.between(1.1, 1.35) : 1), 14, 64),
    cavityLength: clamp(cavity * normal(random, 1.68, 0.1), 24, 105),
    septumThickness: wall * (1 + 0.12 * random.normal()),
    posteriorThickness: wall * (0.95 + 0.1 * random.normal()),
    effusion: 0,
    scale: clamp(cavity / 48, 0.3, 1.1),
  };
}

/** Square metres, by Du Bois and Du Bois 1916. */
export function bodySurface(heightCentimetres: number, weightKilograms: number): number {
  return 0.007184 * heightCentimetres ** 0.725 * weightKilograms ** 0.425;
}

function normal(random: RandomStream, mean: number, deviation: number): number {
  return mean + deviation * random.normal();
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}
