import { describe, expect, it } from 'vitest';
import { RandomStream, stream } from '../../lib/core/random.js';
import type { Acquisition } from '../../lib/phantom/acquisition.js';
import { drawBeamMap } from '../../lib/phantom/beam-map.js';
import { type ClipPlan, planClip } from '../../lib/phantom/clip-plan.js';
import { HeartFrame } from '../../lib/phantom/heart-frame.js';
import { Imager } from '../../lib/phantom/imager.js';
import type { PolarGrid } from '../../lib/phantom/point-spread.js';
import { Chamber } from '../../lib/phantom/tissue.js';
import { chamberMask } from '../../lib/phantom/tracing.js';

const SIZE = 112;
const PLAN: ClipPlan = {
  seed: 12,
  patient: 'artefacts',
  population: 'adult',
  clip: 'clip',
  view: 'A4C',
  size: SIZE,
  frames: 2,
  transducer: 'GE',
  gate: 'free',
  turn: 0,
  mirrored: false,
  leastQuality: 0.9,
};
const planned = planClip(PLAN);
const STILL = { side: 0, depth: 0, phase: 0, rate: 0 };
const CLEAN: Acquisition = {
  ...planned.acquisition,
  clutter: -80,
  haze: -80,
  sideLobes: -80,
  noise: -80,
  tangentialLoss: 0,
  specular: 0,
};
const GRID: PolarGrid = { beams: 80, depths: 160, halfAngle: 0.6, near: 10, far: 160 };

/** The same stream with the children of these names never taking a chance and always drawing none. */
class Without extends RandomStream {
  readonly #inner: RandomStream;
  readonly #names: readonly string[];

  constructor(inner: RandomStream, names: readonly string[]) {
    super(inner.state(), '', '');
    this.#inner = inner;
    this.#names = names;
  }

