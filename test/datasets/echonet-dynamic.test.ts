import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../lib/core/errors.js';
import { type EchonetDynamic, readEchonetDynamic, roundHalfEven } from '../../lib/datasets/echonet-dynamic.js';
import { readManifest } from '../../lib/datasets/manifest.js';
import { polygonArea } from '../../lib/datasets/tracing.js';
import { fillPolygon } from '../../lib/imaging/polygon-fill.js';
import { temporaryFolder, writeMiniatureDynamic } from './miniature.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const manifest = readManifest('echonet-dynamic');
const read = (root: string): EchonetDynamic => readEchonetDynamic(root, manifest);

describe('readEchonetDynamic', () => {
  const clean = `${folder.path}/clean`;
  beforeAll(() => writeMiniatureDynamic(clean));

  it('reads the official layout without a finding', async () => {
    const { samples, findings } = read(clean);
    expect(findings).toEqual([]);
    expect(samples).toHaveLength(6);
    expect(samples[3]).toMatchObject({
      id: '0X3A',
      split: 'validation',
      ejectionFraction: 63,
      endDiastolicVolume: 100,
      endSystolicVolume: 37,
      frameCount: 12,
      framesPerSecond: 50,
    });
    expect((await samples[0]!.readClip()).frameCount).toBe(12);
  });

  it('makes masks as the EchoNet code does: long axis dropped, corners rounded, filled', () => {
    const [diastole, systole] = read(clean).samples[0]!.tracings;
    expect([diastole!.phase, diastole!.frame, systole!.phase, systole!.frame]).toEqual(['ED', 0, 'ES', 6]);
    expect(diastole!.outline).toHaveLength(40); // 20 chords, both ends
    const area = diastole!.mask().reduce((sum, value) => sum + value, 0);
    expect(area).toBeGreaterThan(0.97 * Math.PI * 30 ** 2); // a disc of radius 30
    expect(area).toBeLessThan(1.05 * Math.PI * 30 ** 2);
    const rounded = diastole!.outline.map(({ x, y }) => ({ x: roundHalfEven(x), y: roundHalfEven(y) }));
    expect(diastole!.mask()).toEqual(fillPolygon(rounded, 112, 112));
  });

  it('joins names with and without suffix in either table', async () => {
    const root = `${folder.path}/suffix`;
    await writeMiniatureDynamic(root, ({ list, tracings }) => {
      for (const row of list) row.FileName = `${row.FileName}.avi`;
      for (const row of tracings) row.FileName = String(row.FileName).replace('.avi', '');
    });
    const { samples, findings } = read(root);
    expect(findings).toEqual([]);
    expect(samples.every(({ tracings }) => tracings.length === 2)).toBe(true);
  });

  it('finds every planted fault, names it, and goes on with the rest', async () => {
    const root = `${folder.path}/faults`;
    await writeMiniatureDynamic(root, ({ list, tracings }) => {
      const of = (name: string) => tracings.filter((row) => row.FileName === `${name}.avi`);
      for (const row of of('0X0A')) row.Frame = row.Frame === 6 ? 99 : (row.Frame ?? null);
      for (const row of of('0X1A')) if (row.Frame === 6) Object.assign(row, { X1: '', X2: '' });
      // 0X2A lists systole first, against the order of the others
      const swapped = of('0X2A');
      for (const row of swapped) tracings.splice(tracings.indexOf(row), 1);
      tracings.push(...swapped.filter((row) => row.Frame === 6), ...swapped.filter((row) => row.Frame === 0));
      list.push({ ...list[3]! });
      list.push({ ...list[4]!, EF: 12 });
      tracings.push({ ...tracings[0]!, FileName: 'stranger.avi' });
    });
    rmSync(`${root}/Videos/0X5A.avi`);
    const { samples, findings } = read(root);
    expect(findings.map(({ code }) => code).sort()).toEqual(
      [
        'conflicting-rows',
        'duplicate-row',
        'empty-tracing',
        'extra-file',
        'frame-out-of-range',
        'missing-file',
        'too-few-traced-frames',
        'too-few-traced-frames',
      ].sort(),
    );
    expect(samples.map(({ id }) => id)).toEqual(['0X0A', '0X1A', '0X2A', '0X3A']);
    expect(samples[0]!.tracings).toEqual([]);
    expect(samples[2]!.tracings.map(({ frame }) => frame)).toEqual([0, 6]);
    expect(samples[2]!.ejectionFraction).toBe(62);
  });

  it('reports a clip that lists its phases against the others', async () => {
    const root = `${folder.path}/swapped`;
    await writeMiniatureDynamic(root, ({ tracings }) => {
      for (const row of tracings) if (row.FileName === '0X4A.avi') row.Frame = row.Frame === 6 ? 0 : 6;
    });
    const { samples, findings } = read(root);
    expect(findings).toEqual([]); // larger first still: the frame numbers were exchanged with their outlines
    expect(samples[4]!.tracings.map(({ frame }) => frame)).toEqual([6, 0]);
    await writeMiniatureDynamic(root, ({ tracings }) => {
      const rows = tracings.filter((row) => row.FileName === '0X4A.avi');
      tracings.splice(tracings.indexOf(rows[0]!), rows.length);
      tracings.push(...rows.slice(21), ...rows.slice(0, 21));
    });
    expect(read(root).findings.map(({ code }) => code)).toEqual(['phases-swapped']);
  });

  it('says which folder it wants', () => {
    expect(() => read('/nowhere')).toThrow(DataError);
    expect(() => read('/nowhere')).toThrow('FileList.csv is not in /nowhere');
  });
});

describe('outline arithmetic', () => {
  it('polygonArea is exact for a triangle and a square', () => {
    expect(
      polygonArea([
        { x: 0, y: 0 },
        { x: 4, y: 0 },
        { x: 0, y: 3 },
      ]),
    ).toBe(6);
    expect(
      polygonArea([
        { x: 1, y: 1 },
        { x: 3, y: 1 },
        { x: 3, y: 3 },
        { x: 1, y: 3 },
      ]),
    ).toBe(4);
  });

  it('roundHalfEven is numpy.rint', () => {
    // numpy 1.24 rint of [-1.5, -0.5, 0.5, 1.5, 2.5, 2.4, 3.5000001]
    expect([-1.5, -0.5, 0.5, 1.5, 2.5, 2.4, 3.5000001].map(roundHalfEven).map((v) => v + 0)).toEqual([
      -2, 0, 0, 2, 2, 2, 4,
    ]);
  });
});
