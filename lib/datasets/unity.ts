import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, messageOf } from '../core/errors.js';
import type { Point } from '../imaging/polygon-fill.js';
import { clipFile } from './clip-file.js';
import type { ClipSample, Dataset } from './dataset.js';
import { Findings } from './finding.js';
import type { Manifest } from './manifest.js';
import type { SplitName } from './split.js';
import { reportLeaks } from './view-study.js';

/** The points that the paper's measurements use: septum and posterior wall in the parasternal long axis. */
export const PLAX_POINTS = ['lv-ivs-top', 'lv-ivs-bottom', 'lv-pw-top', 'lv-pw-bottom'] as const;

/** What an expert marked. `off`: the structure is not there. `blurred`: the label is to be ignored. */
export type UnityLabel =
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'curve'; readonly knots: readonly Point[] }
  | { readonly kind: 'off' }
  | { readonly kind: 'blurred' };

/** One labelled frame of Unity Imaging; `readFrame(0)` reads it. */
export interface UnitySample extends ClipSample {
  /** Frame number in the clip it was taken from. */
  readonly frame: number;
  readonly labels: ReadonlyMap<string, UnityLabel>;
}

/** Unity Imaging on disk. */
export type Unity = Dataset<'unity', UnitySample>;

const rawLabel = z.looseObject({ type: z.string().optional(), x: z.string().optional(), y: z.string().optional() });
const rawFile = z.record(
  z.string(),
  z.looseObject({ labels: z.record(z.string(), z.union([rawLabel, z.array(rawLabel)])) }),
);
type RawLabel = z.infer<typeof rawLabel>;

/** 67 characters of clip code, a dash, four digits. */
const NAME = /^([0-9a-zA-Z]{2}-[0-9a-zA-Z]{64})-(\d{4})(?:\.png)?$/;

/**
 * Reads Unity Imaging: `png-cache/…` and `labels-train.json` and `labels-val.json` (else `labels-all.json`), in the root or in `labels/`.
 *
 * Source: UnityImaging/scantensus-echo, Scantensus/datasets/unity.py.
 *
 * @param root the folder that holds `png-cache`
 */
export function readUnity(root: string, manifest: Manifest): Unity {
  const findings = new Findings();
  const samples: UnitySample[] = [];
  for (const { file, split } of labelFiles(root, manifest.name)) {
    for (const [name, { labels }] of Object.entries(readLabels(join(root, file)))) {
      const sample = sampleOf(root, file, name, labels, split, findings);
      if (sample !== null) samples.push(sample);
    }
  }
  reportLeaks(samples, 'labels', findings);
  return { layout: 'unity', manifest, root, samples, findings: findings.list() };
}

function labelFiles(root: string, name: string): { readonly file: string; readonly split: SplitName | null }[] {
  const find = (file: string): string | undefined =>
    [file, `labels/${file}`].find((one) => existsSync(join(root, one)));
  const [train, validation, all] = ['labels-train.json', 'labels-val.json', 'labels-all.json'].map(find);
  const parts = [
    ...(train === undefined ? [] : [{ file: train, split: 'train' as const }]),
    ...(validation === undefined ? [] : [{ file: validation, split: 'validation' as const }]),
  ];
  if (parts.length > 0) return parts;
  if (all !== undefined) return [{ file: all, split: null }];
  throw new DataError(
    `${name}: neither labels-train.json, labels-val.json nor labels-all.json is in ${root} or its folder labels`,
  );
}

function readLabels(path: string): z.infer<typeof rawFile> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataError(`readUnity: ${path} is not JSON: ${messageOf(error)}`);
  }
  const result = rawFile.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError(`readUnity: ${path} does not hold labels: ${issue?.path.join('.')}: ${issue?.message}`);
}

function sampleOf(
  root: string,
  file: string,
  name: string,
  raw: Readonly<Record<string, RawLabel | RawLabel[]>>,
  split: SplitName | null,
  findings: Findings,
): UnitySample | null {
  const where = `${file} ${name}`;
  const match = NAME.exec(name);
  if (match === null) {
    findings.add(
      'path-outside',
      'unrepairable',
      where,
      'is not a 67-character code and a four-digit frame',
      'left out',
    );
    return null;
  }
  const [code, frame] = [match[1]!, match[2]!];
  const path = join(root, 'png-cache', code.slice(0, 2), code.slice(3, 5), code.slice(5, 7), `${code}-${frame}.png`);
  if (!existsSync(path)) {
    findings.add('missing-file', 'unrepairable', where, `${path.slice(root.length + 1)} is not there`, 'left out');
    return null;
  }
  const labels = new Map<string, UnityLabel>();
  for (const [label, value] of Object.entries(raw)) {
    const parsed = labelOf(Array.isArray(value) ? value[0] : value, `${where} ${label}`, findings);
    if (parsed !== null) labels.set(label, parsed);
  }
  return { id: `${code}-${frame}`, patient: code, split, frame: Number(frame), labels, ...clipFile(path) };
}

function labelOf(raw: RawLabel | undefined, where: string, findings: Findings): UnityLabel | null {
  if (raw === undefined || raw.type === 'off') return { kind: 'off' };
  if (raw.type === 'blurred') return { kind: 'blurred' };
  const numbers = (text: string | undefined): number[] => (text ?? '').split(/\s+/).filter(Boolean).map(Number);
  const [x, y] = [numbers(raw.x), numbers(raw.y)];
  if (x.length === 0 && y.length === 0) return { kind: 'off' };
  if (x.length !== y.length || [...x, ...y].some((value) => !Number.isFinite(value))) {
    findings.add(
      'implausible-value',
      'unrepairable',
      where,
      `${x.length} x and ${y.length} y values, or one is no number`,
      'label left out',
    );
    return null;
  }
  if (x.length === 2) {
    findings.add(
      'implausible-value',
      'unrepairable',
      where,
      'two positions are neither a point nor a curve',
      'label left out',
    );
    return null;
  }
  const points = x.map((value, index) => ({ x: value, y: y[index]! }));
  return points.length === 1 ? { kind: 'point', point: points[0]! } : { kind: 'curve', knots: points };
}
