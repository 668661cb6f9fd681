import { type Camera, drawSurfaces, type ShadedSurface } from '../../figures/shaded-surfaces.js';
import type { Point3 } from '../../figures/surface-net.js';
import { frameOf } from '../../imaging/image.js';
import { cycleAt } from '../../phantom/cardiac-cycle.js';
import { drawPlannedClip, type PlannedClip, pictureOf, planClip } from '../../phantom/clip-plan.js';
import type { Heart } from '../../phantom/heart.js';
import { cross } from '../../phantom/view-planes.js';
import { type Box, boxAround, heartSurfaces, sectorPane } from './heart-surfaces.js';
import type { PhantomHeartConfig } from './phantom-config.js';
import { drawingBytes, frameBytes, type Rows } from './picture-bytes.js';
import { patientName, type Row } from './population.js';
import { SPACE_ASSET, spaceBytes } from './space-surfaces.js';

/** Degrees by which the view of the cut heart is turned aside and raised, so that it does not look flat. */
const ASIDE = -24;
const RAISED = 16;
/** mm between points, in an adult, of the surfaces that the reader turns: coarse, so that a page holds them. */
const SPACE_LATTICE = 3;
/** Steps of the drawn volume curve. */
const CURVE_POINTS = 100;

/** Rows and pictures of the anatomy. */
export interface AnatomyPart {
  readonly tables: Readonly<Record<'turntable' | 'beat' | 'volumeCurve', Row[]>>;
  readonly assets: Readonly<Record<string, Uint8Array>>;
}

/** The clip on which the notebook shows the anatomy and its beat: the first adult, apical four-chamber. */
export function anatomyClip(config: PhantomHeartConfig, seed: number): PlannedClip {
  return planClip({
    seed,
    patient: patientName('adult', 0),
    population: 'adult',
    clip: 'anatomy',
    view: 'A4C',
    size: config.frameSize,
    frames: config.anatomy.instants,
    transducer: 'Siemens',
    gate: 'outline',
    turn: 0,
    mirrored: false,
  });
}

/** The heart from all sides at end-diastole, and cut open along the four-chamber plane in its beat, with the frames that the phantom makes of it. */
export async function drawAnatomy(
  planned: PlannedClip,
  config: PhantomHeartConfig,
  update: (done: number) => void,
): Promise<AnatomyPart> {
  const { heart } = planned;
  const { lattice, angles, size } = config.anatomy;
  const assets: Record<string, Uint8Array> = {};
  const turntable: Row[] = [];
  const beat: Row[] = [];
  let done = 0;
  const box = boxAround(heart);
  const whole = [
    ...heartSurfaces(heart, 0, box, lattice * heart.patient.scale, true),
    sectorPane(pictureOf(planned), 0),
  ];
  const coarse = heartSurfaces(heart, 0, box, Math.max(SPACE_LATTICE, lattice) * heart.patient.scale, true);
  assets[SPACE_ASSET] = spaceBytes(coarse);
  for (let n = 0; n < angles; n++) {
    const degrees = (360 * n) / angles;
    const picture = `turn-${String(n).padStart(2, '0')}.png`;
    assets[picture] = await drawingBytes(drawSurfaces(whole, turned(box, degrees), size));
    turntable.push({ degrees, picture });
    update(++done);
  }
  const times = beatTimes(heart, config.anatomy.instants);
  const clip = drawPlannedClip({ ...planned, times });
  const shown = sectorRows(planned, clip.height);
  const aspect = clip.width / (shown[1] - shown[0]);
  for (const [n, time] of times.entries()) {
    const number = String(n).padStart(2, '0');
    const cut = cutOpen(planned, time, lattice * heart.patient.scale);
    const picture = `cut-${number}.png`;
    const frame = `frame-${number}.jpg`;
    assets[picture] = await drawingBytes(drawSurfaces(cut.surfaces, cut.camera, size), sectorRows(planned, size));
    assets[frame] = await frameBytes(frameOf(clip, n), shown);
    const { contraction, inflow, outflow } = cycleAt(heart.cycle, time);
    const volume = heart.leftVentricle.cavityVolume(contraction);
    const phase = time === 0 ? 'ED' : time === heart.cycle.endSystole ? 'ES' : '';
    beat.push({ time, phase, contraction, inflow, outflow, volume, aspect, picture, frame });
    update(++done);
  }
  const volumeCurve = Array.from({ length: CURVE_POINTS + 1 }, (_, n): Row => {
    const time = n / CURVE_POINTS;
    return { time, volume: heart.leftVentricle.cavityVolume(cycleAt(heart.cycle, time).contraction) };
  });
  return { tables: { turntable, beat, volumeCurve }, assets };
}

/** Rows that the sector reaches in the square picture, drawn `size` pixels high, with a little room. */
function sectorRows(planned: PlannedClip, size: number): Rows {
  const { spacing, size: pixels, top } = pictureOf(planned);
  const { far } = planned.plane;
  const row = (down: number): number => Math.round(((down - top) / (spacing * pixels)) * size);
  return [Math.max(0, row(-0.03 * far)), Math.min(size, row(1.03 * far))];
}

/** Instants of a beat, the one nearest to end-systole moved onto it. */
function beatTimes({ cycle }: Heart, count: number): number[] {
  const nearest = Math.round(cycle.endSystole * count);
  return Array.from({ length: count }, (_, n) => (n === nearest ? cycle.endSystole : n / count));
}

/** The camera that stands at an angle around the long axis: 0 looks from behind, the apex up and the septum on the left as in apical views. */
function turned({ corner, lengths }: Box, degrees: number): Camera {
  const angle = (degrees * Math.PI) / 180;
  return {
    right: [Math.cos(angle), Math.sin(angle), 0],
    down: [0, 0, -1],
    centre: [corner[0] + lengths[0] / 2, corner[1] + lengths[1] / 2, corner[2] + 0.53 * lengths[2]],
    // room for the sector, which begins before the apex
    span: 1.06 * Math.max(...lengths),
  };
}

/** What lies behind the picture's plane, seen a little from the side. */
function cutOpen(
  planned: PlannedClip,
  time: number,
  spacing: number,
): { readonly surfaces: ShadedSurface[]; readonly camera: Camera } {
  const { heart, plane } = planned;
  const { scale } = heart.patient;
  const picture = pictureOf(planned);
  const forward = cross(plane.right, plane.beam);
  const place = (right: number, down: number): Point3 =>
    [0, 1, 2].map((n) => plane.origin[n]! + right * plane.right[n]! + down * plane.beam[n]!) as unknown as Point3;
  const half = 76 * scale;
  const box: Box = {
    corner: place(-half, 0),
    axes: [plane.right, plane.beam, forward],
    lengths: [2 * half, plane.far, 58 * scale],
  };
  const right = turnAbout(plane.right, forward, ASIDE);
  const ahead = turnAbout(forward, plane.right, -ASIDE);
  const down = turnAbout(plane.beam, ahead, RAISED);
  return {
    surfaces: [...heartSurfaces(heart, time, box, spacing, false), sectorPane(picture, 0.6 * spacing)],
    // as large as in the frame
    camera: {
      right,
      down,
      centre: place(0, picture.top + (picture.size / 2) * picture.spacing),
      span: picture.size * picture.spacing,
    },
  };
}

/** A unit vector turned towards another at right angles to it, degrees. */
function turnAbout(from: Point3, to: Point3, degrees: number): Point3 {
  const angle = (degrees * Math.PI) / 180;
  return [0, 1, 2].map((n) => Math.cos(angle) * from[n]! + Math.sin(angle) * to[n]!) as unknown as Point3;
}
