import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readNifti } from '../../lib/imaging/nifti/read-nifti.js';
import { drawLabelledFrames } from '../../lib/phantom/labelled-frames.js';
import { commonGeometry, inGeometry } from '../../lib/phantom/one-geometry.js';
import { appearanceDistance, type MeasuredPicture, measureAppearance } from '../../lib/phantom/realism.js';

/** CAMUS may not be redistributed: the comparison runs where six of its patients lie beside the repository, and is no other test's proof. */
const camus = fileURLToPath(new URL('../../../shared/samples/camus/', import.meta.url));
const PATIENTS = ['0001', '0027', '0047', '0166', '0273', '0296'];

describe.skipIf(!existsSync(camus))('phantom beside CAMUS', () => {
  it('has speckle, spectrum and contrast near those of six real patients', async () => {
    const real: MeasuredPicture[] = [];
    for (const patient of PATIENTS) {
      for (const phase of ['ED', 'ES']) {
        const picture = await readNifti(`${camus}patient${patient}_4CH_${phase}.nii.gz`);
        const mask = await readNifti(`${camus}patient${patient}_4CH_${phase}_gt.nii.gz`);
        const [width, height] = picture.shape;
        real.push({
          image: { width, height, data: Uint8Array.from(picture.data) },
          spacing: picture.spacing[0],
          labels: Uint8Array.from(mask.data),
        });
      }
    }
    const view = { seed: 11, patients: 12, view: 'A4C', vendor: 'GE', size: 400 } as const;
    const phantoms = {
      usual: drawLabelledFrames(view),
      artefacts: drawLabelledFrames({ ...view, appearance: 'artefacts' }),
      camus: drawLabelledFrames({ ...view, site: 'camus' }),
    };
    const geometry = commonGeometry([real, ...Object.values(phantoms)]);
    const measure = (pictures: MeasuredPicture[]) =>
      measureAppearance(pictures.map((picture) => inGeometry(picture, geometry)));
    const ours = measure(real);
    const looks = Object.entries(phantoms).map(([name, pictures]) => ({ name, look: measure(pictures) }));
    for (const { name, look } of looks) console.info(`${name} to CAMUS:`, appearanceDistance(ours, look));
    console.info('at', geometry, 'contrast', ours.contrast, ...looks.map(({ look }) => look.contrast));
    const distance = appearanceDistance(ours, looks[2]!.look);
    expect(distance.axialSpeckle).toBeLessThan(0.2); // within 20 % on average over three depths
    expect(distance.lateralSpeckle).toBeLessThan(0.3);
    expect(distance.spectrum).toBeLessThan(0.2);
    expect(distance.histogram).toBeLessThan(0.35);
    expect(distance.contrast).toBeLessThan(25);
  }, 900_000);
});
