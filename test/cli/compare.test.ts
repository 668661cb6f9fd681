import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTables } from '../../lib/experiments/compare-tables/compare-tables.js';
import type { ComparisonOptions, TableComparison } from '../../lib/experiments/compare-tables/comparison.js';
import { independenceNote } from '../../lib/experiments/compare-tables/comparison-text.js';

const MAIN = new URL('../../lib/dist/cli/main.js', import.meta.url).pathname;
const OURS = [0.91, 0.93, 0.9, 0.92, 0.95, 0.94, 0.89, 0.93];
const THEIRS = [0.9, 0.9, 0.89, 0.9, 0.93, 0.93, 0.88, 0.9];

let folder: string;

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function compare(...options: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'compare', ...options], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

/** Without a child process, whose start takes longer than the comparison. */
function inProcess(first: string, second: string, options: ComparisonOptions): TableComparison {
  return compareTables(join(folder, first), join(folder, second), options);
}

function diceTable(name: string, values: readonly number[], order: readonly number[] = values.map((_, i) => i)): void {
  const lines = order.map((i) => `s${i},p${i >> 1},${values[i]}`);
  writeFileSync(join(folder, name), `sample,patient,dice\n${lines.join('\n')}\n`);
}

function classTable(name: string, rows: readonly (readonly [string, string, string])[]): void {
  const lines = rows.map(([patient, label, prediction], i) => `s${i},${patient},${label},${prediction}`);
  writeFileSync(join(folder, name), `sample,patient,label,prediction\n${lines.join('\n')}\n`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-compare-'));
  diceTable('ours.csv', OURS);
  diceTable('theirs.csv', THEIRS, [7, 2, 5, 0, 1, 6, 3, 4]);
  diceTable('short.csv', THEIRS, [2, 3, 4, 5, 6, 7]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('echolab compare, a metric a sample', () => {
  const options = ['ours.csv', 'theirs.csv', '--metric', 'dice', '--alternative', 'greater'];

  it('joins by sample, gives both tests and writes a page that loads nothing', () => {
    const { code, out } = compare(...options, '--unit', 'patient', '--json', '--out', 'page.html');
    expect(code).toBe(0);
    const result = JSON.parse(out) as {
      rows: { first: number; second: number; difference: number; publishedP: number; validP: number }[];
      samples: number;
      units: number;
      methods: { references: string[] };
    };
    const [row] = result.rows;
    expect(result).toMatchObject({ samples: 8, units: 4 });
    // by hand: sums 7.37 and 7.23 over 8
    expect(row!.first).toBeCloseTo(7.37 / 8, 12);
    expect(row!.second).toBeCloseTo(7.23 / 8, 12);
    expect(row!.difference).toBeCloseTo(0.0175, 12);
    // scipy 1.17.1 ttest_rel, alternative greater
    expect(row!.publishedP).toBeCloseTo(0.0004148404123122127, 12);
    // by enumeration: every patient is ahead, so 1 of 2^4 swaps is as extreme
    expect(row!.validP).toBe(1 / 16);
    expect(result.methods.references.length).toBeGreaterThanOrEqual(2);
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('echolab-figure');
    expect(page).toContain('Methods paragraph');
    expect(page).toContain('means by patient (n = 4)');
    expect(page).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)="https?:/);
  });

  it('prints the tests side by side, the methods and their references', () => {
    const { code, out } = compare(...options, '--unit', 'patient');
    expect(code).toBe(0);
    expect(out).toContain('8 samples in 4 clusters (unit: patient)');
    expect(out).toMatch(/p, as published\s+p, valid/);
    expect(out).toContain('the published test calls the difference of dice significant, the valid test does not');
    expect(out).toMatch(/1\. .*20\d\d\./);
    expect(out).not.toContain('No unit was named');
  });

  it('says so when samples count as independent', () => {
    const { rows, units } = inProcess('ours.csv', 'theirs.csv', { metric: 'dice', alternative: 'greater' });
    expect(units).toBe(8);
    // by enumeration: 8 positive differences
    expect(rows[0]!.validP).toBe(1 / 256);
    expect(independenceNote({ ...inProcess('ours.csv', 'theirs.csv', { metric: 'dice' }) })).toContain('--unit');
  });

  it('gives the same digits again', () => {
    const run = (): unknown => inProcess('ours.csv', 'theirs.csv', { metric: 'dice', unit: 'patient', seed: 5 }).rows;
    expect(run()).toEqual(run());
  });
});

describe('echolab compare, unequal sets', () => {
  const options = ['ours.csv', 'short.csv', '--metric', 'dice'];

  it('refuses them and names what is missing where', () => {
    const { code, out, err } = compare(...options);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('UnequalSetsError');
    expect(err).toContain('2 missing in short.csv: s0, s1');
    expect(err).toContain('nothing is missing in ours.csv');
  });

  it('takes and prints the common part on request', () => {
    const { code, out } = compare(...options, '--common-only');
    expect(code).toBe(0);
    expect(out).toContain('6 samples');
    expect(out).toContain('left out of ours: s0, s1');
  });
});

describe('echolab compare, balanced accuracy', () => {
  const truth = Array.from({ length: 24 }, (_, i) => ['A2C', 'A4C', 'PLAX'][i % 3]!);
  const rows = (wrong: ReadonlySet<number>): (readonly [string, string, string])[] =>
    truth.map((label, i) => [`p${i >> 1}`, label, wrong.has(i) ? (label === 'A2C' ? 'A4C' : 'A2C') : label]);

  beforeAll(() => {
    classTable('first.csv', rows(new Set([0])));
    classTable('second.csv', rows(new Set([0, 4, 9, 16])));
    classTable(
      'other-truth.csv',
      rows(new Set()).map(([p, label, call], i) => [p, i === 3 ? 'PLAX' : label, call]),
    );
    classTable(
      'unknown-call.csv',
      rows(new Set()).map(([p, label, call], i) => [p, label, i === 5 ? 'SC' : call]),
    );
  });

  it('compares class by class and over all', () => {
    const { code, out } = compare(
      'first.csv',
      'second.csv',
      '--metric',
      'bacc',
      '--unit',
      'patient',
      '--alternative',
      'greater',
      '--json',
    );
    expect(code).toBe(0);
    const { rows: found } = JSON.parse(out) as {
      rows: { name: string; first: number; second: number; validP: number; validPHolm: number }[];
    };
    expect(found.map(({ name }) => name)).toEqual(['A2C', 'A4C', 'PLAX', 'mean']);
    // by hand, A2C of the first: 7 of 8 found, no false alarm; of the second: 6 of 8 found, 2 of 16 false alarms
    expect(found[0]!.first).toBeCloseTo((7 / 8 + 1) / 2, 12);
    expect(found[0]!.second).toBeCloseTo((6 / 8 + 14 / 16) / 2, 12);
    // by enumeration: the models differ on samples 4, 9 and 16, of three patients, each in favour of the first
    expect(found[3]!.validP).toBe(1 / 8);
    for (const { validP, validPHolm } of found) expect(validPHolm).toBeGreaterThanOrEqual(validP);
  });

  it('names contradicting labels and calls that no sample has as label', () => {
    expect(() => inProcess('first.csv', 'other-truth.csv', { metric: 'bacc' })).toThrow(
      /sample s3 has the label A2C in first\.csv and PLAX in other-truth\.csv/,
    );
    expect(() => inProcess('first.csv', 'unknown-call.csv', { metric: 'bacc' })).toThrow(
      /unknown-call\.csv calls sample s5 "SC"/,
    );
  });
});

describe('echolab compare, damaged tables and wrong use', () => {
  it.each([
    [
      'a cell without number',
      'sample,patient,dice\ns0,p0,\ns1,p0,0.9\n',
      /dice must be a finite number.*s0 in bad\.csv/,
    ],
    ['a sample that stands twice', 'sample,patient,dice\ns0,p0,0.9\ns0,p0,0.8\n', /holds the sample s0 twice.*--key/],
    [
      'another patient',
      `sample,patient,dice\n${OURS.map((v, i) => `s${i},q${i},${v}`).join('\n')}\n`,
      /has the patient p0 in ours\.csv and q0/,
    ],
    ['no common sample', 'sample,patient,dice\nx0,p0,0.9\nx1,p1,0.8\n', /have no sample in common/],
  ])('%s', (_name, text, message) => {
    writeFileSync(join(folder, 'bad.csv'), text);
    const options = { metric: 'dice', unit: 'patient', commonOnly: true };
    expect(() => inProcess('ours.csv', 'bad.csv', options)).toThrow(message);
  });

  it('joins by several columns', () => {
    writeFileSync(join(folder, 'seeds.csv'), 'sample,seed,dice\ns0,1,0.9\ns0,2,0.8\ns1,1,0.7\n');
    writeFileSync(join(folder, 'seeds-2.csv'), 'sample,seed,dice\ns0,2,0.7\ns0,1,0.85\ns1,1,0.69\n');
    const { rows } = inProcess('seeds.csv', 'seeds-2.csv', { metric: 'dice', key: ['sample', 'seed'] });
    expect(rows[0]!.difference).toBeCloseTo(0.16 / 3, 12);
  });

  it('ends with 2 on wrong use and shows help', () => {
    expect(compare('ours.csv', 'theirs.csv').code).toBe(2);
    expect(compare('ours.csv', 'nowhere.csv', '--metric', 'dice').code).toBe(2);
    expect(compare('ours.csv', 'theirs.csv', '--metric', 'dice', '--draws', '0').code).toBe(2);
    const help = compare('--help');
    expect(help.code).toBe(0);
    expect(help.out).toContain('--common-only');
  });

  it('names a missing column', () => {
    expect(() => inProcess('ours.csv', 'theirs.csv', { metric: 'hausdorff' })).toThrow(/missing hausdorff/);
  });

  it('marks figures of records that were made from phantoms', () => {
    writeFileSync(join(folder, 'run.json'), '{"data": "phantom"}');
    const { figure } = inProcess('ours.csv', 'theirs.csv', { metric: 'dice' });
    rmSync(join(folder, 'run.json'));
    expect(figure.meta.dataOrigin).toBe('phantom');
    expect(inProcess('ours.csv', 'theirs.csv', { metric: 'dice' }).figure.meta.dataOrigin).toBe('none');
  });
});
