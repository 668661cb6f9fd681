import dicomParser from 'dicom-parser';
import { FormatError, messageOf } from '../../core/errors.js';
import type { DicomFile } from './dicom-file.js';

/**
 * The encapsulated frames of a file, each as one run of bytes. Where there are as many fragments as frames each is a frame;
 * else the basic offset table tells, or, without one, the end marker of each JPEG.
 *
 * Source: DICOM PS3.5 A.4.
 *
 * @throws {FormatError} if the frames cannot be told apart
 */
export function compressedFrames(file: DicomFile, frameCount: number): (index: number) => Uint8Array {
  const element = file.data.elements.x7fe00010;
  const fragments = element?.fragments;
  if (element === undefined || fragments === undefined || fragments.length === 0) {
    throw new FormatError(`readDicom: ${file.origin} has a compressed transfer syntax but no fragments`);
  }
  const { byteArray } = file.data;
  for (const { position, length } of fragments) {
    if (position < 0 || position + length > byteArray.length) {
      throw new FormatError(`readDicom: ${file.origin} is truncated inside its pixel data`);
    }
  }
  if (fragments.length < frameCount) {
    throw new FormatError(`readDicom: ${file.origin} has ${fragments.length} fragments for ${frameCount} frames`);
  }
  if (fragments.length === frameCount) {
    return (index) => {
      const { position, length } = fragments[index]!;
      return byteArray.subarray(position, position + length);
    };
  }
  if (frameCount === 1)
    return () => joined(fragments.map((one) => byteArray.subarray(one.position, one.position + one.length)));
  const stored = element.basicOffsetTable;
  const offsets = stored !== undefined && stored.length === frameCount ? stored : undefined;
  return (index) => {
    try {
      const table = offsets ?? dicomParser.createJPEGBasicOffsetTable(file.data, element);
      if (table.length !== frameCount) throw new Error(`${table.length} frames found, ${frameCount} announced`);
      return dicomParser.readEncapsulatedImageFrame(file.data, element, index, table);
    } catch (error) {
      throw new FormatError(`readDicom: ${file.origin} has frames that cannot be told apart: ${messageOf(error)}`);
    }
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
