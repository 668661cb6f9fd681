import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Rooms of lib/, lowest first. A room may import from any level below its own. */
const LEVELS = [
  ['core'],
  ['engine', 'imaging', 'statistics'],
  ['phantom', 'datasets', 'models', 'losses', 'embedding'],
  ['training', 'evaluation', 'figures', 'paper'],
  ['sweeps', 'records', 'experiments', 'notebooks'],
  ['interactive'],
  ['cli'],
];

/** Imports between rooms of one level that the design allows. */
const SIDEWAYS = new Set(['losses->models', 'experiments->records', 'experiments->sweeps', 'sweeps->records']);

const root = new URL('../lib/', import.meta.url).pathname;
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('dist') && !file.startsWith('node_modules'),
);

const levelOf = (room: string): number => LEVELS.findIndex((rooms) => rooms.includes(room));
const roomOf = (path: string): string => path.split('/')[0] ?? '';

/** `[line of the import statement's module]` of a TypeScript source. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
}

function reversedImports(file: string, source: string): string[] {
  const room = roomOf(file);
  return importsOf(source)
    .map((module) => relative(root, join(root, file, '..', module)))
    .filter((target) => {
      const other = roomOf(target);
      if (other === room) return false;
      return levelOf(other) >= levelOf(room) && !SIDEWAYS.has(`${room}->${other}`);
    })
    .map((target) => `${file} imports ${target}`);
}

describe('architecture', () => {
  it('every room has a level', () => {
    const rooms = new Set(files.filter((file) => file.includes('/')).map(roomOf));
    expect([...rooms].filter((room) => levelOf(room) < 0)).toEqual([]);
  });

  it('arrows point one way', () => {
    const reversed = files
      .filter((file) => file.includes('/'))
      .flatMap((file) => reversedImports(file, readFileSync(join(root, file), 'utf8')));
    expect(reversed).toEqual([]);
  });

  it('notices a reversed arrow', () => {
    expect(reversedImports('core/x.ts', "import { y } from '../engine/y.js';")).toHaveLength(1);
    expect(reversedImports('models/x.ts', "import { y } from '../losses/y.js';")).toHaveLength(1);
    expect(reversedImports('losses/x.ts', "import { y } from '../models/y.js';")).toHaveLength(0);
  });

  it('nothing draws from the host random generator', () => {
    const offenders = files.filter((file) =>
      /Math\.random|tf\.(randomNormal|randomUniform|truncatedNormal|multinomial|rand)\b/.test(
        readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
      ),
    );
    expect(offenders).toEqual([]);
  });
});