  override child(label: string | number): RandomStream {
    const child = this.#inner.child(label);
    if (label === 'shadows' && this.#names.includes('shadows')) return new Never(child, false);
    if (label === 'arcs' && this.#names.includes('arcs')) return new Never(child, true);
    return new Without(child, this.#names);
  }
}

class Never extends RandomStream {
  readonly #answer: boolean;

  constructor(inner: RandomStream, answer: boolean) {
    super(inner.state(), '', '');
    this.#answer = answer;
  }

  override chance(): boolean {
    return this.#answer;
  }

  override weighted(): number {
    return 0;
  }
}

/** Two pictures of one instant with one map of greys: as `plain` has it, and with an artefact. */
function pair(
  plain: readonly [Acquisition, RandomStream],
  marked: readonly [Acquisition, RandomStream],
): readonly [Uint8Array, Uint8Array, Imager] {
  const [first, second] = [plain, marked].map(
    ([acquisition, random]) => new Imager(planned.heart, planned.plane, acquisition, STILL, SIZE, random),
  ) as [Imager, Imager];
  const pictures = [new Uint8Array(SIZE ** 2), new Uint8Array(SIZE ** 2)] as const;
  first.draw(0, 0, pictures[0]);
  second.takeGreyMap(first);
  second.draw(0, 0, pictures[1]);
  return [...pictures, first];
}

/** Mean change of the pixels that `holds` picks by depth (mm) and side (-1 left edge of the sector to 1). */
function change(
  [plain, marked, { picture }]: readonly [Uint8Array, Uint8Array, Imager],
  holds: (depth: number, side: number, pixel: number) => boolean,
): number {
  let sum = 0;
  let count = 0;
  for (let n = 0; n < SIZE ** 2; n++) {
    const right = picture.left + (n % SIZE) * picture.spacing;
    const down = picture.top + Math.floor(n / SIZE) * picture.spacing + picture.face;
    const depth = Math.hypot(right, down) - picture.face;
    const side = Math.atan2(right, down) / picture.grid.halfAngle;
    if (depth < 0 || depth > picture.plane.far - 2 || Math.abs(side) > 0.98 || !holds(depth, side, n)) continue;
    sum += marked[n]! - plain[n]!;
    count++;
  }
  expect(count).toBeGreaterThan(50);
  return sum / count;
}

/** The first of a hundred streams whose beams have what `wanted` asks for. */
function streamWith(names: readonly string[], wanted: (random: RandomStream) => boolean): [RandomStream, RandomStream] {
  for (let n = 0; n < 100; n++) {
    const make = (): RandomStream => stream(3, `artefact/${n}`);
    if (wanted(make())) return [new Without(make(), names), make()];
  }
  throw new Error('no stream with the artefact');
}

const random = (): RandomStream => stream(3, 'artefact');

describe('artefacts', () => {
  it('a shadow of rib or lung darkens its beams behind its start and leaves the others', () => {
    /** dB lost by beam and depth. */
    const lost = (map: RandomStream, bare: RandomStream): Float32Array => {
      const { gain } = drawBeamMap(GRID, CLEAN, map.child('beams'));
      return drawBeamMap(GRID, CLEAN, bare.child('beams')).gain.map((value, n) => value - gain[n]!);
    };
    const at = (sheet: Float32Array, side: number, depth: number): number =>
      sheet[Math.floor(((side + 1) / 2) * 79.99) * GRID.depths + Math.floor((depth / 150) * 159.99)]!;
    const [without, withIt] = streamWith(['shadows'], (one) => {
      const sheet = lost(one, new Without(one, ['shadows']));
      return at(sheet, 0.95, 100) > 8 && Math.abs(at(sheet, -0.6, 100)) < 0.3 && Math.abs(at(sheet, -0.2, 100)) < 0.3;
    });
    const both = pair([CLEAN, without], [CLEAN, withIt]);
    expect(change(both, (depth, side) => side > 0.9 && depth > 80)).toBeLessThan(-15);
    expect(Math.abs(change(both, (depth, side) => side < -0.2 && side > -0.6 && depth > 80))).toBeLessThan(2);
  });

  it('reverberation lays bright arcs under the face and nothing in the far field', () => {
    const [without, withIt] = streamWith(['arcs'], (one) => {
      const bare = drawBeamMap(GRID, CLEAN, new Without(one, ['arcs']).child('beams')).clutter;
      const full = drawBeamMap(GRID, CLEAN, one.child('beams')).clutter;
      let most = 0;
      full.forEach((value, n) => {
        if (n % GRID.depths < 40) most += (value - bare[n]!) / (GRID.beams * 40);
      });
      return most > 0.08;
    });
    const both = pair([CLEAN, without], [CLEAN, withIt]);
    expect(change(both, (depth) => depth > 5 && depth < 40)).toBeGreaterThan(3);
    expect(Math.abs(change(both, (depth) => depth > 80))).toBeLessThan(0.5);
  });

  it('near-field clutter brightens what lies under the face, less and less with the depth', () => {
    const both = pair([CLEAN, random()], [{ ...CLEAN, clutter: -8, clutterLength: 12 }, random()]);
    const near = change(both, (depth) => depth > 3 && depth < 20);
    expect(near).toBeGreaterThan(8);
    expect(change(both, (depth) => depth > 30 && depth < 45)).toBeLessThan(0.5 * near);
    expect(Math.abs(change(both, (depth) => depth > 110))).toBeLessThan(1);
  });

  it('side lobes fill the cavity, the more the stronger they are', () => {
    const filled = (sideLobes: number): number => {
      const both = pair([CLEAN, random()], [{ ...CLEAN, sideLobes }, random()]);
      const mask = chamberMask(new HeartFrame(planned.heart, 0), both[2].picture, [0, 0]);
      return change(both, (_, __, pixel) => mask[pixel] === Chamber.leftVentricle);
    };
    const strong = filled(-20);
    expect(strong).toBeGreaterThan(10);
    expect(filled(-32)).toBeLessThan(0.5 * strong);
  });

  it('walls along the beam drop out and blood does not', () => {
    const both = pair([CLEAN, random()], [{ ...CLEAN, tangentialLoss: 14 }, random()]);
    const mask = chamberMask(new HeartFrame(planned.heart, 0), both[2].picture, [0, 0]);
    // from the apex the side walls lie along the beam: most of the wall that is seen
    expect(change(both, (_, __, pixel) => mask[pixel] === Chamber.myocardium)).toBeLessThan(-10);
    expect(change(both, (_, __, pixel) => mask[pixel] === Chamber.leftVentricle)).toBeGreaterThan(-5);
  });

  it('noise fills what is dark, and the atrium at the far end more than the ventricle', () => {
    const loud = { ...CLEAN, noise: -26, noiseSlope: 3 };
    const both = pair([CLEAN, random()], [loud, random()]);
    const mask = chamberMask(new HeartFrame(planned.heart, 0), both[2].picture, [0, 0]);
    const dark = change(both, (_, __, pixel) => mask[pixel] === Chamber.leftVentricle);
    expect(dark).toBeGreaterThan(2);
    expect(change(both, (_, __, pixel) => mask[pixel] === Chamber.leftAtrium)).toBeGreaterThan(dark);
  });
});
