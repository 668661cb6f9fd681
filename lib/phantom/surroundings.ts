import type { Heart, Tube } from './heart.js';
import { Sample, Tissue } from './tissue.js';

/** Descending aorta, inferior caval and hepatic vein; `inflow` empties the veins a little. Fills `out` and returns true where one is. */
export function sampleVessels(
  heart: Heart,
  inflow: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): boolean {
  const { descendingAorta, cavalVein, hepaticVein, patient } = heart;
  const wall = 1.5 * patient.scale;
  const descending = tubeDistance2(descendingAorta, x, y, z, -60 * patient.scale, 16 * patient.scale);
  if (descending < (descendingAorta.radius + wall) ** 2) {
    out[Sample.tissue] = descending < descendingAorta.radius ** 2 ? Tissue.rightBlood : Tissue.vesselWall;
    return true;
  }
  const pulse = 1 - 0.14 * inflow;
  const caval = tubeDistance2(cavalVein, x, y, z, 0, 1e3) / (pulse * pulse);
  const hepatic = tubeDistance2(hepaticVein, x, y, z, 0, 1e3);
  if (caval < cavalVein.radius ** 2 || hepatic < hepaticVein.radius ** 2) {
    out[Sample.tissue] = Tissue.vein;
    return true;
  }
  if (caval < (cavalVein.radius + wall) ** 2) {
    out[Sample.tissue] = Tissue.vesselWall;
    out[Sample.level] = -4;
    return true;
  }
  return false;
}

/**
 * What lies outside the heart: effusion, liver, pericardium, fat, lung, the rest.
 *
 * @param base z of the left ventricle's base
 * @param material the tissue's z at end-diastole, as if it moved with the ventricle
 * @param beyondEpicardium mm
 */
export function sampleSurroundings(
  heart: Heart,
  base: number,
  x: number,
  y: number,
  z: number,
  material: number,
  beyondEpicardium: number,
  out: Float64Array,
): void {
  const { liver, patient, leftVentricle } = heart;
  const k = patient.scale;
  if (beyondEpicardium < patient.effusion) {
    out[Sample.tissue] = Tissue.effusion;
    return;
  }
  const down = x * liver.direction[0] + y * liver.direction[1] + z * liver.direction[2];
  const aside2 = x * x + y * y + (z - 20) * (z - 20) - down * down;
  // a dome: the diaphragm falls away from its top
  const away = down - liver.offset - (0.0035 / k) * aside2;
  if (away > 0) {
    out[Sample.tissue] = away < 1.6 * k ? Tissue.diaphragm : Tissue.liver;
    out[Sample.normalX] = liver.direction[0];
    out[Sample.normalY] = liver.direction[1];
    out[Sample.normalZ] = liver.direction[2];
    return;
  }
  const edge = beyondEpicardium - patient.effusion;
  if (edge < 9 * k && material > -2) {
    // one broad echo against the lung, behind and beside the ventricle; hardly any in front and at the apex
    const behind = (0.82 * x - 0.57 * y) / leftVentricle.epicardialRadius;
    const apical = Math.max(0, material / leftVentricle.apex - 0.55);
    out[Sample.tissue] = Tissue.pericardium;
    out[Sample.level] =
      -0.28 * (edge / k - 2.2) ** 2 - 7 * Math.max(0, 0.75 - behind) - 30 * apical * apical - (edge < 1.2 * k ? 3 : 0);
    if (out[Sample.level]! > -16) return;
  }
  out[Sample.level] = 0;
  // the fat in the groove between atria and ventricles, a ring about the base
  const ring = (Math.hypot(x, y) - leftVentricle.epicardialRadius + 3 * k) / (9 * k);
  const height = (z - base + 5 * k) / (9 * k);
  if (ring * ring + height * height < 1) {
    out[Sample.tissue] = Tissue.fat;
    return;
  }
  out[Sample.tissue] = edge < 40 * k && x > 0 ? Tissue.lung : Tissue.outside;
}

function tubeDistance2(tube: Tube, x: number, y: number, z: number, from: number, to: number): number {
  const { origin, direction } = tube;
  const px = x - origin[0];
  const py = y - origin[1];
  const pz = z - origin[2];
  const along = Math.min(to, Math.max(from, px * direction[0] + py * direction[1] + pz * direction[2]));
  const qx = px - along * direction[0];
  const qy = py - along * direction[1];
  const qz = pz - along * direction[2];
  return qx * qx + qy * qy + qz * qz;
}
