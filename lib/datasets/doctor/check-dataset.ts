import { messageOf } from '../../core/errors.js';
import { type ProgressFactory, silentProgress } from '../../core/progress.js';
import type { ClipSample } from '../dataset.js';
import { type Finding, Findings } from '../finding.js';
import { hashOfManifest } from '../manifest.js';
import type { AnyDataset } from '../open-dataset.js';
import { type CheckDepth, checkClips } from './check-clips.js';
import { checkCounts, countsOf, splitSizesOf } from './check-counts.js';
import { checkCamus, checkEjectionFractions } from './check-labels.js';
import { fewAtOnce } from './few-at-once.js';

/** What the doctor found. */
export interface DatasetReport {
  readonly name: string;
  readonly origin: 'real' | 'phantom';
  readonly root: string;
  readonly manifestHash: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly splitSizes: Readonly<Record<'train' | 'validation' | 'test', number>>;
  /** The reader's findings, then the doctor's. */
  readonly findings: readonly Finding[];
  /** False if anything cannot be repaired. */
  readonly healthy: boolean;
}

/** Options of {@link checkDataset}. */
export interface CheckDatasetOptions {
  readonly progress?: ProgressFactory;
  /** Default `ends`: the first and the last frame of each clip. */
  readonly depth?: CheckDepth;
}

/**
 * Examines a data set: the reader's findings, every file opened and its first and last frame (or all frames) decoded, tables held against files, labels
 * against each other, counts and splits against the manifest. Changes nothing on disk.
 */
export async function checkDataset(dataset: AnyDataset, options: CheckDatasetOptions = {}): Promise<DatasetReport> {
  const findings = new Findings();
  const total = dataset.samples.length;
  const bar = (options.progress ?? silentProgress)(`check ${dataset.manifest.name}`, total, 'samples');
  let done = 0;
  await checkFiles(dataset, findings, options.depth ?? 'ends', () => bar.update(++done));
  checkCounts(dataset, findings);
  bar.finish();
  const all = [...dataset.findings, ...findings.list()];
  return {
    name: dataset.manifest.name,
    origin: dataset.manifest.origin,
    root: dataset.root,
    manifestHash: hashOfManifest(dataset.manifest),
    counts: countsOf(dataset),
    splitSizes: splitSizesOf(dataset),
    findings: all,
    healthy: all.every(({ severity }) => severity !== 'unrepairable'),
  };
}

async function checkFiles(
  dataset: AnyDataset,
  findings: Findings,
  depth: CheckDepth,
  onDone: () => void,
): Promise<void> {
  switch (dataset.layout) {
    case 'echonet-dynamic':
      checkEjectionFractions(dataset.samples, findings);
      return checkClips(
        dataset.samples,
        (one) => ({ ...one, markedFrames: one.tracings.map(({ frame }) => frame) }),
        findings,
        depth,
        onDone,
      );
    case 'echonet-pediatric':
      return checkClips(
        dataset.samples,
        ({ tracings }) => ({ width: 112, height: 112, markedFrames: tracings.map(({ frame }) => frame) }),
        findings,
        depth,
        onDone,
      );
    case 'echonet-lvh':
      return checkClips(
        dataset.samples,
        (one) => ({ ...one, markedFrames: one.measurements.map(({ frame }) => frame) }),
        findings,
        depth,
        onDone,
      );
    case 'camus':
      return checkCamus(dataset.samples, findings, onDone);
    case 'vol-biplane':
      return fewAtOnce(dataset.samples, async (sample) => {
        await sample.readPicture().catch((error: unknown) => {
          findings.add('damaged-file', 'unrepairable', sample.path, messageOf(error), 'reading it throws');
        });
        onDone();
      });
    case 'volume-set':
      return fewAtOnce(dataset.samples, async (sample) => {
        try {
          const [volume, mask] = [await sample.readVolume(), await sample.readMask()];
          if (mask !== null && mask.shape.slice(0, 3).join() !== volume.shape.slice(0, 3).join()) {
            const message = `mask is ${mask.shape.join(' x ')}, volume ${volume.shape.join(' x ')}`;
            findings.add('contradicts-file', 'unrepairable', sample.path, message, 'kept');
          }
        } catch (error) {
          findings.add('damaged-file', 'unrepairable', sample.path, messageOf(error), 'reading it throws');
        }
        onDone();
      });
    default:
      return checkClips<ClipSample>(dataset.samples, () => ({}), findings, depth, onDone);
  }
}
