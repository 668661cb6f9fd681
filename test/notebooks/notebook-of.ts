import type { Notebook } from '../../lib/notebooks/notebook.js';

/** A notebook of code cells. */
export function notebookOf(...sources: string[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: sources.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index + 1}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    })),
  };
}
