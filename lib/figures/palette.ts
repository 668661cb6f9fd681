/** Okabe and Ito 2008: eight colours that people with the common colour-vision deficiencies tell apart. */
export const COLOURS = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  vermilion: '#D55E00',
  purple: '#CC79A7',
  sky: '#56B4E9',
  black: '#222222',
  grey: '#7F7F7F',
} as const;

/** Series colours in the order that figures use them. Okabe-Ito without yellow, which is too faint on white. */
export const SERIES_COLOURS: readonly string[] = [
  COLOURS.blue,
  COLOURS.orange,
  COLOURS.green,
  COLOURS.vermilion,
  COLOURS.purple,
  COLOURS.sky,
  COLOURS.black,
];

/** Nine colours for many classes (Tol 2021, "muted"), told apart by people with the common colour-vision deficiencies. */
const CLASS_COLOURS = [
  '#332288',
  '#CC6677',
  '#117733',
  '#88CCEE',
  '#882255',
  '#DDCC77',
  '#44AA99',
  '#AA4499',
  '#999933',
] as const;

const CLASS_SYMBOLS = ['circle', 'diamond', 'triangle-up', 'square', 'cross'] as const;

/** How one class among many is drawn: after nine colours the marker's shape changes too, so no two look alike (45 in all). */
export interface ClassStyle {
  readonly colour: string;
  readonly symbol: string;
}

/** Style of class `index`; the same class has the same style in every figure that lists classes in the same order. */
export function classStyle(index: number): ClassStyle {
  return {
    colour: CLASS_COLOURS[index % CLASS_COLOURS.length] as string,
    symbol: CLASS_SYMBOLS[Math.floor(index / CLASS_COLOURS.length) % CLASS_SYMBOLS.length] as string,
  };
}

/** Colour of series `index`. */
export function seriesColour(index: number): string {
  return SERIES_COLOURS[index % SERIES_COLOURS.length] as string;
}

/** `#RRGGBB` with an opacity, as CSS `rgba()`. */
export function translucent(hex: string, opacity: number): string {
  const value = Number.parseInt(hex.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${opacity})`;
}

/** White to dark blue, even in lightness, for matrices. */
export const SEQUENTIAL_SCALE: readonly (readonly [number, string])[] = [
  [0, '#ffffff'],
  [0.25, '#c6dbef'],
  [0.5, '#6baed6'],
  [0.75, '#2171b5'],
  [1, '#08306b'],
];
