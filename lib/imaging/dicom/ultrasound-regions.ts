import type { DataSet } from 'dicom-parser';
import { FormatError, messageOf } from '../../core/errors.js';
import type { PixelSpacing } from '../image.js';
import type { DicomFile } from './dicom-file.js';

/** What one ultrasound region shows. */
export type RegionKind = '2d' | 'm-mode' | 'spectral' | 'waveform' | 'graphics' | 'none' | 'other';

/** One item of the Sequence of Ultrasound Regions (DICOM PS3.3 C.8.5.5). Bounds are pixels of the stored picture, both ends included. */
export interface UltrasoundRegion {
  readonly kind: RegionKind;
  /** Region Data Type as stored: 1 tissue, 2 colour flow, 10 ECG trace, 13 colour bar … */
  readonly dataType: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** `null` unless both units are centimetres and both steps are positive. */
  readonly spacing: PixelSpacing | null;
}

/** Millimetres a pixel, or the reason why none is given. */
export type SpacingVerdict =
  | { readonly known: true; readonly spacing: PixelSpacing; readonly region: UltrasoundRegion | null }
  | { readonly known: false; readonly reason: string };

const KINDS: Readonly<Record<number, RegionKind>> = {
  0: 'none',
  1: '2d',
  2: 'm-mode',
  3: 'spectral',
  4: 'waveform',
  5: 'graphics',
};
const CENTIMETRES = 3;

/** The ultrasound regions of a file, in file order. */
export function ultrasoundRegionsOf(file: DicomFile): UltrasoundRegion[] {
  const sequence = file.element('x00186011');
  return (sequence?.items ?? []).flatMap((item) => (item.dataSet === undefined ? [] : [regionOf(file, item.dataSet)]));
}

function regionOf(file: DicomFile, item: DataSet): UltrasoundRegion {
  try {
    const long = (tag: string): number => item.uint32(tag) ?? 0;
    const [dx, dy] = [item.double('x0018602c') ?? 0, item.double('x0018602e') ?? 0];
    const metric =
      item.uint16('x00186024') === CENTIMETRES && item.uint16('x00186026') === CENTIMETRES && dx !== 0 && dy !== 0;
    return {
      kind: KINDS[item.uint16('x00186012') ?? 0] ?? 'other',
      dataType: item.uint16('x00186014') ?? 0,
      x0: long('x00186018'),
      y0: long('x0018601a'),
      x1: long('x0018601c'),
      y1: long('x0018601e'),
      spacing:
        metric && Number.isFinite(dx) && Number.isFinite(dy)
          ? { xMillimetres: 10 * Math.abs(dx), yMillimetres: 10 * Math.abs(dy) }
          : null,
    };
  } catch (error) {
    throw new FormatError(`readDicom: ${file.origin} has a damaged ultrasound region: ${messageOf(error)}`);
  }
}

/**
 * The spacing of the tissue picture, or why it must not be used.
 *
 * A region that reaches beyond the picture proves that the picture was resized or cropped after calibration; its spacing is then refused
 * (`examples_ybr_color.dcm`: a region to x = 595 in a picture 320 wide). One pixel beyond is forgiven: vendors write
 * widths where the standard wants the last column. Without regions, Pixel Spacing (0028,0030) is taken.
 */
export function spacingVerdict(file: DicomFile, width: number, height: number): SpacingVerdict {
  const regions = ultrasoundRegionsOf(file);
  const pictures = regions.filter((region) => region.kind === '2d');
  for (const region of regions) {
    if (region.x1 > width || region.y1 > height || region.x0 > region.x1 || region.y0 > region.y1) {
      return refused(
        `an ultrasound region runs to x = ${region.x1}, y = ${region.y1} in a picture of ${width} x ${height}: the picture was changed after calibration`,
      );
    }
  }
  const calibrated = pictures.filter((region) => region.spacing !== null);
  const [region] = calibrated;
  if (region?.spacing) {
    const agree = calibrated.every(
      ({ spacing }) =>
        close(spacing!.xMillimetres, region.spacing!.xMillimetres) &&
        close(spacing!.yMillimetres, region.spacing!.yMillimetres),
    );
    if (!agree) return refused(`${calibrated.length} two-dimensional regions disagree about the spacing`);
    if (!plausible(region.spacing))
      return refused(`${region.spacing.xMillimetres} mm a pixel is not an echocardiogram`);
    return { known: true, spacing: region.spacing, region };
  }
  if (pictures.length > 0) return refused('the two-dimensional region has no calibration in centimetres');
  const [y, x] = [file.decimal('x00280030', 0), file.decimal('x00280030', 1)];
  if (x === undefined || y === undefined) return refused('the file has neither ultrasound regions nor Pixel Spacing');
  const spacing = { xMillimetres: x, yMillimetres: y };
  if (!plausible(spacing)) return refused(`Pixel Spacing ${y}\\${x} mm is not an echocardiogram`);
  return { known: true, spacing, region: null };
}

const refused = (reason: string): SpacingVerdict => ({ known: false, reason });
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-3 * Math.max(a, b);

/** 0.01 to 10 mm a pixel: a heart is between 20 and 20,000 pixels wide. */
const plausible = ({ xMillimetres, yMillimetres }: PixelSpacing): boolean =>
  [xMillimetres, yMillimetres].every((value) => value >= 0.01 && value <= 10);
