import type { CsvRow } from '../../core/csv.js';
import { DataError } from '../../core/errors.js';
import { curve } from '../../figures/curve.js';
import { type DistributionPanel, distributionPanels } from '../../figures/distribution-panels.js';
import { type Figure, makeFigure } from '../../figures/figure.js';
import { pictureSlider } from '../../figures/picture-slider.js';
import { surfacesInSpace } from '../../figures/surfaces-in-space.js';
import { type Tile, tileLayout } from '../../figures/tiles.js';
import type { TextTables } from '../../records/record.js';
import { quantile } from '../../statistics/quantile.js';
import { camusAppearanceFigure } from './camus-figures.js';
import { exactnessFigure, speckleFigure } from './check-figures.js';
import { PLANE_COLOUR, STRUCTURES } from './heart-surfaces.js';
import { histograms } from './phantom-metrics.js';
import { readSpaceSurfaces, SPACE_ASSET } from './space-surfaces.js';

type Assets = Readonly<Record<string, Uint8Array>>;

const PHANTOM = 'phantom' as const;

/** Every figure of notebook 00, from the record's tables and pictures. All are of phantoms, whatever data were asked for. */
export async function phantomHeartFigures(tables: TextTables, assets: Assets): Promise<Figure[]> {
  // empty without real frames, absent in older records
  const camus = tables.camusAppearance ?? [];
  return [
    anatomyFigure(tables.turntable ?? [], assets),
    beatFigure(tables.beat ?? [], tables.volumeCurve ?? [], assets),
    viewsFigure(tables.views ?? [], assets),
    vendorsFigure(tables.vendors ?? [], assets),
    besideFigure(tables.beside ?? [], assets),
    greyFigure(tables.grey ?? []),
    ...(camus.length === 0 ? [] : [camusAppearanceFigure(camus)]),
    populationFigure(tables.samples ?? []),
    exactnessFigure(tables.volumes ?? []),
    speckleFigure(tables.envelope ?? []),
  ];
}

/** The heart to be turned; where that cannot be, its pictures from all sides. Records from before it was turned have these alone. */
function anatomyFigure(rows: readonly CsvRow[], assets: Assets): Figure {
  const still = turntableFigure(rows, assets);
  const bytes = assets[SPACE_ASSET];
  if (bytes === undefined) return still;
  const surfaces = readSpaceSurfaces(bytes);
  const names = surfaces.map(({ name }) => name).join(', ');
  return surfacesInSpace({
    name: 'anatomy',
    title: still.meta.title,
    dataOrigin: PHANTOM,
    caption:
      'Surfaces of the geometry that is imaged, the myocardium as glass, vessels cut where the drawing ends; z is the long axis, the apex up. It turns with mouse or finger; a click on a name of the legend hides or shows it. Drawn coarser than it is imaged: papillary muscles belong to the myocardium, leaflets are too thin to show. Seen first from behind, the septum on the left, as in the four-chamber view. In print, and where there is no WebGL: pictures of the same heart, with the four-chamber plane in grey.',
    altText: `A heart in space, drawn as surfaces that can be turned: ${names}. The myocardium is glass around the cavity of the left ventricle.`,
    surfaces,
    eye: [0.3, -1.75, 0.3],
    still,
  });
}

function turntableFigure(rows: readonly CsvRow[], assets: Assets): Figure {
  return pictureSlider({
    name: 'anatomy',
    title: 'One heart from all sides, at end-diastole',
    dataOrigin: PHANTOM,
    caption:
      'Surfaces of the geometry that is imaged, the myocardium as glass, vessels cut where the drawing ends; grey: the four-chamber plane of the next figure. 0°: seen from behind, the apex up and the septum on the left, as in the four-chamber view; 180°: from the front.',
    panels: [
      {
        heading: 'Turned about the long axis of the ventricle',
        aspect: 1,
        sources: sourcesOf(rows, 'picture', assets),
      },
    ],
    stops: rows.map(({ degrees }) => `${Math.round(Number(degrees))}°`),
    prefix: 'Seen from ',
    legend: [...STRUCTURES, { name: 'Picture plane', colour: PLANE_COLOUR }],
  });
}

