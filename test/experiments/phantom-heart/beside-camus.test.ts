import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stream } from '../../../lib/core/random.js';
import { type BesideCamusPart, besideCamus } from '../../../lib/experiments/phantom-heart/beside-camus.js';
import { camusAppearanceFigure } from '../../../lib/experiments/phantom-heart/camus-figures.js';
import { besideCamusMetrics } from '../../../lib/experiments/phantom-heart/camus-metrics.js';
import { camusSentence, camusShapeTable, camusTable } from '../../../lib/experiments/phantom-heart/camus-report.js';
import { PHANTOM_HEART_CONFIGS } from '../../../lib/experiments/phantom-heart/phantom-config.js';
import { renderSvg } from '../../../lib/figures/figure.js';
import { clientBox } from '../../../lib/figures/svg-metrics.js';
import { writeNifti } from '../../../lib/imaging/nifti/write-nifti.js';
import { drawLabelledFrames } from '../../../lib/phantom/labelled-frames.js';
import { commonGeometry, inGeometry } from '../../../lib/phantom/one-geometry.js';
import { APPEARANCE_PLACES, appearanceDistance, measureAppearance } from '../../../lib/phantom/realism.js';
import type { LoadedRecord, Metrics, TextTables } from '../../../lib/records/record.js';
import { asText } from '../../../lib/records/write-record.js';

const folder = mkdtempSync(join(tmpdir(), 'beside-camus-'));
const samples = join(folder, 'samples');
const SIDE = 120;
const CONFIG = { ...PHANTOM_HEART_CONFIGS.smoke, camusPatients: 1, camusSize: 160 };

/** A drawing in the form of a released patient: noise, a cavity that leans by 20 degrees in a wall of 0.69 of its area, an atrium under it. */
function writePatient(name: string, rowSpacing = 1): void {
  const rows = Math.round(SIDE / rowSpacing);
  const grey = new Float32Array(SIDE * rows);
  const labels = new Float32Array(SIDE * rows);
  const random = stream(7, name);
  const [c, s] = [Math.cos((20 * Math.PI) / 180), Math.sin((20 * Math.PI) / 180)];
  for (let row = 0; row < rows; row++) {
    const y = row * rowSpacing;
    for (let x = 0; x < SIDE; x++) {
      // along the axis, which leans to the left at the top, and across it
      const [dx, dy] = [x - 60, y - 55];
      const away = Math.hypot((s * dx + c * dy) / 30, (c * dx - s * dy) / 15);
      const label = away <= 1 ? 1 : away <= 1.3 ? 2 : y > 85 && y < 105 && x > 45 && x < 85 ? 3 : 0;
      labels[row * SIDE + x] = label;
      grey[row * SIDE + x] = Math.round((label === 2 ? 150 : 50) + 20 * random.uniform());
    }
  }
  const at = { shape: [SIDE, rows, 1, 1], spacing: [1, rowSpacing, 1, 0] } as const;
  writeNifti(join(samples, `${name}.nii.gz`), { ...at, data: grey });
  writeNifti(join(samples, `${name}_gt.nii.gz`), { ...at, data: labels });
}

async function runBeside(): Promise<{ part: BesideCamusPart; notes: string[] }> {
  const notes: string[] = [];
  const part = await besideCamus(CONFIG, {
    scale: 'smoke',
    data: 'phantom',
    progress: () => ({ update() {}, finish() {} }),
    workFolder: folder,
    stage: async (_name, work) => work(),
    note: (text) => notes.push(text),
    say: () => undefined,
  });
  return { part, notes };
}

function recordOf(tables: TextTables): LoadedRecord {
  const metrics = JSON.parse(JSON.stringify(besideCamusMetrics(tables))) as Metrics;
  return { folder, run: {} as LoadedRecord['run'], tables, metrics };
}

