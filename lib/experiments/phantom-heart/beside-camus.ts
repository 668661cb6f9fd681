import { DataError } from '../../core/errors.js';
import { spread } from '../../core/spread.js';
import { frameGrid, type LabelledFrame } from '../../figures/frame-grid.js';
import type { GrayImage } from '../../imaging/image.js';
import { resizeImage } from '../../imaging/resample.js';
import { contourShape } from '../../phantom/contour-shape.js';
import { drawLabelledFrames } from '../../phantom/labelled-frames.js';
import { commonGeometry, type Geometry, inGeometry } from '../../phantom/one-geometry.js';
import { APPEARANCE_PLACES, type MeasuredPicture, measureAppearance } from '../../phantom/realism.js';
import type { Table } from '../../records/record.js';
import { quantile } from '../../statistics/quantile.js';
import type { RunContext } from '../experiment.js';
import { type AnnotatedFrame, readFrames, type TracedPicture } from '../segmentation/annotated-frames.js';
import { findRealCamus, writeRealOverlay } from '../segmentation/camus-samples.js';
import { padded, squareAround } from '../segmentation/square-view.js';
import { type CamusOrigin, ORIGIN_WORDS } from './camus-metrics.js';
import type { PhantomHeartConfig } from './phantom-config.js';
import type { Row } from './population.js';

/** Rows of the comparison, and hashes of the real frames; both without rows or names where there are none. */
export interface BesideCamusPart {
  readonly tables: Readonly<Record<'camusAppearance' | 'camusShape', Table>>;
  readonly manifests: Readonly<Record<string, string>>;
}

/** Real frames at most: end-diastole and end-systole of half as many patients. */
const MOST_REAL = 24;
/** Real frames on the sheet of pictures at most, and pixels across each. */
const MOST_SHOWN = 12;
const SHOWN_WIDTH = 300;

/** A picture to be measured, and what it is of. */
interface NamedPicture extends MeasuredPicture {
  readonly patient: string;
  readonly phase: string;
}

/**
 * Real apical four-chamber frames of CAMUS beside two phantoms: the one made like CAMUS and the usual one. How they look, all at one
 * spacing and down to one depth, goes into `camusAppearance`, how their contours lie into `camusShape`: numbers alone.
 *
 * The pictures go to `data/real-overlays/` and not into the record: their licence (CC BY-NC-SA 4.0) is not the repository's.
 */
export async function besideCamus(config: PhantomHeartConfig, context: RunContext): Promise<BesideCamusPart> {
  const found = findRealCamus();
  const frames = someOf((found?.frames ?? []).filter(({ view, phase }) => view === 'A4C' && phase !== null));
  if (found === null || frames.length === 0) {
    context.note('real CAMUS frames: not present, the phantom stands beside none');
    return { tables: tablesOf([], []), manifests: {} };
  }
  const pictures = await readFrames(frames);
  const real = frames.map((frame, n) => measurable(frame, pictures[n]!));
  const camus = phantoms(config, 'camus');
  const usual = phantoms(config);
  const sets = { real, camus, usual } satisfies Record<CamusOrigin, readonly NamedPicture[]>;
  const all = Object.entries(sets) as [CamusOrigin, readonly NamedPicture[]][];
  const geometry = commonGeometry(all.map(([, set]) => set));
  const name = `phantom-beside-camus-${context.scale}`;
  await drawSheet(name, real, camus);
  context.note(
    `real CAMUS: ${real.length} frames (${found.kind}) beside phantoms; pictures in data/real-overlays/${name}.html, outside the record because of their licence`,
  );
  return {
    tables: tablesOf(
      all.flatMap(([origin, set]) => appearanceRows(origin, set, geometry)),
      all.flatMap(([origin, set]) => set.map((picture, frame) => shapeRow(origin, frame, picture))),
    ),
    manifests: { 'camus (real frames)': found.hash },
  };
}

/** The frames of patients that lie evenly in the list; a patient's frames stay together. */
function someOf(frames: readonly AnnotatedFrame[]): AnnotatedFrame[] {
  const patients = [...new Set(frames.map(({ patient }) => patient))];
  const kept = new Set(spread(patients, MOST_REAL / 2));
  return frames.filter(({ patient }) => kept.has(patient)).slice(0, MOST_REAL);
}

