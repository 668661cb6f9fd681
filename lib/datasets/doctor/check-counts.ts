import type { Finding, Findings } from '../finding.js';
import type { AnyDataset } from '../open-dataset.js';
import { distinctPatients, type SplitName } from '../split.js';

/** Counts that manifests may expect, by the same names. */
export function countsOf(dataset: AnyDataset): Readonly<Record<string, number>> {
  const { samples } = dataset;
  const base = { patients: distinctPatients(samples).length, samples: samples.length };
  switch (dataset.layout) {
    case 'echonet-dynamic': {
      const traced = dataset.samples.filter(({ tracings }) => tracings.length === 2);
      return {
        ...base,
        videos: samples.length,
        annotatedFrames: 2 * traced.length,
        testAnnotatedFrames: 2 * traced.filter(({ split }) => split === 'test').length,
      };
    }
    case 'echonet-pediatric': {
      const of = (view: 'A4C' | 'PSAX') => dataset.samples.filter((sample) => sample.view === view);
      const frames = (view: 'A4C' | 'PSAX'): number => of(view).reduce((sum, { tracings }) => sum + tracings.length, 0);
      return {
        ...base,
        videos: samples.length,
        videosA4C: of('A4C').length,
        videosPSAX: of('PSAX').length,
        annotatedFramesA4C: frames('A4C'),
        annotatedFramesPSAX: frames('PSAX'),
      };
    }
    case 'camus': {
      const quality = (view: 'A4C' | 'A2C', grade: string): number =>
        dataset.samples.filter((sample) => sample.view === view && sample.imageQuality === grade).length;
      return {
        ...base,
        goodQuality4CH: quality('A4C', 'Good'),
        mediumQuality4CH: quality('A4C', 'Medium'),
        poorQuality4CH: quality('A4C', 'Poor'),
        goodQuality2CH: quality('A2C', 'Good'),
        mediumQuality2CH: quality('A2C', 'Medium'),
        poorQuality2CH: quality('A2C', 'Poor'),
      };
    }
    case 'echonet-lvh':
      return {
        ...base,
        videos: samples.length,
        measurements: dataset.samples.reduce((sum, one) => sum + one.measurements.length, 0),
      };
    default:
      return base;
  }
}

/** Samples on each side of the set's own split, CAMUS by patient as it is published. */
export function splitSizesOf(dataset: AnyDataset): Readonly<Record<SplitName, number>> {
  const side = (name: SplitName): number => {
    const samples = (dataset.samples as readonly { patient: string; split: SplitName | null }[]).filter(
      ({ split }) => split === name,
    );
    return dataset.layout === 'camus' ? distinctPatients(samples).length : samples.length;
  };
  return { train: side('train'), validation: side('validation'), test: side('test') };
}

/** Differences from what the manifest expects; nothing is expected of phantoms and of the user's own data. */
export function checkCounts(dataset: AnyDataset, findings: Findings): void {
  const { expectedCounts, splits, name } = dataset.manifest;
  const counts = countsOf(dataset);
  for (const [what, expected] of Object.entries(expectedCounts)) {
    const got = counts[what];
    if (got === undefined || got === expected) continue;
    const severity: Finding['severity'] = got < expected ? 'unrepairable' : 'note';
    findings.add(
      'wrong-count',
      severity,
      name,
      `${what}: expected ${expected}, got ${got}`,
      'the record carries the count found',
    );
  }
  if (splits.expected.length === 0) return;
  const sizes = splitSizesOf(dataset);
  const text = (one: Readonly<Record<SplitName, number>>): string => `${one.train}/${one.validation}/${one.test}`;
  if (!splits.expected.some((one) => text(one) === text(sizes))) {
    const known = splits.expected.map((one) => `${text(one)} (${one.source})`).join(' or ');
    findings.add(
      'wrong-count',
      'unrepairable',
      name,
      `split must be ${known}, got ${text(sizes)}`,
      'the record carries the sizes found',
    );
  }
}
