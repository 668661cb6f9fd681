import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCsv } from '../../lib/core/csv.js';
import { sha256 } from '../../lib/core/hash.js';
import { silentProgress } from '../../lib/core/progress.js';
import { openAvi } from '../../lib/imaging/avi/open-avi.js';
import { patientOf } from '../../lib/phantom/clip-plan.js';
import { PHANTOM_SMOKE, type PhantomDataConfig } from '../../lib/phantom/data-config.js';
import {
  estimatePhantomData,
  makePhantomData,
  PHANTOM_SETS,
  readPhantomSummary,
} from '../../lib/phantom/make-phantom-data.js';
import { planCamus } from '../../lib/phantom/plan-camus.js';
import { planDicomStudy } from '../../lib/phantom/plan-dicom-study.js';
import { planEchonetDynamic } from '../../lib/phantom/plan-echonet-dynamic.js';
import { planEchonetLvh } from '../../lib/phantom/plan-echonet-lvh.js';
import { planEchonetPediatric } from '../../lib/phantom/plan-echonet-pediatric.js';
import { planTmed2 } from '../../lib/phantom/plan-tmed-2.js';
import { planUnity } from '../../lib/phantom/plan-unity.js';
import { planPretraining, planViewStudy } from '../../lib/phantom/plan-view-study.js';
import { planVolBiplane, planVolumes } from '../../lib/phantom/plan-volumes.js';
import type { SetPlan } from '../../lib/phantom/set-plan.js';

const TINY: PhantomDataConfig = {
  ...PHANTOM_SMOKE,
  pretrain: { ...PHANTOM_SMOKE.pretrain!, patients: 2, clipsPerPatient: 1, frames: 3 },
  views: { ...PHANTOM_SMOKE.views!, patients: { train: 1, val: 1, test: 1 }, clipsPerPatient: 2, frames: 3 },
  echonetDynamic: { patients: { train: 1, val: 1, test: 1 }, size: 112, frames: 8 },
  camus: null,
  echonetPediatric: null,
  echonetLvh: null,
  unity: null,
  volBiplane: null,
  volumes: null,
  tmed2: null,
  dicom: null,
  generic: null,
};

/** Every set of the smoke scale that shows patients, before a pixel is drawn. */
const SETS: readonly SetPlan[] = [
  planPretraining(PHANTOM_SMOKE, PHANTOM_SMOKE.pretrain!),
  planViewStudy(PHANTOM_SMOKE, PHANTOM_SMOKE.views!),
  planEchonetDynamic(PHANTOM_SMOKE, PHANTOM_SMOKE.echonetDynamic!),
  planCamus(PHANTOM_SMOKE, PHANTOM_SMOKE.camus!),
  planEchonetPediatric(PHANTOM_SMOKE, PHANTOM_SMOKE.echonetPediatric!),
  planEchonetLvh(PHANTOM_SMOKE, PHANTOM_SMOKE.echonetLvh!),
  planUnity(PHANTOM_SMOKE, PHANTOM_SMOKE.unity!),
  planVolBiplane(PHANTOM_SMOKE, PHANTOM_SMOKE.volBiplane!),
  planVolumes(PHANTOM_SMOKE, PHANTOM_SMOKE.volumes!),
  planTmed2(PHANTOM_SMOKE, PHANTOM_SMOKE.tmed2!),
  planDicomStudy(PHANTOM_SMOKE, PHANTOM_SMOKE.dicom!),
];

/** Those whose tables name each clip and its part. */
const LISTED = ['views', 'echonet-dynamic', 'echonet-pediatric', 'echonet-lvh', 'vol-biplane', 'tmed-2', 'dicom'];

/** The people whom a set's jobs draw, by the names of their random streams. */
function peopleOf({ jobs }: SetPlan): ReadonlySet<string> {
  return new Set(jobs.flatMap((job) => ('plan' in job ? [job.plan.patient] : [])));
}

const root = mkdtempSync(join(tmpdir(), 'phantom-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the people of all sets', () => {
  it('are others in every set: none is in pretraining and downstream, none in two downstream sets', () => {
    expect(SETS).toHaveLength(PHANTOM_SETS.length - 1); // all but the generic pictures
    const owners = new Map<string, string>();
    for (const set of SETS) {
      const people = peopleOf(set);
      expect(people.size, set.name).toBeGreaterThan(1);
      for (const person of people) {
        expect(owners.get(person), `${person} of ${set.name}`).toBeUndefined();
        owners.set(person, set.name);
      }
    }
    // other names are other people: no two have the same body
    const bodies = [...owners.keys()].map((person) => JSON.stringify(patientOf(PHANTOM_SMOKE.seed, person, 'adult')));
    expect(new Set(bodies).size).toBe(owners.size);
  });

  it('stand in one part of each set that is listed clip by clip', () => {
    let listed = 0;
    for (const { name, jobs, tables } of SETS.filter(({ name }) => LISTED.includes(name))) {
      const parts = new Map<string, string>();
      for (const row of tables().flatMap((table) => ('rows' in table ? table.rows : []))) {
        const part = row.split ?? row.Split ?? row.view_classifier_split;
        const file = row.path ?? row.query_key ?? row.FileName ?? row.HashedFileName;
        if (part === undefined || file === undefined) continue;
        const job = jobs.find((each) =>
          [each.file, 'image' in each ? each.image : ''].some((own) => own.includes(String(file))),
        );
        const person = job && 'plan' in job ? job.plan.patient : '';
        expect(person, `${name}: ${file}`).not.toBe('');
        expect(parts.get(person) ?? String(part), `${name}: ${person}`).toBe(String(part));
        parts.set(person, String(part));
        listed++;
      }
      expect(new Set(parts.values()).size, name).toBeGreaterThan(1);
    }
    expect(listed).toBeGreaterThan(100);
  });
});

function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
  return Object.fromEntries(files.sort().map((file) => [file, sha256(readFileSync(join(folder, file)))]));
}

