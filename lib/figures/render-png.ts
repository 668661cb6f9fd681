import { createCanvas, loadImage } from '@napi-rs/canvas';
import { NumericalError } from '../core/errors.js';
import { registerFont } from './font.js';
import type { Figure } from './make-figure.js';
import { type FigureFormat, renderSvg } from './render-svg.js';

/**
 * Draws a figure as PNG, without a browser and without the machine's fonts: Skia draws the SVG of {@link renderSvg} in Arimo.
 *
 * @param options.format as in {@link renderSvg}; default `notebook`
 * @param options.scale pixels of the PNG for one of the figure; default 2
 */
export async function renderPng(
  figure: Figure,
  options: { readonly format?: FigureFormat; readonly scale?: number } = {},
): Promise<Buffer> {
  return svgToPng(await renderSvg(figure, options.format), options.scale ?? 2);
}

/**
 * Draws an SVG in Arimo. The root must have a width and a height in pixels.
 *
 * @throws {NumericalError} if the SVG has no size
 */
export async function svgToPng(svg: string, scale: number): Promise<Buffer> {
  registerFont();
  const image = await loadImage(Buffer.from(svg));
  if (!(image.width > 0 && image.height > 0)) {
    throw new NumericalError(`svgToPng: the SVG must have a size, got ${image.width} x ${image.height}`);
  }
  const canvas = createCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.encode('png');
}
