import type { CellOutput, DisplayOutput, ErrorOutput, StreamOutput } from './notebook.js';
import type { JupyterMessage } from './wire.js';

/** What tslab prints for a failure that no cell waited for. */
const UNCAUGHT = /^(?:UnhandledPromiseRejection|UncaughtException): /;
/** A line of tslab's compiler messages, `12:5 - Cannot find name 'x'.`, with a file name before it for an imported file. */
const COMPILER_MESSAGE = /^(?:\S+ )?\d+:\d+ - /;

/** The displays of one run that have an id, so that a later cell can update them in place. */
export type DisplaysById = Map<string, DisplayOutput>;

/**
 * Collects what one cell sends, and makes the error output that tslab does not send.
 *
 * tslab writes the trace of a failed cell to standard error and sends no `error` message. The trace is lifted
 * from the stream into an error output, so that every reader of the notebook sees a failed cell, once.
 */
export class CellOutputs {
  readonly outputs: CellOutput[] = [];
  readonly #displays: DisplaysById;
  readonly #errorWrites: { output: StreamOutput; text: string }[] = [];

  constructor(displays: DisplaysById) {
    this.#displays = displays;
  }

  /** Takes one message; returns the last line of text it holds, if any. */
  add(message: JupyterMessage): string | undefined {
    const { content } = message;
    if (message.header.msg_type === 'stream') {
      return this.#addText(content.name === 'stderr' ? 'stderr' : 'stdout', String(content.text));
    }
    if (!['display_data', 'update_display_data'].includes(message.header.msg_type)) return undefined;
    const data = content.data as Record<string, unknown>;
    this.#addDisplay(data, (content.transient as { display_id?: string } | undefined)?.display_id);
    return lastLine(data['text/plain']);
  }

  #addText(name: 'stdout' | 'stderr', text: string): string | undefined {
    let output = this.outputs.at(-1);
    if (output?.output_type !== 'stream' || output.name !== name) {
      output = { output_type: 'stream', name, text: '' };
      this.outputs.push(output);
    }
    output.text += text;
    if (name === 'stderr') this.#errorWrites.push({ output, text });
    return lastLine(text);
  }

  #addDisplay(data: Record<string, unknown>, id: string | undefined): void {
    const shown = id === undefined ? undefined : this.#displays.get(id);
    if (shown !== undefined) {
      shown.data = data;
      return;
    }
    const output: DisplayOutput = { output_type: 'display_data', data, metadata: {} };
    this.outputs.push(output);
    if (id !== undefined) this.#displays.set(id, output);
  }

  /** Whether a promise was rejected or an exception thrown that no one caught; tslab reports such a cell as `ok`. */
  get hasUncaught(): boolean {
    return this.#errorWrites.some(({ text }) => UNCAUGHT.test(text));
  }

  /** Turns the trace on standard error into an error output; for a cell that failed or {@link hasUncaught}. */
  liftError(): ErrorOutput {
    const writes = this.#errorWrites;
    const uncaught = writes.filter(({ text }) => UNCAUGHT.test(text));
    const compiler = writes.every(({ text }) => COMPILER_MESSAGE.test(text));
    const trace = uncaught.length > 0 ? uncaught : compiler ? [...writes] : writes.slice(-1);
    for (const write of trace) this.#remove(write);
    const text = trace.map((write) => write.text).join('');
    return this.addError(errorOf(text.replace(/\n$/, ''), compiler && uncaught.length === 0));
  }

  /** Drops the trace that tslab prints for an interrupted cell; it tells of tslab, not of the cell. */
  dropInterruption(): void {
    const last = this.#errorWrites.at(-1);
    if (last && /^Error: (?:Interrupted asynchronously|Script execution was interrupted)/m.test(last.text)) {
      this.#remove(last);
    }
  }

  /** Adds an error whose cause the cell did not print. */
  addError(error: Omit<ErrorOutput, 'output_type'>): ErrorOutput {
    const output: ErrorOutput = { output_type: 'error', ...error };
    this.outputs.push(output);
    return output;
  }

  #remove(write: { output: StreamOutput; text: string }): void {
    const at = write.output.text.lastIndexOf(write.text);
    write.output.text = write.output.text.slice(0, at) + write.output.text.slice(at + write.text.length);
    this.#errorWrites.splice(this.#errorWrites.indexOf(write), 1);
    if (write.output.text === '') this.outputs.splice(this.outputs.indexOf(write.output), 1);
  }
}

/** Reads name and message from a printed trace; a thrown value that is no Error has its text as message. */
function errorOf(trace: string, compiler: boolean): Omit<ErrorOutput, 'output_type'> {
  const printed = trace.split('\n');
  if (compiler) return { ename: 'CompileError', evalue: printed[0] ?? '', traceback: printed };
  const traceback = withoutKernelFrames(printed);
  for (const line of traceback) {
    const named = NAMED_ERROR.exec(line.replace(UNCAUGHT, ''));
    if (named) return { ename: named[1] ?? 'Error', evalue: named[2] ?? '', traceback };
  }
  return { ename: 'Error', evalue: (traceback[0] ?? '').replace(UNCAUGHT, ''), traceback };
}

/** `ShapeError: knn ...`, `Error [CODE]: ...`, or a bare `AbortError`. */
const NAMED_ERROR = /^\[?((?:[A-Za-z_$][\w$.]*)?(?:Error|Exception))(?: \[[^\]]*\])?(?:: (.*?))?(?:\]| \{)?$/;
/** Where a cell's code ends and the kernel's begins. */
const KERNEL_FRAME = /^\s+at .*(?:node:vm:|node:internal|tslab\/dist|sigintHandlersWrap|kernel-host)/;

/**
 * Drops the kernel's own frames and the place that Node names first, and calls the rest by its name: the lines counted are those
 * of the compiled code, not of the cell.
 */
function withoutKernelFrames(trace: string[]): string[] {
  return trace
    .filter((line) => !KERNEL_FRAME.test(line) && !/^evalmachine\.<anonymous>:\d+$/.test(line))
    .map((line) => line.replace(/evalmachine\.<anonymous>:(\d+):\d+/, 'cell, compiled line $1'));
}

function lastLine(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  return (
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) || undefined
  );
}
