import { readFileSync, statSync } from 'node:fs';
import { writeFileWhole } from '../core/files.js';
import { plotlyBundlePath } from './render-svg.js';

/** Puts the plotly file that several pages share at a path, unless it is there in this version (told by its size). */
export function sharePlotly(path: string): void {
  const bundle = plotlyBundlePath();
  if (statSync(path, { throwIfNoEntry: false })?.size === statSync(bundle).size) return;
  writeFileWhole(path, readFileSync(bundle));
}
