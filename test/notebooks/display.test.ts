import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { inNotebook, showMarkdown, showTable } from '../../lib/notebooks/display.js';

let printed: MockInstance<typeof console.log>;
beforeEach(() => {
  printed = vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

// What these show inside a kernel is tested with an executed notebook, in executed-copy.test.ts.
describe('display outside a notebook', () => {
  it('prints Markdown as it is', () => {
    expect(inNotebook()).toBe(false);
    showMarkdown('**bold**');
    expect(printed.mock.calls).toEqual([['**bold**']]);
  });

  it('prints tables with columns of all rows, numbers to four digits on the right', () => {
    showTable(
      [
        { view: 'A4C', n: 120, accuracy: 0.912345 },
        { view: 'PLAX', n: 7, accuracy: 1, p: 3.21987e-9 },
        { view: null, n: 123456.789 },
      ],
      'By view',
    );
    expect(printed.mock.calls[0]?.[0].split('\n')).toEqual([
      'By view',
      'view       n  accuracy        p',
      'A4C      120    0.9123        –',
      'PLAX       7         1  3.22e-9',
      '–     123457         –        –',
    ]);
  });
});
