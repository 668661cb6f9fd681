import { crc32, deflateSync } from 'node:zlib';
import { ArgumentError, ShapeError } from '../core/errors.js';

/**
 * A picture of labels as a palette PNG: the stored value of a pixel is its label (what `PIL.Image.open` and other tools read), its colour is only shown.
 * Lossless; label 0 is black.
 *
 * @param labels `[height, width]`, 0 to `colours.length`
 * @param colours `#RRGGBB` of labels 1, 2, …
 * @param millimetres size of a pixel, kept in the file's pHYs chunk; null where it is not known
 */
export function labelPng(
  labels: Uint8Array,
  width: number,
  height: number,
  colours: readonly string[],
  millimetres: { readonly x: number; readonly y: number } | null,
): Uint8Array {
  if (labels.length !== width * height) {
    throw new ShapeError(`labelPng: labels must have ${width} x ${height} values, got ${labels.length}`);
  }
  const stranger = labels.find((label) => label > colours.length);
  if (stranger !== undefined) {
    throw new ArgumentError(`labelPng: label ${stranger} has no colour; ${colours.length} are given`);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette
  const palette = Buffer.from(['#000000', ...colours].flatMap((colour) => [...Buffer.from(colour.slice(1), 'hex')]));
  const rows = Buffer.alloc((width + 1) * height); // each row after a filter byte of 0
  for (let y = 0; y < height; y++) rows.set(labels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const size = Buffer.alloc(9);
  if (millimetres !== null) {
    size.writeUInt32BE(Math.round(1000 / millimetres.x), 0); // pixels a metre
    size.writeUInt32BE(Math.round(1000 / millimetres.y), 4);
    size.writeUInt8(1, 8);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    ...(millimetres === null ? [] : [chunk('pHYs', size)]),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
}
