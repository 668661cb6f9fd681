import { type EchonetDynamic, readEchonetDynamic } from './echonet-dynamic.js';
import { readManifest } from './manifest.js';
import { readViewStudy, type ViewStudy } from './view-study.js';

/** Any data set; `layout` tells which. */
export type AnyDataset = EchonetDynamic | ViewStudy;

/**
 * Opens a data set by its manifest. The caller sees from the manifest alone whether the data are phantoms.
 *
 * @param manifestNameOrPath a shipped manifest's name or a path to a manifest
 * @param root the folder that holds the data
 * @throws {DataError} if the manifest or a table that the layout demands is missing or malformed
 */
export function openDataset(manifestNameOrPath: string, root: string): AnyDataset {
  const manifest = readManifest(manifestNameOrPath);
  switch (manifest.layout) {
    case 'echonet-dynamic':
      return readEchonetDynamic(root, manifest);
    default:
      return readViewStudy(root, manifest);
  }
}
