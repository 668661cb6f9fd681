import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { inNotebook, showMarkdown, showTable } from '../../lib/notebooks/display.js';
import { showConfig } from '../../lib/notebooks/show-record.js';

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

  it('prints every setting of a config, groups under their name and members of a list under theirs', () => {
    showConfig({ seeds: [1, 2], arms: [{ name: 'Echo3M', epochs: 2 }], crops: { scale: [0.25, 1], blur: { p: 0.5 } } });
    expect(printed.mock.calls.map(([text]) => text)).toEqual([
      'setting  value\nseeds    1, 2',
      'arms: 2 settings\nsetting          value\nEcho3M / name    Echo3M\nEcho3M / epochs  2\n\n' +
        'crops: 2 settings\nsetting   value\nscale     0.25, 1\nblur / p  0.5',
    ]);
  });
});
