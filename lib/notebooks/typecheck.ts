import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EnvironmentError, messageOf } from '../core/errors.js';
import { workbenchRoot } from '../core/paths.js';
import { checkCell } from './cell-rules.js';
import { readNotebook } from './notebook.js';

/** Something wrong in a cell. */
export interface CellProblem {
  /** Path of the notebook as it was given. */
  notebook: string;
  /** Position of the cell among all cells of the notebook, from 1; 0 for the notebook as a whole. */
  cell: number;
  /** Line and column in the cell, from 1. */
  line: number;
  column: number;
  /** The compiler's code, e.g. `TS2322`, or `rule` for a rule of the house. */
  code: string;
  message: string;
}

/** All code cells of one notebook in one module, and where each line came from. */
interface CellModule {
  notebook: string;
  text: string;
  /** For each line of `text`, from 0: the cell and the line in it. */
  origin: { cell: number; line: number }[];
}

/**
 * Checks the code cells of notebooks: with the strict settings of the repository, and against the rules for cells (see
 * `checkCell`).
 *
 * The cells of a notebook are checked as one ES module, in order, so a name is declared once and every import is used. All
 * notebooks go through the compiler in one run.
 *
 * @param files paths of `.ipynb` files inside the workbench
 * @returns every problem, in the order of the cells; empty when all is well
 * @throws {FormatError} if a file is not a notebook
 * @throws {EnvironmentError} if the compiler is not installed or cannot run
 */
export async function typecheckNotebooks(files: readonly string[]): Promise<CellProblem[]> {
  if (files.length === 0) return [];
  const modules = files.map(cellModule);
  const rules = files.flatMap(rulesBroken);
  const types = await compile(modules);
  const rank = (problem: CellProblem): number[] => [files.indexOf(problem.notebook), problem.cell, problem.line];
  return [...rules, ...types].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
  });
}

/** One line for a terminal: `notebooks/01.ipynb cell 3, line 2:7: message (TS2322)`. */
export function formatProblem(problem: CellProblem): string {
  const { notebook, cell, line, column, code, message } = problem;
  return `${notebook} cell ${cell}, line ${line}:${column}: ${message} (${code})`;
}

function rulesBroken(notebook: string): CellProblem[] {
  return readNotebook(notebook).cells.flatMap((cell, index) =>
    cell.cell_type === 'code'
      ? checkCell(cell.source).map((broken) => ({ notebook, cell: index + 1, ...broken, code: 'rule' }))
      : [],
  );
}

function cellModule(notebook: string): CellModule {
  const lines: string[] = [];
  const origin: CellModule['origin'] = [];
  for (const [index, cell] of readNotebook(notebook).cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    for (const [line, text] of `${cell.source}\n;`.split('\n').entries()) {
      lines.push(text);
      origin.push({ cell: index + 1, line: line + 1 });
    }
  }
  return { notebook, text: `${lines.join('\n')}\nexport {};\n`, origin };
}

async function compile(modules: readonly CellModule[]): Promise<CellProblem[]> {
  const root = workbenchRoot();
  mkdirSync(join(root, '.echolab'), { recursive: true });
  // Inside the workbench, so that `echolab` and the types are found; outside `notebooks/`, so that a kill litters nothing seen.
  const folder = mkdtempSync(join(root, '.echolab', 'cells-'));
  try {
    const names = modules.map(({ notebook }, index) => `${index}-${basename(notebook, '.ipynb')}.ts`);
    for (const [index, module] of modules.entries()) writeFileSync(join(folder, names[index]!), module.text);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: relative(folder, join(root, 'tsconfig.json')),
        compilerOptions: { noEmit: true },
        files: names,
      }),
    );
    return (await runCompiler(folder)).flatMap((line) => problemOf(line, names, modules));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lines of the compiler's report. */
async function runCompiler(folder: string): Promise<string[]> {
  let compiler: string;
  try {
    compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch (error) {
    throw new EnvironmentError(
      `typecheckNotebooks: needs the package typescript, got ${messageOf(error)}; run "npm ci"`,
    );
  }
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
      cwd: folder,
      maxBuffer: 2 ** 26,
    });
    return [];
  } catch (error) {
    const { stdout, code } = error as { stdout?: string; code?: unknown };
    if (typeof code === 'number' && stdout) return stdout.split('\n');
    throw new EnvironmentError(
      `typecheckNotebooks: the compiler must run, got ${messageOf(error)}; run "npm ci" again`,
    );
  }
}

/** Reads `0-name.ts(3,7): error TS2322: message`; lines that go on with an explanation are left out. */
function problemOf(line: string, names: readonly string[], modules: readonly CellModule[]): CellProblem[] {
  const match = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(line);
  if (match === null) return [];
  const [, file, row, column, code = '', message = ''] = match;
  const module = modules[names.findIndex((name) => file !== undefined && basename(file) === name)];
  if (module === undefined) {
    throw new EnvironmentError(
      `typecheckNotebooks: expected errors in cells only, got ${line}; run "npm run build" first`,
    );
  }
  const origin = module.origin[Number(row) - 1] ?? { cell: 0, line: 0 };
  return [{ notebook: module.notebook, ...origin, column: Number(column), code, message }];
}