function beatFigure(rows: readonly CsvRow[], volumes: readonly CsvRow[], assets: Assets): Figure {
  const stops = rows.map(({ time, phase }) => `${Math.round(100 * Number(time))} %${phase ? ` (${phase})` : ''}`);
  const aspect = Number(rows[0]?.aspect);
  const places = rows.map(({ time, volume }) => ({ x: 100 * Number(time), y: Number(volume) }));
  return pictureSlider({
    name: 'beat',
    title: 'The same heart in its beat: cut along the four-chamber plane, and what the phantom makes of that plane',
    dataOrigin: PHANTOM,
    caption:
      'First: what lies behind the plane. Then: the frame of the same plane at the same instant, and the volume of the left ventricle. In print: end-systole.',
    panels: [
      { heading: 'Geometry, cut open', aspect, sources: sourcesOf(rows, 'picture', assets) },
      { heading: 'Apical four-chamber frame', aspect, sources: sourcesOf(rows, 'frame', assets) },
    ],
    stops,
    prefix: 'Time in the beat: ',
    active: Math.max(
      0,
      rows.findIndex(({ phase }) => phase === 'ES'),
    ),
    curve: {
      abscissa: 'Time in the beat (%)',
      ordinate: 'LV volume (mL)',
      x: volumes.map(({ time }) => 100 * Number(time)),
      y: volumes.map(({ volume }) => Number(volume)),
      stops: places,
    },
  });
}

function viewsFigure(rows: readonly CsvRow[], assets: Assets): Figure {
  return sheet({
    name: 'eighteen-views',
    title: 'One adult in the 18 views',
    caption:
      'The view classes of EchoApex B.2, each with the depth shown. One operator, one scanner. The three PLAX depths are one plane; A5C is A4C, tilted; A3C and PLAX are one plane from two places.',
    columns: 6,
    tiles: rows.map((row) => ({
      ...squareTile(row.picture!, assets),
      lines: [row.view!, `${Number(row.near) > 0 ? `${centimetres(row.near)} to ` : ''}${centimetres(row.far)} cm`],
    })),
  });
}

function vendorsFigure(rows: readonly CsvRow[], assets: Assets): Figure {
  const aspect = Number(rows[0]?.aspect);
  return sheet({
    name: 'vendors',
    title: 'One adult, one view, five transducers, as exported; and the first after curation',
    caption:
      'Frames read back from the DICOM files that the phantom writes, with angle of the sector and dynamic range. Screens and numbers are invented, of the kind seen between makers.',
    columns: 3,
    tiles: [
      ...rows.map((row) => ({
        source: dataAddress(row.picture!, assets),
        width: Number(row.aspect),
        height: 1,
        lines: [
          row.transducer === 'volume' ? 'Volume transducer, a slice' : `${row.transducer}-like`,
          `${Number(row.sector).toFixed(0)}°, ${Number(row.dynamicRange).toFixed(0)} dB`,
        ],
      })),
      {
        source: dataAddress('curated.jpg', assets),
        width: aspect,
        height: 1,
        lines: ['The first one, curated', 'cone only, tight crop'],
      },
    ],
  });
}

function besideFigure(rows: readonly CsvRow[], assets: Assets): Figure {
  return sheet({
    name: 'beside-a-real-frame',
    title: 'A real apical four-chamber frame (first) beside phantom patients',
    caption:
      'First: a real cine (MIT licence, data-manifests/samples), curated. All others: phantom adults as drawn at random, none chosen by hand.',
    columns: 3,
    tiles: rows.map((row) => ({
      ...squareTile(row.picture!, assets),
      lines: row.origin === 'real' ? ['REAL'] : [`phantom, ${row.transducer}-like, ${row.pathology}`],
      ...(row.origin === 'real' ? { colour: '#8a3800' } : { hover: row.patient! }),
    })),
  });
}

