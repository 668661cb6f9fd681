import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { notebookJson, parseNotebook, readNotebook } from '../../lib/notebooks/notebook.js';

const tour = new URL('../fixtures/notebooks/tour.ipynb', import.meta.url).pathname;

describe('notebook', () => {
  it('writes what it read, byte for byte', () => {
    const json = readFileSync(tour, 'utf8');
    expect(notebookJson(parseNotebook(json, 'tour'))).toBe(json);
    expect(readNotebook(tour)).toEqual(parseNotebook(json, 'tour'));
  });

  it('joins lines of text and SVG, and leaves JSON and base64 alone', () => {
    const data = {
      'text/html': ['<b>\n', 'x</b>'],
      'image/svg+xml': ['<svg>\n', '</svg>'],
      'application/json': ['a', 'b'],
      'image/png': 'AAAA',
    };
    const cell = { cell_type: 'code', source: ['a\n', 'b'], outputs: [{ output_type: 'display_data', data }] };
    const notebook = parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 4, cells: [cell] }), 'x');
    const joined = { ...data, 'text/html': '<b>\nx</b>', 'image/svg+xml': '<svg>\n</svg>' };
    expect(notebook.cells[0]).toMatchObject({ source: 'a\nb', outputs: [{ data: joined }] });
    expect(JSON.parse(notebookJson(notebook)).cells[0]).toMatchObject({ source: ['a\n', 'b'], outputs: [{ data }] });
  });

  it('says what is wrong with a file that is no notebook', () => {
    expect(() => parseNotebook('{', 'a.ipynb')).toThrow(FormatError);
    expect(() => parseNotebook('{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', 'old.ipynb')).toThrow(
      /old\.ipynb must be a format 4 notebook, got .* at nbformat/,
    );
    const cell = { cell_type: 'code', source: 4 };
    expect(() => parseNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells: [cell] }), 'b.ipynb')).toThrow(
      'cells.0.source',
    );
  });
});
