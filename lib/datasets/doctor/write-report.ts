import { writeFileWhole } from '../../core/files.js';
import { stream } from '../../core/random.js';
import type { Finding } from '../finding.js';
import type { AnyDataset } from '../open-dataset.js';
import type { DatasetReport } from './check-dataset.js';
import { drawOverlay, type Overlay, outlineContrast, overlaysOf } from './overlay.js';

/** Options of {@link writeDatasetReport}. */
export interface DatasetReportOptions {
  /** Frames on each contact sheet; default 24. */
  readonly frames?: number;
  /** Frames among which the worst are looked for; default 400. */
  readonly searched?: number;
  /** Chooses them; default 1. */
  readonly seed?: number;
}

const SHOWN_FINDINGS = 500;

/**
 * Writes the doctor's report as one HTML page: counts, findings, and contact sheets with outlines over random frames and over those where they
 * fit worst, so that a person can see a wrong frame base or a wrong mask.
 */
export async function writeDatasetReport(
  path: string,
  dataset: AnyDataset,
  report: DatasetReport,
  options: DatasetReportOptions = {},
): Promise<void> {
  const { frames = 24, searched = 400, seed = 1 } = options;
  const random = stream(seed, 'datasets/contact-sheet');
  const candidates = random.shuffled(overlaysOf(dataset)).slice(0, searched);
  const outlined = await scored(candidates);
  const sheets = [
    await sheet('Random frames', candidates.slice(0, frames)),
    ...(outlined.length > 0
      ? [
          await sheet(
            `Frames where the outline fits worst, of ${outlined.length} looked at (least contrast between rim and cavity first)`,
            outlined.slice(0, frames),
          ),
        ]
      : []),
  ];
  writeFileWhole(path, page(report, dataset.manifest.title, sheets.join('\n')));
}

/** Outlined frames by rising contrast; frames that cannot be read are in the findings already. */
async function scored(candidates: readonly Overlay[]): Promise<Overlay[]> {
  const scores: { readonly overlay: Overlay; readonly contrast: number }[] = [];
  for (const overlay of candidates) {
    const frame = await overlay.read().catch(() => null);
    if (frame === null || frame.mask === null) continue;
    scores.push({ overlay, contrast: outlineContrast(frame) });
  }
  return scores.sort((a, b) => a.contrast - b.contrast).map(({ overlay }) => overlay);
}

async function sheet(title: string, overlays: readonly Overlay[]): Promise<string> {
  const figures: string[] = [];
  for (const { caption, read } of overlays) {
    const png = await read()
      .then((frame) => drawOverlay(frame))
      .catch(() => null);
    if (png === null) continue;
    const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    figures.push(`<figure><img src="${source}" alt=""><figcaption>${escaped(caption)}</figcaption></figure>`);
  }
  return `<h2>${escaped(title)}</h2>\n<div class="sheet">\n${figures.join('\n')}\n</div>`;
}

function page(report: DatasetReport, title: string, sheets: string): string {
  const verdict = report.healthy
    ? 'Nothing that cannot be repaired was found.'
    : 'Something cannot be repaired: see below.';
  const phantom = report.origin === 'phantom' ? ' <strong class="phantom">phantom data</strong>' : '';
  const counts = Object.entries(report.counts).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${value}</td></tr>`,
  );
  const sides = Object.entries(report.splitSizes).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${value}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}: data check</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { text-align: left; padding: .25rem .75rem; border-bottom: 1px solid #ddd; vertical-align: top; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem; } figure { margin: 0; } img { width: 100%; }
figcaption { font-size: .75rem; overflow-wrap: anywhere; } .unrepairable { color: #a40000; } .phantom { background: #f0e442; padding: 0 .4rem; }
</style>
<h1>${escaped(title)}${phantom}</h1>
<p>${verdict}</p>
<table>${counts.join('')}</table>
<h2>Sides of the official split</h2>
<table>${sides.join('')}</table>
<h2>Findings (${report.findings.length})</h2>
${findingsTable(report.findings)}
${sheets}
</html>
`;
}

function findingsTable(findings: readonly Finding[]): string {
  if (findings.length === 0) return '<p>None.</p>';
  const order = ['unrepairable', 'repaired', 'note'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const rows = sorted
    .slice(0, SHOWN_FINDINGS)
    .map(
      (one) =>
        `<tr><td class="${one.severity}">${one.severity}</td><td>${one.code}</td><td>${escaped(one.where)}</td><td>${escaped(one.message)}</td><td>${escaped(one.handling)}</td></tr>`,
    );
  const rest = sorted.length > SHOWN_FINDINGS ? `<p>${sorted.length - SHOWN_FINDINGS} more are left out here.</p>` : '';
  return `<table><tr><th></th><th>what</th><th>where</th><th>message</th><th>what is done</th></tr>${rows.join('')}</table>${rest}`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
