/** The room's front: run, check, strip and show notebooks. Cells import what they show with from `./display.js`. */
export { checkCell, type RuleBreak } from './cell-rules.js';
export { type ExecutedCopyOptions, writeExecutedCopy } from './executed-copy.js';
export { installKernel, jupyterDataFolder, type KernelStatus, kernelStatus, uninstallKernel } from './kernelspec.js';
export { findLab, LAB_MISSING, startLab } from './lab.js';
export { type Notebook, notebookJson, parseNotebook, readNotebook } from './notebook.js';
export { type NotebookPageOptions, notebookHtml } from './notebook-html.js';
export {
  type CellFailure,
  type CellRun,
  type NotebookProgress,
  type NotebookRun,
  type RunNotebookOptions,
  runNotebook,
} from './run-notebook.js';
export { checkStripped, stripNotebook } from './strip.js';
export { type CellProblem, formatProblem, typecheckNotebooks } from './typecheck.js';
