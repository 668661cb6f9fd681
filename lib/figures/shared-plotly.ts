import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileWhole } from '../core/files.js';
import { plotlyBundlePath, solidBundlePath } from './render-svg.js';

/** Name of the file with plotly's bodies in space, beside the shared plotly file. */
export const SHARED_SOLID = 'plotly-gl3d.min.js';

/** Puts the plotly file that several pages share at a path, unless it is there in this version (told by its size). */
export function sharePlotly(path: string): void {
  share(plotlyBundlePath(), path);
}

/** Puts plotly's bodies in space (1.7 MB) beside the shared plotly file, where a page's script looks for them. */
export function shareSolidPlotly(plotly: string): void {
  share(solidBundlePath(), join(dirname(plotly), SHARED_SOLID));
}

function share(bundle: string, path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === statSync(bundle).size) return;
  writeFileWhole(path, readFileSync(bundle));
}
