import { FormatError } from '../../core/errors.js';
import type { Raster } from '../jpeg.js';
import type { DicomFile } from './dicom-file.js';
import type { Palette } from './palette.js';
import type { PixelDescription } from './pixel-description.js';

/** How grey values become 8 bits: `255 * (value - low) / (high - low)`, clamped. */
export interface GrayWindow {
  readonly low: number;
  readonly high: number;
}

/** Decoded samples of one frame, interleaved by pixel. */
export interface FrameSamples {
  readonly values: Uint8Array | Uint16Array | Int16Array;
  /** Set when a codec has turned its own colour transform back already. */
  readonly alreadyRgb: boolean;
}

/**
 * The window of a grey file with more than 8 bits: Window Center and Width where given (linear, rescaled), else the whole stored range.
 * Source: DICOM PS3.3 C.11.2.1.2; the half-pixel terms of its formula are left out.
 */
export function grayWindowOf(file: DicomFile, pixels: PixelDescription): GrayWindow {
  const slope = file.decimal('x00281053') ?? 1;
  const intercept = file.decimal('x00281052') ?? 0;
  const centre = file.decimal('x00281050');
  const width = file.decimal('x00281051');
  if (centre !== undefined && width !== undefined && width > 0 && slope > 0) {
    return { low: (centre - width / 2 - intercept) / slope, high: (centre + width / 2 - intercept) / slope };
  }
  const range = 2 ** pixels.bitsStored;
  return pixels.signed ? { low: -range / 2, high: range / 2 - 1 } : { low: 0, high: range - 1 };
}

/**
 * Samples as they are stored to an 8-bit grey or RGB picture.
 *
 * Source: DICOM PS3.3 C.7.6.3.1.2.
 *
 * @throws {FormatError} on a photometric interpretation that ultrasound does not use
 */
export function toRaster(
  frame: FrameSamples,
  pixels: PixelDescription,
  window: GrayWindow,
  palette: Palette | undefined,
  origin: string,
): Raster {
  const { width, height, photometric } = pixels;
  if (pixels.samples === 1) {
    if (photometric === 'PALETTE COLOR' && palette !== undefined) {
      return { width, height, channels: 3, data: throughPalette(frame.values, palette) };
    }
    if (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2') throw unread(origin, photometric);
    return { width, height, channels: 1, data: gray(frame.values, pixels, window) };
  }
  const data = frame.values as Uint8Array;
  if (frame.alreadyRgb || photometric === 'RGB') return { width, height, channels: 3, data };
  if (photometric === 'YBR_FULL' || photometric === 'YBR_FULL_422') {
    return { width, height, channels: 3, data: fromYbr(data) };
  }
  throw unread(origin, photometric);
}

const unread = (origin: string, photometric: string): FormatError =>
  new FormatError(
    `readDicom: ${origin} has photometric interpretation ${JSON.stringify(photometric)}, which is not read`,
  );

function gray(values: FrameSamples['values'], pixels: PixelDescription, window: GrayWindow): Uint8Array {
  const data = new Uint8Array(values.length);
  const inverted = pixels.photometric === 'MONOCHROME1';
  const direct = window.low === 0 && window.high === 255;
  const scale = 255 / Math.max(window.high - window.low, 1e-9);
  for (let i = 0; i < data.length; i++) {
    const value = values[i]!;
    const shown = direct ? value : Math.min(255, Math.max(0, Math.round((value - window.low) * scale)));
    data[i] = inverted ? 255 - shown : shown;
  }
  return data;
}

function throughPalette(values: FrameSamples['values'], palette: Palette): Uint8Array {
  const data = new Uint8Array(values.length * 3);
  const last = palette.red.length - 1;
  for (let i = 0, j = 0; i < values.length; i++, j += 3) {
    const entry = Math.min(last, Math.max(0, values[i]! - palette.first));
    data[j] = palette.red[entry]!;
    data[j + 1] = palette.green[entry]!;
    data[j + 2] = palette.blue[entry]!;
  }
  return data;
}

/** YBR_FULL to RGB, ITU-R BT.601 full range. */
function fromYbr(values: Uint8Array): Uint8Array {
  const data = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i += 3) {
    const [y, cb, cr] = [values[i]!, values[i + 1]! - 128, values[i + 2]! - 128];
    data[i] = y + 1.402 * cr;
    data[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    data[i + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(data.buffer);
}