describe('makePhantomData', () => {
  const one = join(root, 'one');
  const two = join(root, 'two');

  it('writes the same bytes whatever the number of threads', async () => {
    const summary = await makePhantomData(one, TINY, silentProgress, { workers: 0 });
    await makePhantomData(two, TINY, silentProgress, { workers: 2 });
    expect(hashes(two)).toEqual(hashes(one));
    expect(summary.complete).toBe(true);
    expect(readPhantomSummary(one)).toEqual(summary);
  });

  it('goes on where it was stopped and ends with the same bytes', async () => {
    const folder = join(root, 'stopped');
    const stop = new AbortController();
    const counting = () => ({
      update: (done: number) => {
        if (done === 3) stop.abort(new Error('stopped'));
      },
      finish: () => {},
    });
    await expect(makePhantomData(folder, TINY, counting, { workers: 0, signal: stop.signal })).rejects.toThrow(
      'stopped',
    );
    expect(readPhantomSummary(folder)?.complete).toBe(false);
    await makePhantomData(folder, TINY, silentProgress, { workers: 0 });
    expect(hashes(folder)).toEqual(hashes(one));
  });

  it('writes sets one by one and ends with the same bytes', async () => {
    const folder = join(root, 'parts');
    const first = await makePhantomData(folder, TINY, silentProgress, { workers: 0, sets: ['views'] });
    expect(first.complete).toBe(false);
    expect(first.sets.map(({ name, complete }) => [name, complete])).toEqual([
      ['pretrain', false],
      ['views', true],
      ['echonet-dynamic', false],
    ]);
    const all = await makePhantomData(folder, TINY, silentProgress, { workers: 0 });
    expect(all.complete).toBe(true);
    expect(hashes(folder)).toEqual(hashes(one));
    await expect(makePhantomData(folder, TINY, silentProgress, { workers: 0, sets: ['camus'] })).rejects.toThrow(
      /no set camus/,
    );
  });

  it('refuses a folder that holds another phantom', async () => {
    await expect(makePhantomData(one, { ...TINY, seed: 1 }, silentProgress, { workers: 0 })).rejects.toThrow(
      /another config/,
    );
  });

  it('states the size before it writes', () => {
    const estimate = estimatePhantomData(TINY);
    const bytes = Object.keys(hashes(one))
      .filter((file) => file.endsWith('.avi'))
      .reduce((sum, file) => sum + statSync(join(one, file)).size, 0);
    expect(estimate.clips).toBe(15);
    expect(bytes / estimate.bytes).toBeGreaterThan(0.6);
    expect(bytes / estimate.bytes).toBeLessThan(1.5);
  });

  it('keeps patients in one split and out of pretraining', () => {
    const views = readCsv(join(one, 'views/clips.csv'), ['path', 'patient', 'view', 'vendor', 'site', 'split']);
    const parts = new Map<string, Set<string>>();
    for (const row of views) parts.set(row.patient!, (parts.get(row.patient!) ?? new Set()).add(row.split!));
    expect([...parts.values()].every((split) => split.size === 1)).toBe(true);
    const pretrain = readCsv(join(one, 'pretrain/clips.csv'), ['path', 'echo3m', 'echo12m', 'echo20m']);
    expect(pretrain.some((row) => parts.has(row.patient!))).toBe(false);
    expect(pretrain.every((row) => row.view === '')).toBe(true);
    expect(pretrain.every((row) => (row.echo3m === '1') === (row.transducer === 'volume'))).toBe(true);
  });

  it('writes EchoNet-Dynamic to the letter', async () => {
    const list = readCsv(join(one, 'echonet-dynamic/FileList.csv'), ['FileName', 'EF', 'ESV', 'EDV', 'FPS', 'Split']);
    const tracings = readCsv(join(one, 'echonet-dynamic/VolumeTracings.csv'), [
      'FileName',
      'X1',
      'Y1',
      'X2',
      'Y2',
      'Frame',
    ]);
    expect(list.map((row) => row.Split)).toEqual(['TRAIN', 'VAL', 'TEST']);
    for (const row of list) {
      expect(Number(row.EF)).toBeCloseTo(100 * (1 - Number(row.ESV) / Number(row.EDV)), 8);
      const lines = tracings.filter((line) => line.FileName === `${row.FileName}.avi`);
      expect(lines).toHaveLength(42); // two frames, a long axis and 20 chords each
      const areas = [...new Set(lines.map((line) => line.Frame))].map((frame) =>
        chordArea(lines.filter((line) => line.Frame === frame)),
      );
      expect(areas[0]!).toBeGreaterThan(areas[1]!); // end-diastole is listed first
      const video = await openAvi(join(one, `echonet-dynamic/Videos/${row.FileName}.avi`));
      const clip = await video.readClip();
      await video.close();
      expect([clip.width, clip.height, clip.frameCount]).toEqual([112, 112, 8]);
    }
  });
});

/** Area under parallel chords: mean length times long axis. */
function chordArea(lines: readonly Readonly<Record<string, string>>[]): number {
  const lengths = lines.map((line) => Math.hypot(Number(line.X1) - Number(line.X2), Number(line.Y1) - Number(line.Y2)));
  const chords = lengths.slice(1);
  return lengths[0]! * (chords.reduce((sum, length) => sum + length, 0) / chords.length);
}
