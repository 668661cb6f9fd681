import type { RandomStream } from '../core/random.js';
import type { Acquisition } from './acquisition.js';
import type { BrightLine } from './bright-line.js';
import type { PolarGrid } from './point-spread.js';
import { gaussianPairs, scattererAt } from './scatterers.js';

/** What does not change in a clip because it hangs on the transducer and the chest wall, not on the heart. `[beams, depths]` each. */
export interface BeamMap {
  /** dB added to every echo: time-gain, shadows of ribs and lung, uneven beams. */
  readonly gain: Float32Array;
  /** dB lost by walls in patches where the beam reaches them badly. */
  readonly dropout: Float32Array;
  /** Amplitude of stationary clutter: near field, reverberation arcs, haze. */
  readonly clutter: Float32Array;
}

/** Draws a clip's beam map. */
export function drawBeamMap(grid: PolarGrid, acquisition: Acquisition, random: RandomStream): BeamMap {
  const { beams, depths } = grid;
  const gain = new Float32Array(beams * depths);
  const dropout = new Float32Array(beams * depths);
  const clutter = new Float32Array(beams * depths);
  const step = (grid.far - grid.near) / depths;
  const timeGain = drawTimeGain(depths, acquisition.depthGain ?? 0, random.child('time gain'));
  const beamGain = smoothLine(
    beams,
    Math.max(4, Math.round(beams / random.between(3, 10))),
    random.between(0, 2),
    random,
  );
  const shadows = drawShadows(grid, random.child('shadows'));
  const patches = smoothSheet(beams, depths, 7, 9, random.child('patches'));
  const hazeSheet = smoothSheet(beams, depths, 5, 5, random.child('haze'));
  const nearSheet = smoothSheet(beams, depths, 6, 4, random.child('near'));
  const speckle = clutterSpeckle(beams, depths, random.child('clutter'));
  const arcs = drawArcs(random.child('arcs')).map(({ depth, width, level }) =>
    Float64Array.from({ length: depths }, (_, i) => level * Math.exp(-((((i + 0.5) * step - depth) / width) ** 2))),
  );
  const lobe = random.chance(0.4)
    ? {
        beam: random.between(0.1, 0.9),
        depth: random.between(0.15, 0.65),
        width: random.between(0.1, 0.25),
        level: decibels(random.between(-30, -14)),
      }
    : undefined;
  const haze = decibels(acquisition.haze);
  const near = decibels(acquisition.clutter);
  const { artefacts } = acquisition;
  for (let j = 0; j < beams; j++) {
    const across = (j + 0.5) / beams;
    for (let i = 0; i < depths; i++) {
      const n = j * depths + i;
      const depth = (i + 0.5) * step;
      gain[n] = timeGain[i]! + beamGain[j]! + shadows(j, i);
      dropout[n] = acquisition.dropout * Math.max(0, Math.min(3, patches[n]! + acquisition.dropoutShare));
      let amplitude =
        haze * Math.exp(0.45 * hazeSheet[n]!) +
        near * Math.exp(-depth / acquisition.clutterLength + 0.5 * nearSheet[n]!);
      for (let a = 0; a < arcs.length; a++) amplitude += arcs[a]![i]! * Math.max(0, 0.5 + 0.6 * nearSheet[n]!);
      if (lobe) {
        amplitude +=
          lobe.level *
          Math.exp(-(((across - lobe.beam) / lobe.width) ** 2) - (((i + 0.5) / depths - lobe.depth) / lobe.width) ** 2);
      }
      if (artefacts) {
        amplitude += lineAmplitude(artefacts.lines, across, depth);
        gain[n]! -= artefacts.tip.loss * logistic((artefacts.tip.depth - depth) / (artefacts.tip.softness ?? 2));
      }
      clutter[n] = amplitude * speckle[n]!;
      // the face itself is dark
      if (depth < 5) clutter[n]! *= Math.max(0.1, depth / 5);
    }
  }
  return { gain, dropout, clutter };
}

/** Amplitude of bright lines at a place across the sector (0 to 1) and a depth, mm. */
function lineAmplitude(lines: readonly BrightLine[], across: number, depth: number): number {
  let amplitude = 0;
  for (const { across: middle, depth: at, reach, slope, sag, width, level } of lines) {
    const along = (across - middle) / reach;
    if (along > 1 || along < -1) continue;
    const off = (depth - at - slope * (across - middle) - sag * along * along) / width;
    if (off < 5 && off > -5) amplitude += decibels(level) * (1 - along * along) * Math.exp(-0.5 * off * off);
  }
  return amplitude;
}

/** Attenuation left over after time-gain compensation: a slow random walk, mean 0, and `more` dB from face to far end. */
function drawTimeGain(depths: number, more: number, random: RandomStream): Float32Array {
  const line = smoothLine(depths, 6, random.between(1, 3.2), random);
  const slope = random.between(-4, 8) + more;
  return line.map((value, i) => value + slope * (i / depths - 0.5));
}

