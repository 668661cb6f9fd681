import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNifti } from '../../lib/imaging/nifti/read-nifti.js';
import { labelPng } from '../../lib/interactive/label-png.js';
import { type MasksToSave, saveMasks } from '../../lib/interactive/save-masks.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'echolab-masks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two objects that both claim the middle pixel of a 3 x 2 frame; the second is surer of it. */
const masks: MasksToSave = {
  place: { group: 'files', clip: 'a b/clip.dcm', frame: 7 },
  width: 3,
  height: 2,
  spacing: { xMillimetres: 0.25, yMillimetres: 0.5 },
  objects: [
    {
      name: 'left ventricle',
      colour: '#56B4E9',
      steps: [{ kind: 'text', text: 'left ventricle' }],
      logits: Float32Array.of(3, 1, -1, 2, -4, -4),
      area: 3,
      dice: [{ structure: 'left ventricle', value: 0.912345 }],
    },
    {
      name: 'object 2',
      colour: '#F5B83D',
      steps: [{ kind: 'point', x: 1.5, y: 0.5, inside: true }],
      logits: Float32Array.of(-1, 2, 5, -2, -4, 0),
      area: 2,
      dice: [],
    },
  ],
  model: 'EchoApex-SAM, test',
};
const LABELS = [1, 2, 2, 1, 0, 0];

/** Stored values of a palette PNG without filters. */
function storedValues(png: Buffer, width: number): number[] {
  const at = png.indexOf('IDAT', 0, 'latin1');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  return [...rows].filter((_value, index) => index % (width + 1) !== 0);
}

describe('saveMasks', () => {
  it('writes labels, not colours, and the size of a pixel, as PNG', async () => {
    const path = saveMasks(folder, 'png', masks);
    expect(storedValues(readFileSync(path), 3)).toEqual(LABELS);
    const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, [...data.subarray(0, 6)]]).toEqual([3, 2, [0x56, 0xb4, 0xe9, 0xf5, 0xb8, 0x3d]]);
    const chunk = readFileSync(path).indexOf('pHYs', 0, 'latin1');
    expect(readFileSync(path).readUInt32BE(chunk + 4)).toBe(4000); // 0.25 mm a pixel
    expect(readFileSync(path).readUInt32BE(chunk + 8)).toBe(2000);
  });

  it('writes NIfTI that reads back with its spacing', async () => {
    const volume = await readNifti(saveMasks(folder, 'nifti', masks));
    expect(volume.shape).toEqual([3, 2, 1, 1]);
    expect(volume.spacing.slice(0, 2)).toEqual([0.25, 0.5]);
    expect([...volume.data]).toEqual(LABELS);
  });

  it('says beside it which label is what and how it came about', () => {
    saveMasks(folder, 'png', masks);
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const about = JSON.parse(readFileSync(join(folder, file!), 'utf8'));
    expect(about.labels.map(({ label, name }: { label: number; name: string }) => [label, name])).toEqual([
      [1, 'left ventricle'],
      [2, 'object 2'],
    ]);
    expect(about).toMatchObject({ model: 'EchoApex-SAM, test', millimetresPerPixel: [0.25, 0.5] });
    expect(about.labels[0].dice).toEqual([{ structure: 'left ventricle', value: 0.9123 }]);
    expect(about.labels[1].steps).toEqual(masks.objects[1]!.steps);
  });

  it('stays in its folder whatever a clip is called, and leaves nothing half-written', () => {
    for (const clip of ['../../etc/passwd', '..', '/abs/olute', '.hidden', 'ü'.repeat(40)]) {
      const path = saveMasks(folder, 'png', { ...masks, place: { ...masks.place, clip } });
      expect(path.slice(folder.length + 1)).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*-frame007\.png$/);
    }
    expect(readdirSync(folder).filter((name) => name.includes('.tmp-'))).toEqual([]);
    const twins = ['a b', 'a_b'].map((clip) => saveMasks(folder, 'png', { ...masks, place: { ...masks.place, clip } }));
    expect(new Set(twins).size).toBe(2);
  });

  it('refuses millimetres that nobody measured, and no mask at all', () => {
    expect(() => saveMasks(folder, 'nifti', { ...masks, spacing: null })).toThrow(/does not say how large a pixel is/);
    expect(() => saveMasks(folder, 'png', { ...masks, objects: [] })).toThrow(/no mask yet/);
  });
});

describe('labelPng', () => {
  it('refuses labels without a colour and labels that do not fill the picture', () => {
    expect(() => labelPng(Uint8Array.of(2), 1, 1, ['#ffffff'], null)).toThrow(/label 2 has no colour/);
    expect(() => labelPng(Uint8Array.of(1), 2, 1, ['#ffffff'], null)).toThrow(/2 x 1 values, got 1/);
  });
});
