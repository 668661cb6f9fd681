import type { RandomStream } from '../core/random.js';
import type { GrayClip } from '../imaging/image.js';
import type { PlannedClip } from './clip-plan.js';
import { type Colour, plot, type Screen, writeText } from './screen-text.js';
import { type SwayMotion, swayAt } from './sway.js';
import type { VendorName } from './vendors.js';

/** Where a maker puts its furniture. Invented, of the kind that curation must remove. */
interface ScreenStyle {
  readonly background: Colour;
  readonly text: Colour;
  readonly trace: Colour;
  readonly barLeft: boolean;
  readonly respiration: boolean;
  readonly logo: string;
}

const STYLES: Readonly<Record<VendorName, ScreenStyle>> = {
  Siemens: {
    background: [0, 0, 0],
    text: [230, 230, 230],
    trace: [80, 220, 90],
    barLeft: true,
    respiration: true,
    logo: 'S',
  },
  GE: {
    background: [0, 0, 0],
    text: [200, 220, 255],
    trace: [60, 230, 120],
    barLeft: false,
    respiration: false,
    logo: 'G',
  },
  Philips: {
    background: [4, 6, 14],
    text: [240, 220, 120],
    trace: [240, 240, 240],
    barLeft: false,
    respiration: true,
    logo: 'P',
  },
  Samsung: {
    background: [8, 8, 10],
    text: [130, 210, 240],
    trace: [240, 200, 60],
    barLeft: true,
    respiration: false,
    logo: 'M',
  },
};

/** Colour of the respirometer. */
const RESPIRATION: Colour = [90, 140, 220];

/** A clip on a scanner's screen. */
export interface ScannerScreen {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Screen[];
  /** Where the square picture stands, pixels. */
  readonly left: number;
  readonly top: number;
  readonly size: number;
  /** Row of the ECG's band. */
  readonly traceTop: number;
  readonly traceHeight: number;
}

/**
 * Puts a clip on its maker's screen: bar of greys, depth marks, text with an invented name, an ECG that sweeps with the beat, and on some a
 * respirometer that follows the breathing that moves the heart in the picture ({@link swayAt}). The bar has no colours because nothing but
 * B-mode is drawn, and a scanner shows the map in use. Nothing covers the sector but the depth marks at its side.
 */
export function drawScreen(planned: PlannedClip, clip: GrayClip, name: string, random: RandomStream): ScannerScreen {
  const { plan, vendor, patient, plane, times, sway } = planned;
  const style = STYLES[vendor.name];
  const { size } = plan;
  const width = 2 * Math.ceil((1.45 * size + 40) / 2);
  const traceHeight = Math.round(0.14 * size);
  const top = 26;
  const height = 2 * Math.ceil((top + size + traceHeight + 12) / 2);
  const left = Math.round((width - size) / 2 + random.between(-0.06, 0.06) * size);
  const traceTop = top + size + 4;
  const frames = times.map((_, index) => {
    const screen: Screen = { width, height, data: new Uint8Array(3 * width * height) };
    for (let n = 0; n < width * height; n++) screen.data.set(style.background, 3 * n);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const grey = clip.data[(index * size + row) * size + column]!;
        if (grey > 0) plot(screen, left + column, top + row, [grey, grey, grey]);
      }
    }
    drawFurniture(screen, style, { name, plan: plan.view, rate: patient.heartRate, far: plane.far, left, top, size });
    drawTraces(screen, style, { top: traceTop, height: traceHeight, now: index / times.length, times, sway });
    return screen;
  });
  return { width, height, frames, left, top, size, traceTop, traceHeight };
}

interface Furniture {
  readonly name: string;
  readonly plan: string;
  readonly rate: number;
  readonly far: number;
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

function drawFurniture(screen: Screen, style: ScreenStyle, furniture: Furniture): void {
  const { name, rate, far, left, top, size } = furniture;
  writeText(screen, style.logo, 4, 4, style.text);
  writeText(screen, name, 16, 4, style.text);
  writeText(screen, `TIS 0.${Math.round(far) % 10} MI 1.${Math.round(rate) % 10}`, 16, 14, style.text);
  writeText(screen, `${Math.round(rate)} BPM`, screen.width - 46, 4, style.text);
  writeText(screen, `${(far / 10).toFixed(1)} CM`, screen.width - 52, 14, style.text);
  const barColumn = style.barLeft ? 6 : screen.width - 14;
  const barHeight = Math.round(0.5 * size);
  for (let row = 0; row < barHeight; row++) {
    const grey = Math.round(255 * (1 - row / barHeight));
    for (let column = 0; column < 7; column++) plot(screen, barColumn + column, top + 8 + row, [grey, grey, grey]);
  }
  const marks = style.barLeft ? left + size + 3 : left - 4;
  for (let depth = 0; depth <= far; depth += 10) {
    const row = top + (depth / far) * (size - 1);
    plot(screen, marks, row, style.text);
    if (depth % 50 === 0) plot(screen, marks + 1, row, style.text);
  }
}

interface Traces {
  readonly top: number;
  readonly height: number;
  /** How far the sweep has come, 0 to 1. */
  readonly now: number;
  readonly times: readonly number[];
  readonly sway: SwayMotion;
}

function drawTraces(screen: Screen, style: ScreenStyle, traces: Traces): void {
  const { top, height, now, times, sway } = traces;
  const first = times[0]!;
  const span = times.at(-1)! - first;
  let before = top + 0.7 * height;
  for (let column = 0; column < screen.width - 8; column++) {
    const share = column / (screen.width - 8);
    if (share > now) break;
    const time = first + share * span;
    const row = top + 0.7 * height - 0.62 * height * electrocardiogram(time);
    // a steep flank is a line, not a dot
    const [high, low] = [Math.min(before, row), Math.max(before, row)];
    for (let y = high; y <= low + 0.5; y++) plot(screen, 4 + column, y, style.trace);
    before = row;
    if (style.respiration) {
      const [, breath] = swayAt({ ...sway, depth: 1 }, time);
      plot(screen, 4 + column, top + 0.85 * height + 0.1 * height * breath, RESPIRATION);
    }
  }
}

/** P wave, QRS complex and T wave; 1 at the R peak, which stands at end-diastole. */
function electrocardiogram(time: number): number {
  const t = time - Math.floor(time);
  const wave = (centre: number, width: number): number => Math.exp(-(((t - centre) / width) ** 2));
  return (
    wave(0.005, 0.012) +
    wave(1.005, 0.012) +
    0.13 * wave(0.84, 0.03) -
    0.14 * wave(0.975, 0.01) -
    0.2 * wave(0.035, 0.012) +
    0.24 * wave(0.33, 0.05)
  );
}
