import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatCsv, parseCsv, readCsv, writeCsv } from '../../lib/core/csv.js';
import { joinInside, sweepPartials, writeFileWhole, writeFolderWhole } from '../../lib/core/files.js';
import { hashOf, sha256 } from '../../lib/core/hash.js';
import { formatDuration, lineProgress, progressLine } from '../../lib/core/progress.js';
import { restoreStream, stream } from '../../lib/core/random.js';
import { expectShape, sizeOf } from '../../lib/core/shape.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-core-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('random streams', () => {
  it('repeats for a seed and label and differs between labels', () => {
    const draw = (seed: number, label: string): number[] => {
      const random = stream(seed, label);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  });

  it('is uniform and normal: moments within five standard errors', () => {
    const random = stream(11, 'moments');
    const n = 100_000;
    let mean = 0;
    let normalMean = 0;
    let normalSquare = 0;
    for (let i = 0; i < n; i++) {
      mean += random.uniform() / n;
      const z = random.normal();
      normalMean += z / n;
      normalSquare += (z * z) / n;
    }
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(normalMean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(normalSquare - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it('streams with different labels are uncorrelated', () => {
    const a = stream(3, 'left');
    const b = stream(3, 'right');
    const n = 50_000;
    let product = 0;
    for (let i = 0; i < n; i++) product += (a.normal() * b.normal()) / n;
    expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(n));
  });

  it('draws integers without bias', () => {
    const random = stream(5, 'integer');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // chi-square, 6 degrees of freedom, upper 0.1 % point
  });

  it('jumps to a block of its own and goes on from a saved state', () => {
    const plain = stream(9, 'x');
    const jumped = stream(9, 'x').jump();
    expect(jumped.uniform()).not.toBe(plain.uniform());
    const state = plain.state();
    const ahead = [plain.uniform(), plain.uniform()];
    const restored = restoreStream(9, 'x', state);
    expect([restored.uniform(), restored.uniform()]).toEqual(ahead);
  });

  it('a child does not depend on what was drawn before', () => {
    const used = stream(4, 'p');
    used.uniform();
    expect(used.child(3).uniform()).toBe(stream(4, 'p').child(3).uniform());
  });

  it('shuffles and samples without loss', () => {
    const random = stream(6, 's');
    expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
    expect(new Set(random.sample([1, 2, 3, 4, 5], 3)).size).toBe(3);
    expect(() => random.sample([1], 2)).toThrow('RandomStream.sample: asked for 2 of 1 items');
  });

  it('weighted draws follow the weights', () => {
    const random = stream(7, 'w');
    let ones = 0;
    for (let i = 0; i < 40_000; i++) ones += random.weighted([1, 3]);
    expect(Math.abs(ones / 40_000 - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 40_000));
  });
});

describe('files', () => {
  it('replaces a file whole and leaves nothing behind', () => {
    const path = join(folder, 'deep', 'a.txt');
    writeFileWhole(path, 'one');
    writeFileWhole(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['a.txt']);
  });

  it('keeps the old folder when filling the new one fails', async () => {
    const path = join(folder, 'record');
    await writeFolderWhole(path, (temporary) => writeFileSync(join(temporary, 'x'), '1'));
    await expect(
      writeFolderWhole(path, (temporary) => {
        writeFileSync(join(temporary, 'x'), '2');
        throw new Error('power cut');
      }),
    ).rejects.toThrow('power cut');
    expect(readFileSync(join(path, 'x'), 'utf8')).toBe('1');
    expect(readdirSync(folder)).toEqual(['record']);
  });

  it('sweeps what a dead writer left and spares a living one', () => {
    writeFileSync(join(folder, '.a.txt.tmp-999999999-00000000'), '');
    writeFileSync(join(folder, `.b.txt.tmp-${process.pid}-00000000`), '');
    writeFileSync(join(folder, 'c.txt'), '');
    expect(sweepPartials(folder)).toEqual(['.a.txt.tmp-999999999-00000000']);
    expect(existsSync(join(folder, 'c.txt'))).toBe(true);
  });

  it('refuses names that leave the folder', () => {
    expect(joinInside(folder, 'a/b.avi')).toBe(join(folder, 'a', 'b.avi'));
    expect(joinInside(folder, '..a/b')).toBe(join(folder, '..a', 'b'));
    for (const name of ['../x', 'a/../../x', '/etc/passwd', 'a\0b', '..']) {
      expect(() => joinInside(folder, name)).toThrow(/leads outside/);
    }
  });
});

describe('csv', () => {
  it('keeps text, quotes what needs it, and survives a round trip', () => {
    const path = join(folder, 'a.csv');
    const rows = [
      { id: '0012', note: 'says "n/a", twice\nover', value: 0.1 + 0.2 },
      { id: '', note: 'x', value: null },
    ];
    writeCsv(path, rows, ['id', 'note', 'value']);
    expect(readCsv(path, ['id'])).toEqual([
      { id: '0012', note: 'says "n/a", twice\nover', value: '0.30000000000000004' },
      { id: '', note: 'x', value: '' },
    ]);
    expect(formatCsv([], ['a', 'b'])).toBe('a,b\n');
  });

  it('names the file, the wanted and the found columns', () => {
    expect(() => parseCsv('a,b\n1,2\n', 'list.csv', ['a', 'c'])).toThrow(
      'readCsv: list.csv must have the columns a, c; missing c, got a, b',
    );
    expect(() => parseCsv('a,b\n1\n', 'list.csv')).toThrow(/list.csv is not a well-formed CSV file/);
  });
});

describe('hash', () => {
  it('does not depend on the order of keys', () => {
    expect(hashOf({ a: 1, b: { c: 2, d: 3 } })).toBe(hashOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
    // FIPS 180-2, appendix B.1
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('shape', () => {
  it('measures and refuses', () => {
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([])).toBe(1);
    expect(() => expectShape('vit', 'images', [2, 3], [-1, 3, 8, 8])).toThrow(
      'vit: images must have shape [-1, 3, 8, 8] (-1: any), got [2, 3]',
    );
  });
});

describe('progress', () => {
  it('shows rate and time left', () => {
    expect(progressLine('train', 50, 200, 'steps', 25, 'loss 4.2')).toBe(
      'train 50/200 steps, 2.0 steps/s, 1 min 15 s left, loss 4.2',
    );
    expect([0.4, 42, 75, 3900].map(formatDuration)).toEqual(['0.4 s', '42 s', '1 min 15 s', '1 h 05 min']);
  });

  it('prints plain lines to a log, not more often than asked', () => {
    const lines: string[] = [];
    const progress = lineProgress((line) => lines.push(line), 3600)('make', 10, 'clips');
    for (let i = 1; i <= 10; i++) progress.update(i);
    progress.finish();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^make done in /);
  });
});
