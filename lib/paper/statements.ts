import { ArgumentError } from '../core/errors.js';
import { type PrintedNumber, printedNumber } from './printed-number.js';
import type { Statement } from './statement.js';
import { FRONT_STATEMENTS } from './statements-front.js';
import { METHOD_STATEMENTS } from './statements-methods.js';
import { RESULT_STATEMENTS } from './statements-results.js';

/** Every quantitative sentence of the paper: abstract, introduction, discussion, results, methods. */
export const STATEMENTS: readonly Statement[] = [...FRONT_STATEMENTS, ...RESULT_STATEMENTS, ...METHOD_STATEMENTS];

/** A figure of a sentence with its place. */
export interface StatedFigure extends PrintedNumber {
  /** `2.4.1, lvh-mae, ours`. */
  readonly place: string;
}

/**
 * A sentence by id.
 *
 * @throws {ArgumentError} if there is none
 */
export function statement(id: string): Statement {
  const found = STATEMENTS.find((candidate) => candidate.id === id);
  if (found === undefined) throw new ArgumentError(`statement: no sentence is called ${id}; see STATEMENTS`);
  return found;
}

/**
 * A figure of a sentence.
 *
 * @throws {ArgumentError} if there is no such sentence or figure
 */
export function statedFigure(id: string, name: string): StatedFigure {
  const source = statement(id);
  const text = source.figures[name];
  if (text === undefined) {
    throw new ArgumentError(
      `statedFigure: ${id} has the figures ${Object.keys(source.figures).join(', ') || '(none)'}, got ${name}`,
    );
  }
  return { ...printedNumber(text), place: `${source.place}, ${id}, ${name}` };
}
