import { createHash } from 'node:crypto';
import { type Notebook, type NotebookCell, notebookJson, parseNotebook } from './notebook.js';

/** The kernel that every notebook of the workbench names; {@link installKernel} registers it. */
export const KERNEL_NAME = 'tslab';

/** The only notebook metadata that a source notebook carries. */
const NOTEBOOK_METADATA = {
  kernelspec: { display_name: 'TypeScript', language: 'typescript', name: KERNEL_NAME },
  language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
};
/** Cell metadata that a person chose; everything else is a trace of some editor or run. */
const KEPT_CELL_METADATA = ['jupyter', 'tags'];

/**
 * The source form of a notebook: no outputs, no execution counts, only metadata that a person chose, and an id on every
 * cell. Stripping twice changes nothing. The given notebook is left as it is.
 *
 * Existing ids are kept. A missing or doubled id is made from the cell's text, so that the same notebook always
 * gets the same ids.
 */
export function stripNotebook(notebook: Notebook): Notebook {
  const used = new Set<string>();
  const cells = notebook.cells.map((cell): NotebookCell => {
    const id = freeId(cell, used);
    used.add(id);
    const metadata = keptMetadata(cell.metadata);
    const { source } = cell;
    if (cell.cell_type === 'code') {
      return { cell_type: 'code', execution_count: null, id, metadata, outputs: [], source };
    }
    const { cell_type, attachments } = cell;
    return { ...(attachments ? { attachments } : {}), cell_type, id, metadata, source };
  });
  return { cells, metadata: structuredClone(NOTEBOOK_METADATA), nbformat: 4, nbformat_minor: 5 };
}

/**
 * Says what keeps a source notebook from being stripped; an empty list means that it is.
 *
 * @param json the text of the `.ipynb` file
 * @param name what to call the notebook in errors, e.g. its path
 * @throws {FormatError} if it is not a notebook
 */
export function checkStripped(json: string, name: string): string[] {
  const notebook = parseNotebook(json, name);
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const [index, cell] of notebook.cells.entries()) {
    const where = `cell ${index + 1}`;
    if (cell.cell_type === 'code' && cell.outputs.length > 0) problems.push(`${where} carries outputs`);
    if (cell.cell_type === 'code' && cell.execution_count !== null)
      problems.push(`${where} carries an execution count`);
    const volatile = Object.keys(cell.metadata).filter((key) => !KEPT_CELL_METADATA.includes(key));
    if (volatile.length > 0) problems.push(`${where} carries metadata: ${volatile.join(', ')}`);
    if (cell.id === undefined || !VALID_ID.test(cell.id)) problems.push(`${where} has no valid id`);
    else if (ids.has(cell.id)) problems.push(`${where} has the id of an earlier cell, ${cell.id}`);
    ids.add(cell.id ?? '');
  }
  if (problems.length === 0 && json !== notebookJson(stripNotebook(notebook))) {
    problems.push('the notebook metadata or the layout of the file differ from what stripping writes');
  }
  return problems;
}

/** An id as the notebook format allows it. */
const VALID_ID = /^[A-Za-z0-9_-]{1,64}$/;

function freeId(cell: NotebookCell, used: ReadonlySet<string>): string {
  if (cell.id !== undefined && VALID_ID.test(cell.id) && !used.has(cell.id)) return cell.id;
  for (let copy = 0; ; copy++) {
    const id = createHash('sha256').update(`${cell.cell_type}\0${cell.source}\0${copy}`).digest('hex').slice(0, 8);
    if (!used.has(id)) return id;
  }
}

function keptMetadata(metadata: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(KEPT_CELL_METADATA.filter((key) => key in metadata).map((key) => [key, metadata[key]]));
}
