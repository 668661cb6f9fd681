import { describe, expect, it } from 'vitest';
import { checkCell } from '../../lib/notebooks/cell-rules.js';
import { formatProblem, typecheckNotebooks } from '../../lib/notebooks/typecheck.js';

const fixture = (name: string): string => new URL(`../fixtures/notebooks/${name}`, import.meta.url).pathname;

describe('typecheckNotebooks', () => {
  it('finds each error where it stands in its cell, and none in a sound notebook', async () => {
    const bad = fixture('type-errors.ipynb');
    const problems = await typecheckNotebooks([fixture('tour.ipynb'), bad]);
    expect(problems.map(({ notebook, cell, line, column, code }) => [notebook, cell, line, column, code])).toEqual([
      [bad, 3, 1, 7, 'TS2322'],
      [bad, 4, 2, 13, 'TS2532'], // noUncheckedIndexedAccess: the repository's strictness, not tslab's
      [bad, 5, 1, 1, 'rule'],
      [bad, 5, 4, 16, 'rule'],
      [bad, 6, 1, 1, 'rule'],
    ]);
    expect(formatProblem(problems[0]!)).toBe(
      `${bad} cell 3, line 1:7: Type 'string' is not assignable to type 'number'. (TS2322)`,
    );
  });
});

describe('checkCell', () => {
  it.each([
    ['function f() {}', 'function "f"'],
    ['class Model { run() {} }', 'class "Model"'],
    ['const f = (x: number) => x;', 'store a function'],
    ['const f = function () {};', 'store a function'],
    ['const table = { score: (x: number) => x };', 'store a function'],
    ['const table = { score() { return 1; } };', 'function "score"'],
    ['let f; f = () => 1;', 'store a function'],
    ['export default function () {}', 'function "default"'],
    ['await (run());', 'await'],
  ])('refuses %s', (source, message) => {
    expect(checkCell(source).map((broken) => broken.message)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    'const doubled = [1, 2].map((x) => 2 * x);',
    'const run = await experiment({ onStep: (step) => console.log(step), seed: 1 });',
    'const sums = [1].map((x) => [2].map((y) => x + y));',
    'const adders = [1].map((x) => (y: number) => x + y);',
    'new Promise((done) => setTimeout(done, 1));',
    "import { knnCurve } from 'echolab';\nconst n: number = 3;",
    'const value = await run();',
  ])('allows %s', (source) => {
    expect(checkCell(source)).toEqual([]);
  });

  it('counts lines and columns from 1', () => {
    expect(checkCell('const a = 1;\n  function f() {}')).toMatchObject([{ line: 2, column: 3 }]);
  });
});
