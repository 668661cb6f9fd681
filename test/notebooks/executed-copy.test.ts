import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_FIGURE_TYPE, PLOTLY_TYPE } from '../../lib/notebooks/display.js';
import { writeExecutedCopy } from '../../lib/notebooks/executed-copy.js';
import { type CellOutput, readNotebook } from '../../lib/notebooks/notebook.js';
import { type NotebookProgress, runNotebook } from '../../lib/notebooks/run-notebook.js';

const tour = new URL('../fixtures/notebooks/tour.ipynb', import.meta.url).pathname;

describe('an executed notebook', { timeout: 180_000 }, () => {
  it('holds what the display functions showed, and is written with its page', async () => {
    const seen: NotebookProgress[] = [];
    const { notebook, failure } = await runNotebook(tour, { onProgress: (event) => seen.push(event) });
    expect(failure).toBeUndefined();
    const shown = notebook.cells.flatMap((cell): CellOutput[] => (cell.cell_type === 'code' ? cell.outputs : []));
    const bundles = shown.flatMap((output) => (output.output_type === 'display_data' ? [output.data] : []));

    const [table, markdown, progress, figure] = bundles;
    expect(Object.keys(table ?? {}).sort()).toEqual(['text/html', 'text/plain']);
    expect(markdown?.['text/markdown']).toContain('**weight**');
    // One line, updated in place; the runner's own progress passes it on while it changes.
    expect(progress?.['text/plain']).toMatch(/^pretrain done in /);
    expect(seen.some(({ line }) => /^pretrain 2\/3 steps, .*loss 2$/.test(line))).toBe(true);
    expect(Object.keys(figure ?? {}).sort()).toEqual([PAGE_FIGURE_TYPE, PLOTLY_TYPE, 'image/svg+xml', 'text/plain']);
    expect(figure?.[PLOTLY_TYPE]).toMatchObject({ data: [{ type: 'scatter' }, { type: 'scatter' }] });
    expect(figure?.['image/svg+xml']).toMatch(/^<svg/);
    expect(bundles).toHaveLength(4);

    const results = mkdtempSync(join(tmpdir(), 'echolab-test-'));
    const folder = join(results, 'e01', 'phantom-mini');
    const paths = writeExecutedCopy(folder, notebook, { plotlySource: 'shared', results });
    expect(readdirSync(folder).sort()).toEqual(['notebook.html', 'notebook.ipynb']);
    expect(readNotebook(paths.notebook)).toEqual(notebook);
    const page = readFileSync(paths.page, 'utf8');
    const source = /<script src="([^"]+)">/.exec(page)?.[1] ?? '';
    expect(source).toBe('../../assets/plotly.min.js');
    expect(existsSync(join(folder, source))).toBe(true);
    expect(page).toContain('<title>A tour of every output</title>');
    expect(readdirSync(join(results, 'assets'))).toEqual(['plotly.min.js']);
  });

  it('brings the part of plotly that draws bodies in space, where a figure has them', () => {
    const results = mkdtempSync(join(tmpdir(), 'echolab-test-'));
    const data = { [PLOTLY_TYPE]: { data: [{ type: 'mesh3d' }], layout: {} }, 'text/plain': 'a body' };
    const { cells, ...rest } = readNotebook(tour);
    const code = cells.find((cell) => cell.cell_type === 'code')!;
    const output = { output_type: 'display_data', data, metadata: {} } as CellOutput;
    const notebook = { ...rest, cells: [{ ...code, outputs: [output] }] } as typeof rest & { cells: typeof cells };
    writeExecutedCopy(join(results, 'e00', 'phantom-mini'), notebook, { plotlySource: 'shared', results });
    expect(readdirSync(join(results, 'assets')).sort()).toEqual(['plotly-gl3d.min.js', 'plotly.min.js']);
  });
});
