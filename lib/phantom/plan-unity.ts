import { sha256 } from '../core/hash.js';
import { stream } from '../core/random.js';
import { type ClipPlan, frameNumber, planClip } from './clip-plan.js';
import { conventionOf, type PhantomDataConfig, patientsIn, splitOf, type UnityConfig } from './data-config.js';
import { readCalipers } from './plan-echonet-lvh.js';
import type { SetPlan, StillJob } from './set-plan.js';

const FOLDER = 'unity';
const FRAMES = 24;
const POINTS = ['lv-ivs-top', 'lv-ivs-bottom', 'lv-pw-top', 'lv-pw-bottom'] as const;
const BLURRED = 0.02;

type UnityLabels = Record<string, { labels: Record<string, { type: string; x: string; y: string }> }>;

/**
 * The layout of Unity Imaging (Howard et al. 2021, Circ Cardiovasc Imaging 14:e011951): `png-cache/<2>/<2>/<2>/<code>-<frame>.png` and
 * `labels-{all,train,val}.json`, a frame a patient with the septum's and the posterior wall's edges.
 *
 * Another domain than EchoNet-LVH: only Philips and Samsung scanners.
 */
export function planUnity(config: PhantomDataConfig, set: UnityConfig): SetPlan {
  const jobs: StillJob[] = [];
  for (let index = 0; index < patientsIn(set.patients); index++) {
    const code = `01-${sha256(`${config.seed} unity ${index}`)}`;
    const plan: ClipPlan = {
      seed: config.seed,
      patient: `unity/patient/${index}`,
      population: 'adult',
      clip: 'plax',
      view: 'PLAX:LV',
      size: set.size,
      frames: FRAMES,
      transducer: index % 2 === 0 ? 'Philips' : 'Samsung',
      gate: 'calipers',
      turn: 0,
      mirrored: false,
      ...conventionOf(config),
    };
    const frame = index % 3 === 2 ? 'ES' : 'ED';
    // the clip itself is not published; its frame number is a name
    const number = String(stream(config.seed, `unity/${index}`).integer(60)).padStart(4, '0');
    const path = `png-cache/${code.slice(0, 2)}/${code.slice(3, 5)}/${code.slice(5, 7)}/${code}-${number}.png`;
    jobs.push({ kind: 'still', file: `${FOLDER}/${path}`, plan, frame });
  }
  return {
    name: FOLDER,
    jobs,
    tableFiles: ['all', 'train', 'val'].map((part) => `${FOLDER}/labels-${part}.json`),
    tables: () => {
      const parts: Record<'all' | 'train' | 'val', UnityLabels> = { all: {}, train: {}, val: {} };
      jobs.forEach((job, index) => {
        const name = job.file.split('/').pop()!;
        const labels = labelsOf(job, index);
        parts.all[name] = { labels };
        parts[splitOf(set.patients, index) === 'train' ? 'train' : 'val'][name] = { labels };
      });
      return (['all', 'train', 'val'] as const).map((part) => ({
        file: `${FOLDER}/labels-${part}.json`,
        text: `${JSON.stringify(parts[part], null, 1)}\n`,
      }));
    },
  };
}

function labelsOf(job: StillJob, index: number): Record<string, { type: string; x: string; y: string }> {
  const planned = planClip(job.plan);
  const { points } = readCalipers(planned, frameNumber(planned, job.frame));
  const blurred = Math.floor(BLURRED * index) !== Math.floor(BLURRED * (index + 1));
  return Object.fromEntries([
    ...POINTS.map((name, n) => {
      const [x, y] = points[n]!;
      return [
        name,
        blurred && n === 3 ? { type: 'blurred', x: '', y: '' } : { type: 'point', x: x.toFixed(2), y: y.toFixed(2) },
      ];
    }),
    ['lv-apex-endo', { type: 'off', x: '', y: '' }],
  ]) as Record<string, { type: string; x: string; y: string }>;
}
