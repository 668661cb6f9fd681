import { showFolded, showMarkdown, showTable } from './display.js';

/** One setting a row: `dino / crops / globalSize`, `64`. */
interface SettingRow {
  readonly [column: string]: string;
  readonly setting: string;
  readonly value: string;
}

function settingsOf(value: unknown, path: readonly string[] = []): SettingRow[] {
  if (isLeaf(value)) {
    return [{ setting: path.join(' / '), value: Array.isArray(value) ? value.join(', ') : String(value) }];
  }
  return Object.entries(value).flatMap(([name, inner]) => settingsOf(inner, [...path, nameOf(name, inner)]));
}

function isLeaf(value: unknown): value is string | number | boolean | null | undefined | readonly unknown[] {
  if (typeof value !== 'object' || value === null) return true;
  return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

/** Members of a list go by their own name where they have one. */
function nameOf(key: string, inner: unknown): string {
  const own = typeof inner === 'object' && inner !== null && 'name' in inner ? inner.name : undefined;
  return /^\d+$/.test(key) && typeof own === 'string' ? own : key;
}

/**
 * Shows a config whole, one setting a row: nothing that decides the result is left out. Single settings stand open, each group folded behind its
 * name.
 */
export function showConfig(config: object): void {
  const entries = Object.entries(config);
  const single = entries.filter(([, value]) => isLeaf(value));
  if (single.length > 0) showTable(single.flatMap(([name, value]) => settingsOf(value, [name])));
  const groups = entries.filter(([, value]) => !isLeaf(value));
  if (groups.length === 0) return;
  showFolded(
    groups.map(([name, value]) => {
      const rows = settingsOf(value);
      return { summary: `${name}: ${rows.length} settings`, rows };
    }),
  );
}

/** What {@link showStages} needs of a record. */
interface RunSummary {
  readonly started: string;
  readonly stages: readonly { readonly stage: string; readonly seconds: number; readonly peakMemoryMiB: number }[];
  readonly notes: readonly string[];
  readonly code: { readonly version: string; readonly commit: string | null; readonly dirty: boolean | null };
  readonly machine: { readonly processor: string; readonly cores: number };
}

/** Shows how long each stage took, on what, and what the run has to say. */
export function showStages(run: RunSummary): void {
  showTable(
    run.stages.map(({ stage, seconds, peakMemoryMiB }) => ({ stage, seconds, 'peak memory (MiB)': peakMemoryMiB })),
    `${run.machine.cores} x ${run.machine.processor}, started ${run.started.slice(0, 16).replace('T', ' ')} UTC`,
  );
  if (run.notes.length > 0) showMarkdown(run.notes.map((note) => `- ${note}`).join('\n'));
}
