import { expect, it } from 'vitest';
import { benchClicks } from '../../lib/interactive/bench.js';
import { randomSegmenter } from './random-segmenter.js';

it('measures the first click, and those after it beside their limit', async () => {
  const rows = await benchClicks(randomSegmenter());
  expect(rows.map(({ what, reference }) => [what, reference?.value ?? null])).toEqual([
    ['first click on a frame of 112 px', null],
    ['median of 10 further clicks', 200],
    ['worst of 10 further clicks', 200],
    ['longest preparation between two clicks', null],
  ]);
  const [first, median, worst, preparation] = rows.map(({ value }) => value);
  for (const milliseconds of [first, median, preparation]) expect(milliseconds).toBeGreaterThan(0);
  expect(worst).toBeGreaterThanOrEqual(median!);
}, 60_000);