/** A real frame with square pixels, as wide as they were. */
function measurable(frame: AnnotatedFrame, { image, labels, spacing }: TracedPicture): NamedPicture {
  if (spacing === null) throw new DataError(`measurable: ${frame.id} has no spacing; CAMUS gives it in every file`);
  const { xMillimetres, yMillimetres } = spacing;
  const named = { patient: frame.patient, phase: frame.phase ?? '', spacing: xMillimetres };
  const rows = Math.round((image.height * yMillimetres) / xMillimetres);
  if (rows === image.height) return { ...named, image, labels };
  const { width } = image;
  const tall = new Uint8Array(width * rows);
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(((row + 0.5) * image.height) / rows);
    tall.set(labels.subarray(from * width, (from + 1) * width), row * width);
  }
  return { ...named, image: resizeImage(image, width, rows, 'bilinear'), labels: tall };
}

/** End-diastole and end-systole of every patient. */
function phantoms({ seeds, camusPatients, camusSize }: PhantomHeartConfig, site?: 'camus'): NamedPicture[] {
  return drawLabelledFrames({
    seed: seeds[0] ?? 0,
    patients: camusPatients,
    view: 'A4C',
    vendor: 'GE',
    size: camusSize,
    ...(site && { site }),
  }).map((picture, n) => ({
    ...picture,
    patient: `phantom ${Math.floor(n / 2) + 1}`,
    phase: n % 2 === 0 ? 'ED' : 'ES',
  }));
}

/** One row a number. `spacing`, mm a pixel, and `depth`, mm, are those at which all are measured; `drawnSpacing` is the median as drawn or scanned. */
function appearanceRows(origin: CamusOrigin, pictures: readonly NamedPicture[], geometry: Geometry): Row[] {
  const appearance = measureAppearance(pictures.map((picture) => inGeometry(picture, geometry)));
  const drawnSpacing = quantile(
    pictures.map(({ spacing }) => spacing),
    0.5,
  );
  return APPEARANCE_PLACES.flatMap(({ quantity, places }) =>
    places.map((at, n) => ({
      origin,
      quantity,
      at,
      value: finite(appearance[quantity][n]!),
      pictures: pictures.length,
      ...geometry,
      drawnSpacing,
    })),
  );
}

function shapeRow(origin: CamusOrigin, frame: number, { patient, phase, labels, image }: NamedPicture): Row {
  const { wall, lean, base, filling } = contourShape(labels, image.width);
  return { origin, frame, patient, phase, wall, lean, base: finite(base), filling };
}

/** An empty cell for what could not be measured. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function tablesOf(appearance: readonly Row[], shape: readonly Row[]): BesideCamusPart['tables'] {
  return {
    camusAppearance: {
      columns: ['origin', 'quantity', 'at', 'value', 'pictures', 'spacing', 'depth', 'drawnSpacing'],
      rows: appearance,
    },
    camusShape: {
      columns: ['origin', 'frame', 'patient', 'phase', 'wall', 'lean', 'base', 'filling'],
      rows: shape,
    },
  };
}

/** Real frames and CAMUS-like phantoms by turns. */
async function drawSheet(name: string, real: readonly NamedPicture[], camus: readonly NamedPicture[]): Promise<void> {
  const shown = Math.min(MOST_SHOWN, real.length, camus.length);
  const frames = Array.from({ length: shown }, (_, n): LabelledFrame[] => [
    {
      image: small(real[n]!.image),
      lines: ['REAL', `${real[n]!.patient.replace('camus/', '')}, ${real[n]!.phase}`],
      colour: '#8a3800',
    },
    {
      image: small(camus[n]!.image),
      lines: ['phantom', `${camus[n]!.patient.replace('phantom ', 'patient ')}, ${camus[n]!.phase}`],
    },
  ]).flat();
  const figure = frameGrid({
    name,
    title: 'Real CAMUS frames beside CAMUS-like phantoms',
    dataOrigin: 'phantom',
    frames,
    columns: 4,
    caption: `By turns: a real frame, a ${ORIGIN_WORDS.camus} as drawn at random; no pair is of one heart. Real: CAMUS, Leclerc et al. 2019, CC BY-NC-SA 4.0: not to be put into the record.`,
  });
  await writeRealOverlay(figure);
}

/** In its square, so that words stand right under every picture. */
function small(image: GrayImage): GrayImage {
  const { side } = squareAround(image);
  const square = { width: side, height: side, data: padded(image.data, image) };
  return resizeImage(square, SHOWN_WIDTH, SHOWN_WIDTH, 'bilinear');
}
