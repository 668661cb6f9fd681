import { messageOf } from '../../core/errors.js';
import { CAMUS_LABELS, type CamusSample } from '../camus.js';
import type { EchonetDynamicSample } from '../echonet-dynamic.js';
import type { Findings } from '../finding.js';
import { fewAtOnce } from './few-at-once.js';

/** EF must be what the two volumes give, within this many points. */
const EF_TOLERANCE = 1.5;

/** EF against volumes, and volumes the right way round. */
export function checkEjectionFractions(samples: readonly EchonetDynamicSample[], findings: Findings): void {
  for (const { id, ejectionFraction, endDiastolicVolume, endSystolicVolume } of samples) {
    const where = `FileList.csv ${id}`;
    if (!(ejectionFraction > 0 && ejectionFraction < 100)) {
      findings.add(
        'implausible-value',
        'unrepairable',
        where,
        `EF must lie in 0 to 100 %, got ${ejectionFraction}`,
        'kept',
      );
    }
    if (endDiastolicVolume === null || endSystolicVolume === null) continue;
    if (endSystolicVolume > endDiastolicVolume) {
      findings.add(
        'phases-swapped',
        'unrepairable',
        where,
        `ESV ${endSystolicVolume} is larger than EDV ${endDiastolicVolume}`,
        'kept',
      );
      continue;
    }
    const implied = 100 * (1 - endSystolicVolume / endDiastolicVolume);
    if (Math.abs(implied - ejectionFraction) > EF_TOLERANCE) {
      const message = `EF is ${ejectionFraction} %, the volumes give ${implied.toFixed(1)} %`;
      findings.add('implausible-value', 'unrepairable', where, message, 'kept');
    }
  }
}

/** Reads every CAMUS picture and mask: sizes, labels, end-diastole larger than end-systole, phases within the sequence. */
export async function checkCamus(
  samples: readonly CamusSample[],
  findings: Findings,
  onDone: () => void,
): Promise<void> {
  await fewAtOnce(samples, async (sample) => {
    const where = `database_nifti/${sample.patient}`;
    try {
      const [diastole, systole] = [await sample.readPhase('ED'), await sample.readPhase('ES')];
      const [large, small] = [diastole, systole].map(({ labels }) => areaOf(labels)) as [number, number];
      if (large === 0 || small === 0) {
        findings.add(
          'empty-tracing',
          'unrepairable',
          where,
          `${sample.id} has a mask without a left ventricle`,
          'kept',
        );
      } else if (small > large) {
        findings.add(
          'phases-swapped',
          'unrepairable',
          where,
          `${sample.id}: the cavity has ${small} pixels at end-systole and ${large} at end-diastole`,
          'kept; look at the contact sheet',
        );
      }
      const clip = await sample.readClip();
      checkSequence(sample, clip.frameCount, where, findings);
    } catch (error) {
      findings.add('damaged-file', 'unrepairable', where, messageOf(error), 'reading it throws');
    }
    onDone();
  });
}

function checkSequence(sample: CamusSample, frames: number, where: string, findings: Findings): void {
  if (sample.frameCount !== null && sample.frameCount !== frames) {
    const message = `${sample.id}: NbFrame is ${sample.frameCount}, the sequence has ${frames}`;
    findings.add('contradicts-file', 'repaired', where, message, 'the file decides');
  }
  for (const [name, index] of [
    ['ED', sample.diastolicFrame],
    ['ES', sample.systolicFrame],
  ] as const) {
    if (index !== null && (index < 0 || index >= frames)) {
      findings.add(
        'frame-out-of-range',
        'unrepairable',
        where,
        `${sample.id}: ${name} is frame ${index + 1} of ${frames}`,
        'kept',
      );
    }
  }
}

function areaOf(labels: Uint8Array): number {
  let area = 0;
  for (const label of labels) if (label === CAMUS_LABELS.leftVentricle) area++;
  return area;
}
