import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../lib/datasets/open-dataset.js';
import { writeAvi } from '../../lib/imaging/avi/write-avi.js';
import type { GrayImage } from '../../lib/imaging/image.js';
import { writeNifti } from '../../lib/imaging/nifti/write-nifti.js';
import { datasetFrames } from '../../lib/interactive/dataset-frames.js';
import { locateFrames } from '../../lib/interactive/locate-frames.js';
import { compileSegmenter } from '../../lib/interactive/prompt-segmenter.js';
import { SegmentationSession } from '../../lib/interactive/segmentation-session.js';
import { type ClipPlan, drawPlannedClip, pictureOf, planClip } from '../../lib/phantom/clip-plan.js';
import { drawDicom } from '../../lib/phantom/dicom-clip.js';
import { discClip, temporaryFolder, writeMiniatureCamus, writeMiniatureDynamic } from '../datasets/miniature.js';
import { randomSegmenter } from './random-segmenter.js';

const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
afterAll(() => folder.remove());

beforeAll(async () => {
  mkdirSync(at('own', 'deep'), { recursive: true });
  await writeAvi(at('own', 'clip.avi'), discClip(3, 48));
  await sharp(Buffer.alloc(30 * 20, 90), { raw: { width: 30, height: 20, channels: 1 } })
    .png()
    .toFile(at('own', 'a.png'));
  const shape = [4, 3, 2, 1] as const;
  const spacing = [0.5, 0.25, 1, 0] as const;
  const data = Float32Array.from({ length: 24 }, (_value, i) => i * 10);
  writeNifti(at('own', 'deep', 'v.nii.gz'), { shape, spacing, data });
  writeNifti(at('own', 'deep', 'v_gt.nii.gz'), {
    shape,
    spacing,
    data: Float32Array.from({ length: 24 }, (_value, i) => (i === 0 ? 1 : i === 1 ? 9 : 0)),
  });
  writeFileSync(at('own', 'notes.txt'), 'not a picture');
});

/** Mean difference of grey between a square picture and the place on a screen where it fits best; `drawScreen` puts it at row 26. */
function leastDifference(screen: GrayImage, square: Uint8Array, size: number): number {
  const at = (left: number): number => {
    let sum = 0;
    for (let i = 0; i < square.length; i++) {
      const place = (26 + Math.floor(i / size)) * screen.width + left + (i % size);
      sum += Math.abs(screen.data[place]! - square[i]!);
    }
    return sum / square.length;
  };
  return Math.min(...Array.from({ length: screen.width - size }, (_value, left) => at(left)));
}

