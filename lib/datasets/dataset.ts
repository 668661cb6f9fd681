import type { ClipFile } from './clip-file.js';
import type { Finding } from './finding.js';
import type { Layout, Manifest } from './manifest.js';
import type { SplitName } from './split.js';

/** What every sample has. */
export interface Sample {
  /** Unique in its data set; stable between runs and machines. */
  readonly id: string;
  /** The unit of independence. */
  readonly patient: string;
  /** The data set's own split; `null` where it has none. */
  readonly split: SplitName | null;
}

/** A sample whose picture is a clip on disk. */
export interface ClipSample extends Sample, ClipFile {}

/** A data set on disk: descriptors in memory, pictures read when asked for. */
export interface Dataset<L extends Layout, S extends Sample> {
  readonly layout: L;
  readonly manifest: Manifest;
  readonly root: string;
  readonly samples: readonly S[];
  /** What the reader found wrong and what it did about it. The doctor looks deeper. */
  readonly findings: readonly Finding[];
}
