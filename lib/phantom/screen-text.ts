/** Glyphs of 5 columns, least significant bit on top; the classic 5 x 7 terminal face (public domain). */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '3e5149453e',
  '1': '00427f4000',
  '2': '4261514946',
  '3': '2141454b31',
  '4': '1814127f10',
  '5': '2745454539',
  '6': '3c4a494930',
  '7': '0171090503',
  '8': '3649494936',
  '9': '064949291e',
  A: '7e1111117e',
  B: '7f49494936',
  C: '3e41414122',
  D: '7f4141221c',
  E: '7f49494941',
  F: '7f09090901',
  G: '3e4149497a',
  H: '7f0808087f',
  I: '00417f4100',
  J: '2040413f01',
  K: '7f08142241',
  L: '7f40404040',
  M: '7f020c027f',
  N: '7f0408107f',
  O: '3e4141413e',
  P: '7f09090906',
  Q: '3e4151215e',
  R: '7f09192946',
  S: '4649494931',
  T: '01017f0101',
  U: '3f4040403f',
  V: '1f2040201f',
  W: '3f4038403f',
  X: '6314081463',
  Y: '0708700807',
  Z: '6151494543',
  '.': '0060600000',
  '/': '2010080402',
  ':': '0036360000',
  '-': '0808080808',
  '%': '2313086462',
};

/** A colour picture, `[height, width, 3]`. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Sets one pixel; outside the screen nothing happens. */
export function plot(screen: Screen, x: number, y: number, colour: Colour): void {
  const column = Math.round(x);
  const row = Math.round(y);
  if (column < 0 || row < 0 || column >= screen.width || row >= screen.height) return;
  screen.data.set(colour, 3 * (row * screen.width + column));
}

/** Writes capitals, digits and `. / : - %`; each character is 6 pixels wide. */
export function writeText(screen: Screen, text: string, left: number, top: number, colour: Colour): void {
  [...text.toUpperCase()].forEach((character, n) => {
    const columns = GLYPHS[character];
    if (columns === undefined) return;
    for (let column = 0; column < 5; column++) {
      const bits = Number.parseInt(columns.slice(2 * column, 2 * column + 2), 16);
      for (let row = 0; row < 7; row++) {
        if ((bits >> row) & 1) plot(screen, left + 6 * n + column, top + row, colour);
      }
    }
  });
}
