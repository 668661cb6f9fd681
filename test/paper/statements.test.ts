import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STATEMENTS, statedFigure, statement } from '../../lib/paper/statements.js';

describe('statements', () => {
  it('have unique names and figures that stand in the quote', () => {
    expect(new Set(STATEMENTS.map(({ id }) => id)).size).toBe(STATEMENTS.length);
    for (const { id, quote, figures } of STATEMENTS) {
      for (const [name, text] of Object.entries(figures)) {
        expect(quote, id).toContain(text);
        expect(Number.isFinite(statedFigure(id, name).value)).toBe(true);
      }
    }
  });

  it('name what they do not hold', () => {
    expect(() => statement('nowhere')).toThrow(/nowhere/);
    expect(() => statedFigure('lvh-mae', 'r2')).toThrow(/ours, baseline/);
  });

  const paper = new URL('../../../shared/reference/echoapex-paper.txt', import.meta.url);
  it.runIf(existsSync(paper))('are verbatim', () => {
    // Hyphens are left out: the text version of the paper breaks words with them at line ends.
    const plain = (text: string): string => text.replace(/-\s*\n?\s*/g, '').replace(/\s+/g, ' ');
    const whole = plain(readFileSync(paper, 'utf8'));
    for (const { id, quote } of STATEMENTS) expect(whole.includes(plain(quote)), id).toBe(true);
  });
});
