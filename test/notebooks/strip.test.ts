import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Notebook, notebookJson } from '../../lib/notebooks/notebook.js';
import { checkStripped, stripNotebook } from '../../lib/notebooks/strip.js';

const dirty = (): Notebook => ({
  nbformat: 4,
  nbformat_minor: 4,
  metadata: { kernelspec: { name: 'python3' }, vscode: { version: 1 } },
  cells: [
    { cell_type: 'markdown', id: 'intro', metadata: { editable: true }, source: '# Title' },
    {
      cell_type: 'code',
      id: 'intro',
      metadata: { tags: ['slow'], execution: { 'iopub.status.busy': '2026-01-01' }, collapsed: true },
      source: '1 + 1',
      execution_count: 3,
      outputs: [{ output_type: 'stream', name: 'stdout', text: '2\n' }],
    },
    { cell_type: 'code', metadata: {}, source: '1 + 1', execution_count: null, outputs: [] },
    { cell_type: 'code', metadata: {}, source: '1 + 1', execution_count: null, outputs: [] },
  ],
});

describe('stripNotebook', () => {
  it('drops outputs, counts and what editors leave, keeps what a person chose', () => {
    const before = dirty();
    const { cells, metadata, nbformat_minor } = stripNotebook(before);
    expect(before).toEqual(dirty());
    expect(nbformat_minor).toBe(5);
    expect(metadata).toMatchObject({ kernelspec: { name: 'tslab', language: 'typescript' } });
    expect(cells[1]).toMatchObject({
      metadata: { tags: ['slow'] },
      outputs: [],
      execution_count: null,
      source: '1 + 1',
    });
    expect(cells[0]).toMatchObject({ metadata: {}, id: 'intro' });
  });

  it('gives every cell a stable id of its own', () => {
    const ids = stripNotebook(dirty()).cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(ids).toEqual(stripNotebook(dirty()).cells.map(({ id }) => id));
    // sha256 of "code\0" + "1 + 1" + "\0" + copy, first 8 digits: python hashlib
    expect(ids).toEqual(['intro', 'e0096aec', '78a218b8', '95ad4205']);
  });

  it('changes nothing the second time', () => {
    const once = stripNotebook(dirty());
    expect(stripNotebook(once)).toEqual(once);
  });
});

describe('checkStripped', () => {
  it('names what is in the way', () => {
    expect(checkStripped(notebookJson(dirty()), 'x')).toEqual([
      'cell 1 carries metadata: editable',
      'cell 2 carries outputs',
      'cell 2 carries an execution count',
      'cell 2 carries metadata: collapsed, execution',
      'cell 2 has the id of an earlier cell, intro',
      'cell 3 has no valid id',
      'cell 4 has no valid id',
    ]);
  });

  it('passes what stripping writes, and only in its layout', () => {
    const clean = stripNotebook(dirty());
    expect(checkStripped(notebookJson(clean), 'x')).toEqual([]);
    expect(checkStripped(JSON.stringify(JSON.parse(notebookJson(clean))), 'x')).toHaveLength(1);
    expect(checkStripped(notebookJson({ ...clean, metadata: { ...clean.metadata, vscode: {} } }), 'x')).toHaveLength(1);
    const tour = readFileSync(new URL('../fixtures/notebooks/tour.ipynb', import.meta.url), 'utf8');
    expect(checkStripped(tour, 'tour')).toEqual([]);
  });
});
