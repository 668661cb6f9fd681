import { showMarkdown, showTable } from './display.js';

/** One setting a row: `dino / crops / globalSize`, `64`. */
interface SettingRow {
  readonly [column: string]: string;
  readonly setting: string;
  readonly value: string;
}

function settingsOf(value: unknown, path: readonly string[] = []): SettingRow[] {
  const plain = typeof value === 'object' && value !== null;
  if (!plain || (Array.isArray(value) && value.every((item) => typeof item !== 'object'))) {
    return [{ setting: path.join(' / '), value: Array.isArray(value) ? value.join(', ') : String(value) }];
  }
  return Object.entries(value).flatMap(([name, inner]) => settingsOf(inner, [...path, name]));
}

/** Shows a config whole, one setting a row: nothing that decides the result is hidden. */
export function showConfig(config: object): void {
  showTable(settingsOf(config));
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