/** Pictures in rows. */
function sheet(input: {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly columns: number;
  readonly tiles: readonly Tile[];
}): Figure {
  const { name, title, caption, columns, tiles } = input;
  const altText = `${tiles.length} pictures: ${tiles.map(({ lines }) => lines.join(', ')).join('; ')}.`;
  return makeFigure({ name, title, caption, altText, dataOrigin: PHANTOM }, [], tileLayout(tiles, columns));
}

function squareTile(picture: string, assets: Assets): Pick<Tile, 'source' | 'width' | 'height'> {
  return { source: dataAddress(picture, assets), width: 1, height: 1 };
}

function centimetres(millimetres: string | undefined): string {
  return (Number(millimetres) / 10).toFixed(1);
}

function greyFigure(rows: readonly CsvRow[]): Figure {
  const clips = histograms(rows);
  const phantom = clips.filter(({ origin }) => origin === 'phantom').map(({ shares }) => shares);
  const real = clips.find(({ origin }) => origin === 'real')?.shares ?? [];
  const grey = [...new Set(rows.map((row) => Number(row.grey)))];
  const at = (probability: number): number[] =>
    grey.map(
      (_, bin) =>
        100 *
        quantile(
          phantom.map((shares) => shares[bin]!),
          probability,
        ),
    );
  return curve({
    name: 'grey-levels',
    title: 'Grey levels in the sector: the real clip and phantom clips',
    dataOrigin: PHANTOM,
    caption: `Share of pixels in bins of 16 grey levels. Phantom: median of ${phantom.length} clips, band from the 5th to the 95th percentile. Real: one clip of one scanner.`,
    abscissa: 'Grey level',
    ordinate: 'Share of pixels (%)',
    series: [
      { name: 'Phantom clips', x: grey, y: at(0.5), interval: { low: at(0.05), high: at(0.95) } },
      { name: 'Real clip', x: grey, y: real.map((share) => 100 * share), dashed: true },
    ],
  });
}

function populationFigure(samples: readonly CsvRow[]): Figure {
  const groups = ['adult', 'paediatric'] as const;
  const panel = (quantity: string, column: string, binWidth: number, factor = 1): DistributionPanel => ({
    quantity,
    binWidth,
    values: groups.map((group) =>
      samples
        .filter(({ label }) => label === group)
        .map((row) => Number((factor * Number(row[column])).toPrecision(4))),
    ),
  });
  return distributionPanels({
    name: 'population',
    title: 'Who the phantom patients are',
    dataOrigin: PHANTOM,
    caption: 'Left ventricle at end-diastole unless said otherwise; share of each group in percent.',
    groups: ['Adults', 'Children'],
    panels: [
      panel('Ejection fraction (%)', 'score', 4, 100),
      panel('End-diastolic volume (mL)', 'diastolicVolume', 15),
      panel('Internal dimension (mm)', 'cavityDiameter', 3),
      panel('Septum (mm)', 'septum', 1),
      panel('LV mass (g)', 'mass', 25),
      panel('Heart rate (1/min)', 'heartRate', 6),
    ],
  });
}

function sourcesOf(rows: readonly CsvRow[], column: string, assets: Assets): string[] {
  return rows.map((row) => dataAddress(row[column]!, assets));
}

/** A picture of the record as a `data:` address. */
function dataAddress(name: string, assets: Assets): string {
  const bytes = assets[name];
  if (bytes === undefined) {
    throw new DataError(`dataAddress: the record has lost ${name} in assets/; run the experiment again`);
  }
  return `data:image/${name.endsWith('.jpg') ? 'jpeg' : 'png'};base64,${Buffer.from(bytes).toString('base64')}`;
}