beforeAll(() => {
  mkdirSync(samples);
  vi.stubEnv('ECHOLAB_CAMUS_SAMPLES', samples);
  vi.stubEnv('ECHOLAB_DATA', join(folder, 'data'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('a phantom beside no real frames', () => {
  it('has empty tables, no metrics, no pictures, and says where frames go', async () => {
    const { part, notes } = await runBeside();
    const tables = asText(part.tables);
    expect(tables).toEqual({ camusAppearance: [], camusShape: [] });
    expect(part.manifests).toEqual({});
    expect(notes).toEqual([expect.stringContaining('not present')]);
    expect(existsSync(join(folder, 'data', 'real-overlays'))).toBe(false);
    expect(besideCamusMetrics(tables)).toEqual({});
    expect(besideCamusMetrics({})).toEqual({}); // a record from before the comparison
    const record = recordOf(tables);
    expect(camusTable(record)).toEqual([]);
    expect(camusShapeTable(record)).toEqual([]);
    expect(camusSentence(record)).toContain('data/real/camus');
  });
});

describe('a phantom beside drawn patients in the form of CAMUS', () => {
  let tables: TextTables;
  let notes: string[];
  let record: LoadedRecord;

  beforeAll(async () => {
    writePatient('patient0001_4CH_ED');
    writePatient('patient0001_4CH_ES', 0.5); // rows twice as close
    writePatient('patient0001_2CH_ED');
    const run = await runBeside();
    tables = asText(run.part.tables);
    notes = run.notes;
    record = recordOf(tables);
  }, 120_000);

  it('measures four-chamber frames alone, whatever shape their pixels have', () => {
    const real = tables.camusShape!.filter(({ origin }) => origin === 'real');
    expect(real.map(({ patient, phase }) => `${patient} ${phase}`)).toEqual([
      'camus/patient0001 ED',
      'camus/patient0001 ES',
    ]);
    for (const row of real) {
      expect(Number(row.lean)).toBeCloseTo(20, 0); // as drawn
      expect(Number(row.wall)).toBeCloseTo(1.3 ** 2 - 1, 1); // as drawn
      expect(Number(row.filling)).toBeCloseTo((Math.PI * 30 * 15) / SIDE ** 2, 2); // as drawn
    }
    expect(tables.camusShape!.map(({ origin }) => origin)).toEqual([
      'real',
      'real',
      'camus',
      'camus',
      'usual',
      'usual',
    ]);
    expect(tables.camusAppearance).toHaveLength(3 * APPEARANCE_PLACES.flatMap(({ places }) => places).length);
    const contrast = tables.camusAppearance!.filter(
      ({ origin, quantity }) => origin === 'real' && quantity === 'contrast',
    );
    for (const { value } of contrast) expect(Math.abs(Number(value) - 100)).toBeLessThan(15); // 150 minus 50; resampled, the frames have softer edges
  });

  it('has the distances of the frames themselves, after a round through text', () => {
    const rows = tables.camusAppearance!;
    const frames = (site?: 'camus') =>
      drawLabelledFrames({ seed: 2024, patients: 1, view: 'A4C', vendor: 'GE', size: 160, ...(site && { site }) });
    // with the real ones: 1 mm a pixel and 120 mm deep, as drawn
    const drawn = commonGeometry([frames('camus'), frames()]);
    const geometry = { spacing: Math.max(1, drawn.spacing), depth: Math.min(SIDE, drawn.depth) };
    for (const { spacing, depth } of rows) {
      expect([Number(spacing), Number(depth)]).toEqual([geometry.spacing, geometry.depth]);
    }
    const draw = (site?: 'camus') => measureAppearance(frames(site).map((picture) => inGeometry(picture, geometry)));
    const own = (origin: string) => rows.filter((row) => row.origin === origin).map(({ value }) => Number(value));
    expect(own('camus')).toEqual(Object.values(draw('camus')).flat());
    const { distance } = besideCamusMetrics(tables).besideCamus as unknown as { distance: Record<string, object> };
    const { spectrum, contrast } = distance.camus as { spectrum: number; contrast: number };
    expect(spectrum).toBeGreaterThan(0);
    expect(contrast).toBeGreaterThan(20); // the drawing has a contrast of 100, which no phantom has
    const camusAsReal = rows
      .filter(({ origin }) => origin !== 'real')
      .concat(rows.filter(({ origin }) => origin === 'camus').map((row) => ({ ...row, origin: 'real' })));
    const self = besideCamusMetrics({ ...tables, camusAppearance: camusAsReal }).besideCamus as unknown as {
      distance: Record<string, object>;
    };
    expect(self.distance.camus).toEqual({ histogram: 0, axialSpeckle: 0, lateralSpeckle: 0, spectrum: 0, contrast: 0 });
    expect(self.distance.usual).toEqual(appearanceDistance(draw('camus'), draw()));
  }, 60_000);

  it('says what it found and that the fit was to these patients', () => {
    expect(camusTable(record)).toHaveLength(5);
    expect(camusShapeTable(record).map(({ phase, n }) => `${phase} ${n}`)).toEqual([
      ...['ED 1', 'ED 1', 'ED 1'],
      ...['ES 1', 'ES 1', 'ES 1'],
    ]);
    expect(camusSentence(record)).toContain('2 real frames, 2 of each phantom');
    expect(camusSentence(record)).toContain(
      'fitted by hand to six patients, these among them, so this is no independent',
    );
    expect(camusSentence(record)).not.toMatch(/NaN|undefined|unknown/);
    const others = tables.camusShape!.map((row) => ({ ...row, patient: row.patient!.replace('0001', '0002') }));
    expect(camusSentence(recordOf({ ...tables, camusShape: others }))).toContain(
      '0 of the 1 patients here are among them',
    );
  });

  it('keeps the pictures out of the record', () => {
    expect(notes).toEqual([expect.stringContaining('real-overlays/phantom-beside-camus-smoke.html')]);
    const page = readFileSync(join(folder, 'data', 'real-overlays', 'phantom-beside-camus-smoke.html'), 'utf8');
    expect(page).toContain('REAL, patient0001, ED');
    expect(page).toContain('phantom, patient 1, ES');
    expect(readdirSync(folder).sort()).toEqual(['data', 'samples']);
  });

  it('draws numbers alone, a gap where one is missing', () => {
    const figure = camusAppearanceFigure(
      tables.camusAppearance!.map((row) =>
        row.origin === 'real' && row.quantity === 'axialSpeckle' ? { ...row, value: '' } : row,
      ),
    );
    expect(figure.layout.images).toBeUndefined();
    expect(figure.data).toHaveLength(15); // 5 panels of 3
    expect(figure.data.filter(({ y }) => (y as unknown[]).includes(null))).toHaveLength(1);
    expect(new Set(figure.data.map(({ name }) => name))).toEqual(
      new Set(['Real CAMUS', 'CAMUS-like phantom', 'Usual phantom']),
    );
    expect(figure.meta.caption).toContain('real CAMUS 2 (1.00 mm), CAMUS-like phantom 2 (');
    expect(figure.meta.caption).toMatch(/resampled to 1\.\d\d mm a pixel and cropped to the first 1\d\d mm of depth/);
  });

  it('cuts off no words', async () => {
    const figure = camusAppearanceFigure(tables.camusAppearance!);
    for (const format of ['notebook', 'phone'] as const) {
      const { document } = new JSDOM(await renderSvg(figure, format), { contentType: 'image/svg+xml' }).window;
      const [width, height] = (document.documentElement.getAttribute('viewBox') ?? '').split(' ').slice(2).map(Number);
      const texts = [...document.querySelectorAll('text')].filter(({ textContent }) => textContent?.trim());
      expect(texts.map(({ textContent }) => textContent)).toContain('Radial power spectrum');
      const outside = texts.filter((text) => {
        const box = clientBox(text);
        return !box || box.left < -0.5 || box.top < -0.5 || box.right > width! + 0.5 || box.bottom > height! + 0.5;
      });
      expect(outside.map(({ textContent }) => `${format}: ${textContent}`)).toEqual([]);
    }
  }, 60_000);
});
