import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FormatError, messageOf } from '../core/errors.js';

/** Text that a notebook file may hold as one string or as a list of lines. */
const text = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? value : value.join('')));

const metadata = z.record(z.string(), z.unknown());

/** A mime bundle: text types as one string, JSON types as values. */
const bundle = z.record(z.string(), z.unknown()).transform((data) => {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [type, isText(type) ? text.parse(value) : value]),
  );
});

const streamOutput = z.object({ output_type: z.literal('stream'), name: z.enum(['stdout', 'stderr']), text });
const displayOutput = z.object({
  output_type: z.literal('display_data'),
  data: bundle,
  metadata: metadata.default({}),
});
const resultOutput = z.object({
  output_type: z.literal('execute_result'),
  execution_count: z.number().int().nullable(),
  data: bundle,
  metadata: metadata.default({}),
});
const errorOutput = z.object({
  output_type: z.literal('error'),
  ename: z.string(),
  evalue: z.string(),
  traceback: z.array(z.string()),
});

const codeCell = z.object({
  cell_type: z.literal('code'),
  id: z.string().optional(),
  metadata: metadata.default({}),
  source: text,
  execution_count: z.number().int().nullable().default(null),
  outputs: z
    .array(z.discriminatedUnion('output_type', [streamOutput, displayOutput, resultOutput, errorOutput]))
    .default([]),
});
const proseCell = z.object({
  cell_type: z.enum(['markdown', 'raw']),
  id: z.string().optional(),
  metadata: metadata.default({}),
  source: text,
  attachments: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});

const notebookFile = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.number().int(),
  metadata: metadata.default({}),
  cells: z.array(z.discriminatedUnion('cell_type', [codeCell, proseCell])),
});

/** What a program printed. */
export interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: string;
}

/** Something shown: the same thing in one or more mime types. */
export interface DisplayOutput {
  output_type: 'display_data';
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** The value of a cell, as kernels other than tslab send it. */
export interface ResultOutput {
  output_type: 'execute_result';
  execution_count: number | null;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** Why a cell failed. */
export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

export type CellOutput = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CodeCell {
  cell_type: 'code';
  id?: string | undefined;
  metadata: Record<string, unknown>;
  source: string;
  execution_count: number | null;
  outputs: CellOutput[];
}

export interface ProseCell {
  cell_type: 'markdown' | 'raw';
  id?: string | undefined;
  metadata: Record<string, unknown>;
  source: string;
  attachments?: Record<string, Record<string, string>> | undefined;
}

export type NotebookCell = CodeCell | ProseCell;

/** A Jupyter notebook, format 4, with every multi-line text as one string. */
export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: NotebookCell[];
}

/**
 * Reads the text of an `.ipynb` file.
 *
 * @param name what to call the notebook in errors, e.g. its path
 * @throws {FormatError} if it is not JSON or not a format 4 notebook
 */
export function parseNotebook(json: string, name: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new FormatError(`parseNotebook: ${name} must be JSON, got ${messageOf(error)}`);
  }
  const result = notebookFile.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new FormatError(
      `parseNotebook: ${name} must be a format 4 notebook, got ${issue?.message ?? 'something else'} at ${issue?.path.join('.') || 'the top'}; save it again from JupyterLab or VS Code`,
    );
  }
  return result.data;
}

/** Reads an `.ipynb` file; see {@link parseNotebook}. */
export function readNotebook(path: string): Notebook {
  return parseNotebook(readFileSync(path, 'utf8'), path);
}

/** The text of the `.ipynb` file as Jupyter writes it: sorted keys, one-space indent, texts as lists of lines, a final newline. */
export function notebookJson(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.cell_type === 'code' ? { outputs: cell.outputs.map(outputJson) } : {}),
  }));
  return `${JSON.stringify({ ...notebook, cells }, sorted, 1)}\n`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function outputJson(output: CellOutput): object {
  if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
  if (output.output_type === 'error') return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    isText(type) && typeof value === 'string' ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

/** Jupyter splits text and SVG into lines; base64 stays one string and JSON stays JSON. */
function isText(type: string): boolean {
  return type.startsWith('text/') || type === 'image/svg+xml';
}

function lines(value: string): string[] {
  return value === '' ? [] : value.split(/(?<=\n)/);
}
