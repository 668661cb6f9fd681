import { cycleAt } from '../../phantom/cardiac-cycle.js';
import type { Heart } from '../../phantom/heart.js';
import { HeartFrame } from '../../phantom/heart-frame.js';
import { Chamber, SAMPLE_LENGTH, Sample } from '../../phantom/tissue.js';
import type { Row } from './population.js';

/** Columns of a lattice that stands askew to the heart, so that no plane of the one falls on a plane of the other. */
const AXES = askew(0.41, 0.73, 0.29);

/** Volumes counted in the geometry that is imaged, mL. */
export interface CountedVolumes {
  readonly cavity: number;
  readonly wall: number;
  /** Points asked. */
  readonly points: number;
}

/**
 * Counts the points of a lattice that the imaged geometry calls cavity or wall of the left ventricle: nothing of the closed formula is used.
 *
 * @param time fraction of the cycle
 * @param spacing mm between points
 */
export function countVolumes(heart: Heart, time: number, spacing: number): CountedVolumes {
  const { leftVentricle, patient } = heart;
  const frame = new HeartFrame(heart, time);
  const sample = new Float64Array(SAMPLE_LENGTH);
  const largest = (table: Float64Array): number => table.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const margin = 10 * patient.scale;
  const half = 1.3 * leftVentricle.epicardialRadius + margin;
  const halfX = half + largest(leftVentricle.bendX);
  const halfY = half + largest(leftVentricle.bendY);
  const middle = leftVentricle.apex / 2;
  const halfZ = middle + margin;
  const reach = Math.ceil(Math.hypot(halfX, halfY, halfZ) / spacing);
  let cavity = 0;
  let wall = 0;
  let points = 0;
  for (let k = -reach; k <= reach; k++) {
    for (let j = -reach; j <= reach; j++) {
      for (let i = -reach; i <= reach; i++) {
        const x = spacing * (i * AXES[0] + j * AXES[3] + k * AXES[6]);
        if (x < -halfX || x > halfX) continue;
        const y = spacing * (i * AXES[1] + j * AXES[4] + k * AXES[7]);
        if (y < -halfY || y > halfY) continue;
        const z = spacing * (i * AXES[2] + j * AXES[5] + k * AXES[8]);
        if (z < -halfZ || z > halfZ) continue;
        frame.sample(x, y, z + middle, sample);
        points++;
        if (sample[Sample.chamber] === Chamber.leftVentricle) cavity++;
        else if (sample[Sample.chamber] === Chamber.myocardium) wall++;
      }
    }
  }
  const millilitres = spacing ** 3 / 1000;
  return { cavity: cavity * millilitres, wall: wall * millilitres, points };
}

/**
 * Volumes by the closed formula and by counting at instants of a beat: end-diastole, end-systole, and evenly between. One row an instant.
 *
 * @param instants at least 2
 * @param lattice mm between points in a body of scale 1
 */
export function volumeRows(name: string, heart: Heart, instants: number, lattice: number): Row[] {
  const { leftVentricle, cycle, patient } = heart;
  const rest = Array.from({ length: instants - 1 }, (_, n) => (n + 1) / instants);
  const nearest = rest.reduce((best, time) =>
    Math.abs(time - cycle.endSystole) < Math.abs(best - cycle.endSystole) ? time : best,
  );
  const times = [0, ...rest.map((time) => (time === nearest ? cycle.endSystole : time))];
  const spacing = lattice * Math.min(1, patient.scale);
  return times.map((time) => {
    const { contraction } = cycleAt(cycle, time);
    const counted = countVolumes(heart, time, spacing);
    return {
      patient: name,
      time,
      phase: time === 0 ? 'ED' : time === cycle.endSystole ? 'ES' : '',
      contraction,
      cavityClosed: leftVentricle.cavityVolume(contraction),
      cavityCounted: counted.cavity,
      wallClosed: leftVentricle.myocardialVolume(),
      wallCounted: counted.wall,
      spacing,
      points: counted.points,
    };
  });
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** Rotation by three angles, as rows of unit vectors. */
function askew(a: number, b: number, c: number): Matrix {
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  return [
    ca * cb,
    ca * sb * sc - sa * cc,
    ca * sb * cc + sa * sc,
    sa * cb,
    sa * sb * sc + ca * cc,
    sa * sb * cc - ca * sc,
    -sb,
    cb * sc,
    cb * cc,
  ];
}
