import { createRequire } from 'node:module';
import type * as TypeScript from '@tslab/typescript-for-tslab';

/** What a rule says of one place in a cell; line and column count from 1. */
export interface RuleBreak {
  line: number;
  column: number;
  message: string;
}

/** tslab's own compiler: what it reads in a cell is what will run. */
function tslabCompiler(): typeof TypeScript {
  const here = createRequire(import.meta.url);
  return createRequire(here.resolve('tslab/package.json'))('@tslab/typescript-for-tslab');
}

/**
 * Holds a cell against the house rules, read with tslab's own compiler:
 *
 * - No function is defined in a cell: no function declaration, class, named or stored function. A callback that is passed as
 *   an argument is fine.
 * - No `await (...)` where it is the cell's only kind of await: tslab reads it as the call of a function named await.
 */
export function checkCell(source: string): RuleBreak[] {
  const ts = tslabCompiler();
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const breaks: RuleBreak[] = [];
  const report = (node: TypeScript.Node, message: string): void => {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
    breaks.push({ line: line + 1, column: character + 1, message });
  };
  const visit = (node: TypeScript.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isAccessor(node)) {
      report(node, `a cell must not define the function "${node.name?.getText(file) ?? 'default'}"; move it to lib/`);
    } else if (ts.isClassLike(node)) {
      report(node, `a cell must not define the class "${node.name?.text ?? 'without a name'}"; move it to lib/`);
      return;
    } else if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
      if (!isArgument(ts, node)) {
        report(node, 'a cell must not store a function; pass it as an argument, or move it to lib/');
      }
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'await') {
      report(node, 'tslab reads "await (...)" as a call; write "await f()" or name the promise first');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return breaks;
}

/** Whether the function is an argument of a call, or part of an object or list that is. */
function isArgument(ts: typeof TypeScript, node: TypeScript.Node): boolean {
  let inner = node;
  for (let outer = node.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    if ((ts.isCallExpression(outer) || ts.isNewExpression(outer)) && outer.expression !== inner) return true;
    const transparent =
      ts.isParenthesizedExpression(outer) ||
      ts.isObjectLiteralExpression(outer) ||
      ts.isPropertyAssignment(outer) ||
      ts.isArrayLiteralExpression(outer) ||
      ts.isConditionalExpression(outer) ||
      ts.isAsExpression(outer) ||
      ts.isSatisfiesExpression(outer) ||
      // `xs.map((x) => (y) => x + y)`: part of a callback.
      ts.isArrowFunction(outer);
    if (!transparent) return false;
  }
  return false;
}
