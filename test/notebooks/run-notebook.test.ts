import { describe, expect, it } from 'vitest';
import type { CellOutput, Notebook } from '../../lib/notebooks/notebook.js';
import { type NotebookProgress, runNotebook } from '../../lib/notebooks/run-notebook.js';
import { gone, notebookOf } from './notebook-of.js';

/** Inside the workbench, as the notebooks are: `echolab` is found from here. */
const cwd = new URL('../fixtures/notebooks/', import.meta.url).pathname;

const outputsOf = (notebook: Notebook): CellOutput[][] =>
  notebook.cells.map((cell) => (cell.cell_type === 'code' ? cell.outputs : []));
const textOf = (outputs: CellOutput[] | undefined): string =>
  (outputs ?? []).map((output) => (output.output_type === 'stream' ? output.text : '')).join('');
const errorsOf = (outputs: CellOutput[] | undefined): string[] =>
  (outputs ?? []).flatMap((output) => (output.output_type === 'error' ? [`${output.ename}: ${output.evalue}`] : []));

describe.concurrent('runNotebook', { timeout: 180_000 }, () => {
  it('executes cells in order, with the library; updates displays in place; leaves the source as it was', async () => {
    const source = notebookOf(
      "import { ShapeError } from 'echolab';\nconst error = new ShapeError('two');",
      'console.log(error.name);\n1 + 1',
      '',
      'const later = () => Promise.resolve(7);\nawait later()',
      'for (let line = 0; line < 3000; line++) console.log(line);',
      "import * as tslab from 'tslab';\nconst line = tslab.newDisplay();\nline.text('one');\ntslab.display.html('<b>two</b>');\nline.text('three');",
      "line.text('four');",
    );
    const before = structuredClone(source);
    const { notebook, failure, cells } = await runNotebook(source, { cwd });
    expect(failure).toBeUndefined();
    expect(source).toEqual(before);
    expect(cells.map(({ index, status }) => [index, status])).toEqual([0, 1, 3, 4, 5, 6].map((index) => [index, 'ok']));
    const outputs = outputsOf(notebook);
    // No warning about ES modules either.
    expect(outputs[0]).toEqual([]);
    expect(outputs[1]).toEqual([{ output_type: 'stream', name: 'stdout', text: 'ShapeError\n2\n' }]);
    expect(textOf(outputs[3])).toBe('7\n');
    expect(notebook.cells.map((cell) => cell.cell_type === 'code' && cell.execution_count)).toEqual([
      1,
      2,
      null,
      3,
      4,
      5,
      6,
    ]);
    // tslab alone stops at 512 messages in one turn.
    expect(textOf(outputs[4]).trimEnd().split('\n').map(Number)).toEqual([...Array(3000).keys()]);
    // One display, updated in place by its own cell and by the next.
    expect(outputs.slice(5)).toEqual([
      [
        { output_type: 'display_data', data: { 'text/plain': 'four' }, metadata: {} },
        { output_type: 'display_data', data: { 'text/html': '<b>two</b>' }, metadata: {} },
      ],
      [],
    ]);
  });

  it('shows every failure as an error output, and goes on where errors are allowed', async () => {
    const { notebook, failure, cells } = await runNotebook(
      notebookOf(
        "console.error('a warning');\nthrow new RangeError('too far');",
        'const width: string = 4;\nconst height: number = "x";',
        "throw 'a text';",
        "void Promise.reject(new TypeError('lost'));",
        'const three = () => Promise.resolve(3);\nawait (three());',
        "await Promise.reject(Object.assign(new Error('coded'), { name: 'AbortError' }));",
        "console.error('only a warning');",
      ),
      { cwd, allowErrors: true },
    );
    const outputs = outputsOf(notebook);
    expect(outputs.map(errorsOf)).toEqual([
      ['RangeError: too far'],
      ["CompileError: 1:7 - Type 'number' is not assignable to type 'string'."],
      ['Error: a text'],
      ['TypeError: lost'],
      ['ReferenceError: await is not defined'],
      [expect.stringContaining('coded')],
      [],
    ]);
    // The trace stands in the error output only; what the cell itself printed stays.
    expect(outputs.map(textOf)).toEqual(['a warning\n', '', '', '', '', '', 'only a warning\n']);
    const compile = outputs[1]?.[0];
    expect(compile?.output_type === 'error' && compile.traceback).toHaveLength(2);
    expect(cells.map(({ status }) => status)).toEqual([...Array(6).fill('error'), 'ok']);
    expect(failure).toMatchObject({ index: 0, cell: 1, kind: 'error', error: { ename: 'RangeError' } });
  });

  it('runs two at once; stops at the first failure, and counts an exception that comes while a later cell runs', async () => {
    const [stopped, late] = await Promise.all([
      runNotebook(notebookOf("const late = 'a text';", 'throw new Error(late)', "console.log('never')"), { cwd }),
      runNotebook(
        notebookOf(
          "const late = { due: false };\nconst timer = setInterval(() => { if (late.due) { clearInterval(timer); throw new TypeError('late'); } }, 10);",
          "late.due = true;\nawait new Promise((done) => setTimeout(done, 300));\nconsole.log('reached')",
        ),
        { cwd },
      ),
    ]);
    expect(stopped.cells).toHaveLength(2);
    expect(stopped.failure).toMatchObject({ index: 1, cell: 2, error: { evalue: 'a text' } });
    expect(outputsOf(stopped.notebook)[2]).toEqual([]);
    expect(late.failure).toMatchObject({ index: 1, kind: 'error', error: { ename: 'TypeError', evalue: 'late' } });
    expect(textOf(outputsOf(late.notebook)[1])).toBe('reached\n');
  });

  it('keeps the partial notebook when the kernel dies', async () => {
    const { notebook, failure } = await runNotebook(
      notebookOf("console.log('before')", 'process.exit(7)', "console.log('never')"),
      { cwd, allowErrors: true },
    );
    expect(failure).toMatchObject({ index: 1, kind: 'kernel-died', error: { ename: 'KernelDied' } });
    expect(failure?.error.evalue).toContain('exit code 7');
    expect(outputsOf(notebook).map(textOf)).toEqual(['before\n', '', '']);
    expect(outputsOf(notebook)[1]).toEqual([failure?.error]);
  });

  it('interrupts a cell that takes too long, and kills the kernel of one that does not stop', async () => {
    const { notebook, failure, cells } = await runNotebook(
      notebookOf(
        'await new Promise((done) => setTimeout(done, 60_000));',
        'for (;;);',
        "console.log('alive')",
        'await new Promise((done) => setTimeout(done, 10));\nfor (;;);',
        "console.log('never')",
      ),
      { cwd, timeoutSeconds: 2.5, allowErrors: true },
    );
    expect(cells.map(({ status }) => status)).toEqual(['timeout', 'timeout', 'ok', 'timeout']);
    expect(failure).toMatchObject({ index: 0, kind: 'timeout' });
    const outputs = outputsOf(notebook);
    expect(errorsOf(outputs[0])[0]).toContain('was interrupted');
    expect(errorsOf(outputs[3])[0]).toContain('its kernel was killed');
    // tslab's own trace of the interruption is dropped.
    expect(outputs.map(textOf)).toEqual(['', '', 'alive\n', '', '']);
  });

  it('kills the kernel when aborted and rejects with the reason', async () => {
    const controller = new AbortController();
    const seen: NotebookProgress[] = [];
    const run = runNotebook(notebookOf('console.log(process.pid)', 'console.log("on");\nfor (;;);'), {
      cwd,
      signal: controller.signal,
      onProgress: (event) => {
        seen.push(event);
        if (event.cell === 2 && event.state === 'started') controller.abort(new Error('Ctrl-C'));
      },
    });
    await expect(run).rejects.toThrow('Ctrl-C');
    expect(seen.slice(0, 3).map(({ cell, cells, state }) => [cell, cells, state])).toEqual([
      [1, 2, 'started'],
      [1, 2, 'printed'],
      [1, 2, 'done'],
    ]);
    const pid = Number(seen[1]?.line);
    expect(pid).toBeGreaterThan(1);
    expect(await gone(pid)).toBe(true);
    await expect(runNotebook(notebookOf('1'), { signal: AbortSignal.abort(new Error('early')) })).rejects.toThrow(
      'early',
    );
  });

  it('refuses a time limit that is none', async () => {
    await expect(runNotebook(notebookOf('1'), { timeoutSeconds: 0 })).rejects.toThrow('timeoutSeconds');
  });
});
