import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { EnvironmentError } from '../core/errors.js';

/**
 * Arimo first, then the fonts of equal widths that common systems have (Windows and macOS: Arial, Linux: Liberation Sans),
 * so that text measured here fits wherever the figure is opened.
 */
export const FONT_FAMILY = 'Arimo, Arial, Liberation Sans, Helvetica, sans-serif';

/** Arimo's ascent and descent in em, from its hhea table. */
export const FONT_ASCENT = 0.905;
export const FONT_DESCENT = 0.212;

/** How a run of text is set. */
export interface TextStyle {
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
}

const FILES = [
  '400Regular/Arimo_400Regular.ttf',
  '400Regular_Italic/Arimo_400Regular_Italic.ttf',
  '700Bold/Arimo_700Bold.ttf',
  '700Bold_Italic/Arimo_700Bold_Italic.ttf',
];

let measuring: SKRSContext2D | undefined;

/** Registers Arimo with the canvas, once a process. @throws {EnvironmentError} if the font package is damaged */
export function registerFont(): void {
  if (measuring !== undefined) return;
  const require = createRequire(import.meta.url);
  for (const file of FILES) {
    const path = require.resolve(`@expo-google-fonts/arimo/${file}`);
    if (GlobalFonts.registerFromPath(path, 'Arimo') === null) {
      throw new EnvironmentError(`registerFont: ${path} is not a readable font; run npm ci again`);
    }
  }
  measuring = createCanvas(1, 1).getContext('2d');
}

/** Width of one line of text in pixels, kerning included, set in Arimo; to 1/64 pixel, so that figures have equal bytes everywhere. */
export function textWidth(text: string, style: TextStyle): number {
  registerFont();
  const context = measuring as SKRSContext2D;
  context.font = `${style.italic ? 'italic ' : ''}${style.bold ? 700 : 400} ${style.size}px Arimo`;
  return Math.round(context.measureText(text).width * 64) / 64;
}

/** Breaks text at spaces so that no line is wider than `width` pixels; a single longer word keeps its own line. */
export function wrapText(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part.length > 0)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, style) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
