import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellOf, columnCells, paperTable } from '../../lib/paper/paper-table.js';
import { asPrinted, printedNumber } from '../../lib/paper/printed-number.js';
import { PAPER_TABLES, tableNumber, viewCell } from '../../lib/paper/tables.js';
import { PAPER_VIEWS, VIEW_MODELS } from '../../lib/paper/tables-views.js';

describe('printedNumber', () => {
  it.each([
    ['26K', 26_000, 1000],
    ['37.4 million', 37_400_000, 100_000],
    ['2.5M', 2_500_000, 100_000],
    ['450,338', 450_338, 1],
    ['0.990', 0.99, 0.001],
    ['5.1%', 5.1, 0.1],
    ['1.0e-4', 0.0001, 0.00001],
    ['3 M', 3_000_000, 1_000_000],
    ['-0.5', -0.5, 0.1],
  ])('%s', (text, value, step) => {
    expect(printedNumber(text)).toEqual({ text, value, step });
  });

  it('refuses what is no number, and prints back', () => {
    expect(() => printedNumber('AdamW')).toThrow(/needs a number/);
    expect(asPrinted(0.9275, printedNumber('0.928'))).toBe('0.928');
    expect(asPrinted(2.345678, printedNumber('1.00'))).toBe('2.35');
  });
});

describe('tables', () => {
  it('are the 14 of the paper, with unique rows and columns', () => {
    expect(PAPER_TABLES.map((table) => table.number)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    for (const table of PAPER_TABLES) {
      expect(new Set(table.rows).size).toBe(table.rows.length);
      expect(new Set(table.columns).size).toBe(table.columns.length);
      expect(table.printed.every((row) => row.length === table.columns.length)).toBe(true);
    }
  });

  it('know their places', () => {
    expect(viewCell('ResNet50-IN', 'PLAX:LV', 'BACC')).toMatchObject({ value: 0.894, place: 'Table 5, PLAX:LV, BACC' });
    expect(viewCell('EchoApex-B', 'PLAX:Valves', 'BACC')).toMatchObject({ text: '0.94', step: 0.01 });
    expect(cellOf(tableNumber(13), 'EchoApex-S', 'LVID std').value).toBe(5.5);
    expect(columnCells(tableNumber(10), 'Decoder num parameters').map((cell) => cell.value)).toEqual([3e6, 14e6]);
  });

  it('name what they do not hold', () => {
    expect(() => tableNumber(15)).toThrow(/1 to 14/);
    expect(() => cellOf(tableNumber(9), 'CAMUS', 'MedSAM')).toThrow(/no cell "CAMUS"/);
    expect(() => cellOf(tableNumber(2), 'ResNet50-IN', 'Adapter hidden size')).toThrow(/no cell/);
    expect(() => cellOf(tableNumber(1), 'optimizer', 'Value')).toThrow(/needs a number/);
    expect(() => paperTable(1, 'x', ['a', 'b'], [['row', '1']])).toThrow(/needs 2 cells/);
  });

  it('typed without slips: per-view BACC lies between recall / 2 + 0.48 and recall / 2 + 0.5', () => {
    // One-against-rest: (recall + specificity) / 2, and no specificity of the paper is below 0.97.
    for (const model of VIEW_MODELS) {
      for (const view of PAPER_VIEWS) {
        const recall = viewCell(model, view, 'Accuracy').value;
        const bacc = viewCell(model, view, 'BACC').value;
        const specificity = 2 * bacc - recall;
        expect(specificity, `${model} ${view}`).toBeGreaterThan(0.97);
        expect(specificity, `${model} ${view}`).toBeLessThan(1.0016);
      }
    }
  });

  const paper = new URL('../../../shared/reference/echoapex-paper.txt', import.meta.url);
  it.runIf(existsSync(paper))('stand in the paper row by row', () => {
    const text = readFileSync(paper, 'utf8').replace(/ ± /g, ' ');
    for (const number of [3, 4, 5, 6, 7, 9, 11, 12, 13, 14]) {
      for (const row of tableNumber(number).printed) expect(text, `Table ${number}`).toContain(row.join(' '));
    }
    for (const row of tableNumber(8).printed) expect(text).toContain(row.slice(-3).join(' '));
    for (const [i, row] of tableNumber(1).printed.entries()) {
      expect(text).toContain(`${tableNumber(1).rows[i]} ${row[1]}`);
    }
  });
});
