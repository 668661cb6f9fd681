import { type Camus, readCamus } from './camus.js';
import { type EchonetDynamic, readEchonetDynamic } from './echonet-dynamic.js';
import { type EchonetLvh, readEchonetLvh } from './echonet-lvh.js';
import { type EchonetPediatric, readEchonetPediatric } from './echonet-pediatric.js';
import { type Layout, type Manifest, readManifest } from './manifest.js';
import { type PictureSet, readPictureSet } from './picture-set.js';
import { readTmed2, type Tmed2 } from './tmed-2.js';
import { readUnity, type Unity } from './unity.js';
import { readViewStudy, type ViewStudy } from './view-study.js';
import { readVolBiplane, type VolBiplane } from './vol-biplane.js';
import { readVolumeSet, type VolumeSet } from './volume-set.js';

/** The data set of each layout. */
export interface DatasetOf {
  readonly 'echonet-dynamic': EchonetDynamic;
  readonly 'echonet-pediatric': EchonetPediatric;
  readonly camus: Camus;
  readonly 'echonet-lvh': EchonetLvh;
  readonly unity: Unity;
  readonly 'tmed-2': Tmed2;
  readonly 'view-study': ViewStudy;
  readonly 'volume-set': VolumeSet;
  readonly 'vol-biplane': VolBiplane;
  readonly 'picture-set': PictureSet;
}

/** Any data set; `layout` tells which. */
export type AnyDataset = DatasetOf[Layout];

const READERS: { readonly [L in Layout]: (root: string, manifest: Manifest) => DatasetOf[L] } = {
  'echonet-dynamic': readEchonetDynamic,
  'echonet-pediatric': readEchonetPediatric,
  camus: readCamus,
  'echonet-lvh': readEchonetLvh,
  unity: readUnity,
  'tmed-2': readTmed2,
  'view-study': readViewStudy,
  'volume-set': readVolumeSet,
  'vol-biplane': readVolBiplane,
  'picture-set': readPictureSet,
};

/**
 * Opens a data set by its manifest. The caller sees from the manifest alone whether the data are phantoms.
 *
 * @param manifestNameOrPath a shipped manifest's name or a path to a manifest
 * @param root the folder that holds the data
 * @throws {DataError} if the manifest or a table that the layout demands is missing or malformed
 */
export function openDataset(manifestNameOrPath: string, root: string): AnyDataset {
  return openDatasetOf(readManifest(manifestNameOrPath), root);
}

/** As {@link openDataset}, for a manifest in hand. */
export function openDatasetOf(manifest: Manifest, root: string): AnyDataset {
  return READERS[manifest.layout](root, manifest);
}