describe('locateFrames', () => {
  it('lists the pictures of any folder and reads each by its kind', async () => {
    const [own] = locateFrames(at('own'));
    expect(own!.clips.map(({ id }) => id)).toEqual(['a.png', 'clip.avi', join('deep', 'v.nii.gz')]);
    const clip = await own!.open('clip.avi');
    expect([clip.frameCount, clip.spacing, await clip.readTruth(0)]).toEqual([3, null, []]);
    expect(await clip.readFrame(2)).toMatchObject({ width: 48, height: 48 });
    await clip.close();
    const png = await own!.open('a.png');
    expect(await png.readFrame(0)).toMatchObject({ width: 30, height: 20, data: new Uint8Array(600).fill(90) });
    await expect(own!.open('../../etc/passwd')).rejects.toThrow(/is not among the files/);
  });

  it('takes the truth of a NIfTI file from the mask beside it', async () => {
    const [own] = locateFrames(at('own', 'deep', 'v.nii.gz'));
    const frames = await own!.open('v.nii.gz');
    expect([frames.frameCount, frames.spacing]).toEqual([2, { xMillimetres: 0.5, yMillimetres: 0.25 }]);
    expect([...(await frames.readFrame(1)).data]).toEqual([120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230]);
    const truths = await frames.readTruth(0);
    expect(truths.map(({ structure, mask }) => [structure, mask.indexOf(1)])).toEqual([
      ['left ventricle', 0],
      ['label 9', 1],
    ]);
    expect(await frames.readTruth(1)).toEqual([]);
  });

  it('knows CAMUS by its folder and shows both phases with their structures', async () => {
    writeMiniatureCamus(at('camus'));
    const [camus] = locateFrames(at('camus'));
    expect([camus!.id, camus!.origin]).toEqual(['camus', 'real']);
    const frames = await camus!.open(camus!.clips[0]!.id);
    expect(frames.marks.map(({ label }) => label)).toEqual(['ED', 'ES']);
    expect(frames.spacing).not.toBeNull();
    const [ventricle] = await frames.readTruth(frames.marks[0]!.frame);
    expect(ventricle?.structure).toBe('left ventricle');
    const { width, height } = await frames.readFrame(frames.marks[0]!.frame);
    expect(ventricle?.mask).toHaveLength(width * height);
  });

  it('knows EchoNet-Dynamic, whose traced frames carry the left ventricle', async () => {
    await writeMiniatureDynamic(at('dynamic'));
    const [group] = locateFrames(at('dynamic'));
    expect(group!.id).toBe('echonet-dynamic');
    const frames = await group!.open(group!.clips[0]!.id);
    const traced = frames.marks.map(({ frame }) => frame);
    const untraced = Array.from({ length: frames.frameCount }, (_value, i) => i).find((i) => !traced.includes(i))!;
    expect((await frames.readTruth(traced[0]!)).map(({ structure }) => structure)).toEqual(['left ventricle']);
    expect(await frames.readTruth(untraced)).toEqual([]);
    await frames.close();
    await expect(group!.open('nothing')).rejects.toThrow(/has no clip nothing/);
    expect(datasetFrames(openDataset('echonet-dynamic', at('dynamic'))).clips).toEqual(group!.clips);
  });

  it("reads one's own DICOM clip with its spacing, down to a mask", async () => {
    const size = 48;
    const plan: ClipPlan = {
      seed: 3,
      patient: 'own',
      population: 'adult',
      clip: 'a4c',
      view: 'A4C',
      size,
      frames: 3,
      transducer: 'Siemens',
      gate: 'free',
      turn: 0,
      mirrored: false,
    };
    mkdirSync(at('scans'));
    writeFileSync(at('scans', 'own.dcm'), await drawDicom({ kind: 'dicom', file: 'own.dcm', patient: 'OWN', plan }));
    const [scans] = locateFrames(at('scans'));
    expect(scans!.clips).toEqual([
      { id: 'own.dcm', title: 'own.dcm', patient: 'own.dcm', attributes: { folder: 'scans', format: 'DICOM' } },
    ]);
    expect(locateFrames(at('scans', 'own.dcm'))[0]!.clips.map(({ id }) => id)).toEqual(['own.dcm']);
    const planned = planClip(plan);
    const { spacing } = pictureOf(planned);
    const frames = await scans!.open('own.dcm');
    expect([frames.frameCount, await frames.readTruth(0)]).toEqual([3, []]);
    // in centimetres in the file
    expect(frames.spacing!.xMillimetres).toBeCloseTo(spacing, 9);
    expect(frames.spacing!.yMillimetres).toBeCloseTo(spacing, 9);
    // 2 ceil((1.45 size + 40) / 2) wide and 2 ceil((26 + size + round(0.14 size) + 12) / 2) high: `drawScreen`
    const [width, height] = [110, 94];
    const clip = drawPlannedClip(planned);
    for (const index of [0, 2]) {
      const image = await frames.readFrame(index);
      expect([image.width, image.height]).toEqual([width, height]);
      const own = clip.data.subarray(index * size * size, (index + 1) * size * size);
      expect(leastDifference(image, own, size)).toBeLessThan(4); // grey levels; JPEG of quality 92
    }
    await expect(frames.readFrame(3)).rejects.toThrow(/must be in \[0, 2\]/);

    const session = new SegmentationSession([scans!], await compileSegmenter(randomSegmenter(), 'test'));
    const place = { group: 'files', clip: 'own.dcm', frame: 2 };
    const mask = await session.segment(place, [{ kind: 'point', x: width / 2, y: height / 2, inside: true }]);
    expect(mask.logits).toHaveLength(width * height);
    expect(mask.logits.every(Number.isFinite)).toBe(true);
    await session.close();
    await frames.close();
  });

  it('says what to do where there is nothing', () => {
    mkdirSync(at('empty'));
    expect(() => locateFrames(at('empty'))).toThrow(/holds no data set/);
    expect(() => locateFrames(at('missing'))).toThrow(/is not there/);
    const before = process.env.ECHOLAB_DATA;
    process.env.ECHOLAB_DATA = at('empty');
    try {
      expect(() => locateFrames(undefined)).toThrow(/data make --scale smoke/);
    } finally {
      if (before === undefined) delete process.env.ECHOLAB_DATA;
      else process.env.ECHOLAB_DATA = before;
    }
  });
});
