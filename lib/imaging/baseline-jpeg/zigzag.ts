/** Place in an 8 x 8 block, row by row, of the k-th coefficient of the file. Source: ITU-T T.81, figure A.6. */
export const ZIGZAG: readonly number[] = zigzag();

function zigzag(): number[] {
  const places: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let step = 0; step <= diagonal; step++) {
      const [row, column] = diagonal % 2 === 0 ? [diagonal - step, step] : [step, diagonal - step];
      if (row < 8 && column < 8) places.push(8 * row + column);
    }
  }
  return places;
}
