import type { CsvCell } from '../../core/csv.js';
import { heartOf } from '../../phantom/clip-plan.js';
import type { Heart } from '../../phantom/heart.js';
import { bodySurface, type Population } from '../../phantom/patient.js';
import type { PhantomHeartConfig } from './phantom-config.js';

/** A row of a table. */
export type Row = Record<string, CsvCell>;

/** Grams a mL of myocardium (Lang et al. 2015). */
const MYOCARDIAL_DENSITY = 1.05;

/** Name of patient number `index`; the same name is the same person in every table and picture of the notebook. */
export function patientName(population: Population, index: number): string {
  return `${population}-${String(index).padStart(4, '0')}`;
}

/** Every person of the config, adults first: what they are and what their heart measures. One row a person. */
export function populationRows(config: PhantomHeartConfig, seed: number, update: (done: number) => void): Row[] {
  const rows: Row[] = [];
  for (const population of ['adult', 'paediatric'] as const) {
    for (let index = 0; index < config.patients[population]; index++) {
      const name = patientName(population, index);
      rows.push(personRow(name, population, heartOf(seed, name, population), seed));
      update(rows.length);
    }
  }
  return rows;
}

/** Volumes in mL, lengths in mm at end-diastole, mass in g; `score` is the ejection fraction of the geometry, 0 to 1. */
function personRow(name: string, population: Population, heart: Heart, seed: number): Row {
  const { patient, leftVentricle, cycle } = heart;
  const diastolic = leftVentricle.cavityVolume(0);
  const systolic = leftVentricle.cavityVolume(1);
  const wall = leftVentricle.myocardialVolume();
  return {
    sample: name,
    patient: name,
    split: '',
    label: population,
    prediction: '',
    score: 1 - systolic / diastolic,
    seed,
    sex: patient.sex,
    age: patient.age,
    bodySurface: bodySurface(patient.height, patient.weight),
    pathology: patient.pathology,
    heartRate: patient.heartRate,
    endSystole: cycle.endSystole,
    diastolicVolume: diastolic,
    systolicVolume: systolic,
    wallVolume: wall,
    mass: MYOCARDIAL_DENSITY * wall,
    cavityDiameter: patient.cavityDiameter,
    cavityLength: patient.cavityLength,
    septum: patient.septumThickness,
    posteriorWall: patient.posteriorThickness,
    effusion: patient.effusion,
  };
}
