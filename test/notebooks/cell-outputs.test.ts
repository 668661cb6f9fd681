import { describe, expect, it } from 'vitest';
import { CellOutputs } from '../../lib/notebooks/cell-outputs.js';
import type { JupyterMessage } from '../../lib/notebooks/wire.js';

const message = (type: string, content: Record<string, unknown>): JupyterMessage => ({
  header: { msg_id: 'x', msg_type: type },
  parent: {},
  content,
});
const stderr = (text: string): JupyterMessage => message('stream', { name: 'stderr', text });
const shown = (text: string, id: string, type = 'display_data'): JupyterMessage =>
  message(type, { data: { 'text/plain': text }, metadata: {}, transient: { display_id: id } });

// As tslab 1.0.22 on Node 20 prints it.
const TRACE = `evalmachine.<anonymous>:2
throw new ShapeError('knn: k must be <= 3');
^

ShapeError: knn: k must be <= 3
    at evalmachine.<anonymous>:2:7
    at sigintHandlersWrap (node:vm:280:12)
    at Object.execute (/x/node_modules/tslab/dist/executor.js:150:36)
`;

describe('CellOutputs', () => {
  it('joins what one stream prints and returns the last line', () => {
    const cell = new CellOutputs(new Map());
    expect(cell.add(message('stream', { name: 'stdout', text: 'a\n' }))).toBe('a');
    expect(cell.add(message('stream', { name: 'stdout', text: 'b\nc\n' }))).toBe('c');
    cell.add(stderr('d\n'));
    expect(cell.outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'a\nb\nc\n' },
      { output_type: 'stream', name: 'stderr', text: 'd\n' },
    ]);
  });

  it('lifts the trace out of the stream, without the frames of the kernel', () => {
    const cell = new CellOutputs(new Map());
    cell.add(stderr('a warning\n'));
    cell.add(stderr(TRACE));
    expect(cell.liftError()).toEqual({
      output_type: 'error',
      ename: 'ShapeError',
      evalue: 'knn: k must be <= 3',
      traceback: [
        "throw new ShapeError('knn: k must be <= 3');",
        '^',
        '',
        'ShapeError: knn: k must be <= 3',
        '    at cell, compiled line 2',
      ],
    });
    expect(cell.outputs.map((output) => output.output_type)).toEqual(['stream', 'error']);
    expect(cell.outputs[0]).toMatchObject({ text: 'a warning\n' });
  });

  it.each([
    ['Error: plain\n    at f (/x/lib/dist/a.js:1:2)\n', 'Error', 'plain'],
    ['ShapeError: two\nlines\n', 'ShapeError', 'two'],
    ['Error [ERR_X]: coded {\n  code: 1\n}\n', 'Error', 'coded'],
    ['[DataError: without a stack]\n', 'DataError', 'without a stack'],
    ['TypeError\n    at f\n', 'TypeError', ''],
    ['{ odd: true }\n', 'Error', '{ odd: true }'],
  ])('reads %j', (trace, ename, evalue) => {
    const cell = new CellOutputs(new Map());
    cell.add(stderr(trace));
    expect(cell.liftError()).toMatchObject({ ename, evalue });
  });

  it('knows an uncaught failure from a cell that prints a warning', () => {
    const cell = new CellOutputs(new Map());
    cell.add(stderr('Warning: UnhandledPromiseRejection: quoted\n'));
    expect(cell.hasUncaught).toBe(false);
    cell.add(stderr('UnhandledPromiseRejection: 42\n'));
    cell.add(stderr('afterwards\n'));
    expect(cell.hasUncaught).toBe(true);
    expect(cell.liftError()).toMatchObject({ ename: 'Error', evalue: '42' });
    expect(cell.outputs[0]).toMatchObject({ text: 'Warning: UnhandledPromiseRejection: quoted\nafterwards\n' });
    expect(cell.hasUncaught).toBe(false);
  });

  it('updates a display of an earlier cell, and keeps an update that came without a display', () => {
    const displays = new Map();
    const [first, second] = [new CellOutputs(displays), new CellOutputs(displays)];
    first.add(shown('one', 'line'));
    expect(second.add(shown('two', 'line', 'update_display_data'))).toBe('two');
    second.add(shown('three', 'unknown', 'update_display_data'));
    expect(first.outputs).toMatchObject([{ data: { 'text/plain': 'two' } }]);
    expect(second.outputs).toMatchObject([{ data: { 'text/plain': 'three' } }]);
  });
});