/** Ribs at the sides of the acoustic window, lung and calcium as streaks: dB by beam and depth, each shadow a product of one profile each. */
function drawShadows(grid: PolarGrid, random: RandomStream): (beam: number, depth: number) => number {
  const sides = [-1, 1]
    .filter(() => random.chance(0.45))
    .map((side) => ({
      side,
      edge: random.between(0.4, 0.97),
      softness: random.between(0.05, 0.25),
      loss: random.between(3, 20),
      start: random.between(0, 55),
    }));
  const streaks = Array.from({ length: random.weighted([0.55, 0.32, 0.13]) }, () => ({
    place: random.uniform(),
    width: random.between(0.02, 0.1),
    loss: random.between(2, 14),
    start: random.between(0, 0.5 * (grid.far - grid.near)),
  }));
  const step = (grid.far - grid.near) / grid.depths;
  const profiles = (
    across: (place: number) => number,
    start: number,
    softness: number,
  ): { readonly across: Float64Array; readonly along: Float64Array } => ({
    across: Float64Array.from({ length: grid.beams }, (_, j) => across((j + 0.5) / grid.beams)),
    along: Float64Array.from({ length: grid.depths }, (_, i) => logistic(((i + 0.5) * step - start) / softness)),
  });
  const shadows = [
    ...sides.map(({ side, edge, softness, loss, start }) =>
      profiles((place) => loss * logistic((side * (2 * place - 1) - edge) / softness), start, 10),
    ),
    ...streaks.map(({ place, width, loss, start }) =>
      profiles((across) => loss * Math.exp(-(((across - place) / width) ** 2)), start, 8),
    ),
  ];
  return (beam, depth) => {
    let loss = 0;
    for (let n = 0; n < shadows.length; n++) loss += shadows[n]!.across[beam]! * shadows[n]!.along[depth]!;
    return -loss;
  };
}

/** Flat echoes under the face: reverberation between transducer and chest wall. */
function drawArcs(random: RandomStream): readonly { depth: number; width: number; level: number }[] {
  if (random.chance(0.35)) return [];
  const first = random.between(5, 12);
  const count = 1 + random.integer(4);
  const level = random.between(-24, -4);
  return Array.from({ length: count }, (_, n) => ({
    depth: first * (n + 1) * random.between(0.95, 1.05),
    width: random.between(0.8, 2.6),
    level: decibels(level - 3 * n + 2 * random.normal()),
  }));
}

/** Speckle of mean 1 for clutter, blurred across beams. */
function clutterSpeckle(beams: number, depths: number, random: RandomStream): Float32Array {
  const pattern = new Float32Array(beams * depths);
  const pairs = gaussianPairs();
  const seed = random.integer(2 ** 30);
  const at = (beam: number, depth: number): number => scattererAt(beam, depth, 0, seed);
  for (let i = 0; i < depths; i++) {
    let first = at(0, i);
    let second = at(1, i);
    for (let j = 0; j < beams; j++) {
      const third = at(j + 2, i);
      const a = pairs[first]! + pairs[second]! + pairs[third]!;
      const b = pairs[first + 1]! + pairs[second + 1]! + pairs[third + 1]!;
      pattern[j * depths + i] = Math.sqrt((a * a + b * b) / 6) * 1.13;
      first = second;
      second = third;
    }
  }
  return pattern;
}

function smoothLine(length: number, knots: number, spread: number, random: RandomStream): Float32Array {
  const values = Array.from({ length: knots + 1 }, () => spread * random.normal());
  return Float32Array.from({ length }, (_, i) => {
    const t = (i / Math.max(1, length - 1)) * knots;
    const n = Math.min(knots - 1, Math.floor(t));
    return values[n]! + smooth(t - n) * (values[n + 1]! - values[n]!);
  });
}

/** Slow random field over the sector, `[beams, depths]`, standard deviation near 1. */
function smoothSheet(
  beams: number,
  depths: number,
  acrossKnots: number,
  depthKnots: number,
  random: RandomStream,
): Float32Array {
  const values = Array.from({ length: (acrossKnots + 1) * (depthKnots + 1) }, () => 1.35 * random.normal());
  const sheet = new Float32Array(beams * depths);
  for (let j = 0; j < beams; j++) {
    const u = (j / beams) * acrossKnots;
    const ju = Math.floor(u);
    const a = smooth(u - ju);
    for (let i = 0; i < depths; i++) {
      const v = (i / depths) * depthKnots;
      const iv = Math.floor(v);
      const b = smooth(v - iv);
      const corner = ju * (depthKnots + 1) + iv;
      const next = corner + depthKnots + 1;
      const here = values[corner]! + b * (values[corner + 1]! - values[corner]!);
      const there = values[next]! + b * (values[next + 1]! - values[next]!);
      sheet[j * depths + i] = here + a * (there - here);
    }
  }
  return sheet;
}

/** Amplitude of a level in dB. */
export function decibels(level: number): number {
  return 10 ** (level / 20);
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-Math.max(-30, Math.min(30, x))));
}
